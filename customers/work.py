"""What this app does by itself."""

from functools import partial

from customers import (
    attempts,
    charts,
    connection_tests,
    inventory,
    logbook_seals,
    messages,
    observations,
    polls,
    probes,
    reachability,
    sealed,
    trust,
)
from customers.models import ConnectionTest, Poll
from opsportal.work import Work

DAILY = [
    attempts.forget_old,
    observations.forget_old,
    reachability.judge_all,
    sealed.seal_what_lies_in_clear,
    logbook_seals.seal_finished_days,
]

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
    Work(
        "test-read-role",
        "read",
        due=partial(connection_tests.due, ConnectionTest.Role.READ),
        advance=connection_tests.test,
        lease=polls.LEASE,
        related=("onboarding__plan",),
    ),
    Work(
        "test-act-role",
        "act",
        due=partial(connection_tests.due, ConnectionTest.Role.ACT),
        advance=connection_tests.test,
        lease=polls.LEASE,
        related=("onboarding__plan",),
    ),
    Work(
        "prove-trust",
        "read",
        due=partial(trust.due, ConnectionTest.Role.READ),
        advance=trust.prove,
        lease=polls.LEASE,
        related=("environment",),
    ),
    Work(
        "prove-act-trust",
        "act",
        due=partial(trust.due, ConnectionTest.Role.ACT),
        advance=trust.prove,
        lease=polls.LEASE,
        related=("environment",),
    ),
]
