"""What this app does by itself."""

from customers.models import Poll
from customers.polls import work_of
from maintenance import backups, lifecycles, notices

WORK = [
    work_of("read-status", Poll.Reading.STATUS, notices, batch=4),
    work_of("read-backups", Poll.Reading.BACKUPS, backups),
    work_of("read-lifecycles", Poll.Reading.LIFECYCLES, lifecycles),
]
