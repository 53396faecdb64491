"""What this app does by itself."""

import datetime as dt
from functools import partial

from customers import polls
from customers.models import Poll
from maintenance import backups, lifecycles, notices
from opsportal.work import Work

LEASE = dt.timedelta(minutes=2)


def _reading(kind: str, reading: Poll.Reading, noun, batch: int = 1) -> Work:
    return Work(
        kind,
        "read",
        due=partial(polls.due, reading),
        advance=partial(polls.read, reader=polls.Reader(gather=noun.gather, store=noun.store, judge=noun.judge)),
        lease=LEASE,
        batch=batch,
        related=("environment__customer",),
    )


WORK = [
    _reading("read-status", Poll.Reading.STATUS, notices, batch=4),
    _reading("read-backups", Poll.Reading.BACKUPS, backups),
    _reading("read-lifecycles", Poll.Reading.LIFECYCLES, lifecycles),
]
