"""What this app does by itself."""

import datetime as dt
from functools import partial

from customers import charts, inventory, polls, probes
from customers.models import Poll
from opsportal.work import Work

LEASE = dt.timedelta(minutes=2)

INVENTORY = polls.Reader(gather=inventory.gather, store=inventory.store, judge=inventory.judge)

WORK = [
    Work(
        "read-inventory",
        "read",
        due=partial(polls.due, Poll.Reading.INVENTORY),
        advance=partial(polls.read, reader=INVENTORY),
        lease=LEASE,
        related=("environment__customer",),
    ),
    Work(
        "probe-site",
        "read",
        due=partial(polls.due, Poll.Reading.SITE),
        advance=probes.probe,
        lease=LEASE,
        batch=2,
        related=("environment__customer",),
    ),
    Work(
        "fetch-chart",
        "read",
        due=charts.due,
        advance=charts.fetch,
        lease=LEASE,
        related=("environment",),
    ),
]
