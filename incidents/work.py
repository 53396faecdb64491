"""What this app does by itself."""

import datetime as dt
from functools import partial

from customers import polls
from customers.models import Poll
from incidents import monitoring
from opsportal.work import Work

ALARMS = polls.Reader(gather=monitoring.gather, store=monitoring.store, judge=monitoring.judge)

WORK = [
    Work(
        "read-alarms",
        "read",
        due=partial(polls.due, Poll.Reading.ALARMS),
        advance=partial(polls.read, reader=ALARMS),
        lease=dt.timedelta(minutes=2),
        batch=4,
        related=("environment__customer",),
    ),
]
