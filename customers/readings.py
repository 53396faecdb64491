"""How well the portal can read an environment, in words, and what that costs."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.dateparse import parse_datetime

from customers import words
from customers.models import Poll
from customers.polls import FRESHNESS
from customers.sight import is_late
from opsportal.web.words import span

# CloudWatch bills the customer's account per metric requested; the other reads are free.
DOLLARS_PER_METRIC = 0.01 / 1000
MONTH = dt.timedelta(days=30)
# The first minutes would be blown up to a wild figure.
COUNTED_ENOUGH = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Trouble:
    """Why a reading or a part of it fails, and since when."""

    title: str
    step: str
    message: str
    since: dt.datetime | None


@dataclass(frozen=True)
class Health:
    """One kind of reading: how fresh, how often, what is wrong, what it costs a month."""

    name: str
    reading: str
    state: str
    read_at: dt.datetime | None
    every: dt.timedelta
    next_at: dt.datetime | None
    calls: int
    calls_a_month: int | None
    dollars_a_month: float | None
    failing_since: dt.datetime | None
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def every_words(self) -> str:
        """How often it is made, in words."""
        return span(self.every)

    @property
    def next_name(self) -> str:
        """What the page calls the age of its next reading, see `news.Look`."""
        return f"next-{self.reading}"


def healths(polls: list[Poll], at: dt.datetime) -> list[Health]:
    """The health of each reading, in their fixed order."""
    return [_health(poll, at) for poll in polls]


def _health(poll: Poll, at: dt.datetime) -> Health:
    counted = at - poll.counted_since if poll.counted_since else dt.timedelta(0)
    share = MONTH / counted if counted > COUNTED_ENOUGH else None
    return Health(
        name=poll.get_reading_display(),
        reading=poll.reading,
        state=_state(poll, at),
        read_at=poll.succeeded_at,
        every=FRESHNESS[Poll.Reading(poll.reading)],
        next_at=poll.due_at,
        calls=poll.calls,
        calls_a_month=None if share is None else round(poll.calls * share),
        dollars_a_month=None if share is None else poll.metrics_requested * share * DOLLARS_PER_METRIC,
        failing_since=poll.failing_since,
        troubles=[_trouble(failure) for failure in poll.failures] if poll.failing_since else [],
    )


def _state(poll: Poll, at: dt.datetime) -> str:
    if poll.failing_since:
        return "act" if poll.failures_in_a_row else "watch"
    if poll.succeeded_at is None:
        return "unknown"
    return "watch" if is_late(poll, at) else "ok"


def _trouble(failure: dict) -> Trouble:
    said = words.failure_said(failure)
    return Trouble(said.title, said.step, failure.get("message", ""), parse_datetime(failure.get("since") or ""))


@dataclass(frozen=True)
class Costs:
    """What all readings of an environment come to; empty while counting has just begun."""

    calls_a_month: int | None
    dollars_a_month: float | None


def costs(healths: list[Health]) -> Costs:
    """The sum over all readings."""
    if any(health.calls_a_month is None for health in healths):
        return Costs(None, None)
    return Costs(
        sum(health.calls_a_month or 0 for health in healths), sum(health.dollars_a_month or 0 for health in healths)
    )
