"""What this app does by itself."""

from customers.models import Poll
from customers.polls import work_of
from incidents import monitoring

WORK = [
    work_of("read-alarms", Poll.Reading.ALARMS, monitoring, batch=4),
]
