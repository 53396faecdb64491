"""What this app does by itself."""

from functools import partial

from customers import charts, inventory, messages, observations, polls, probes
from customers.models import Poll
from opsportal.work import Work

DAILY = [observations.forget_old]

WORK = [
    polls.work_of("read-inventory", Poll.Reading.INVENTORY, inventory),
    Work(
        "probe-site",
        "read",
        due=partial(polls.due, Poll.Reading.SITE),
        advance=probes.probe,
        lease=polls.LEASE,
        batch=2,
        related=("environment__customer",),
    ),
    Work(
        "fetch-chart",
        "read",
        due=charts.due,
        advance=charts.fetch,
        lease=polls.LEASE,
        related=("environment",),
    ),
    Work(
        "deliver-message",
        "speak",
        due=messages.due,
        advance=messages.deliver,
        lease=messages.LEASE,
    ),
]
