"""How far what is shown can be trusted: what a late, failing or missing reading tells must not look like good news."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Expression, Func, QuerySet, Subquery, TextField, Value
from django.db.models.enums import TextChoices
from django.utils.translation import gettext as _

from customers import words
from customers.models import DutyState, Environment, Poll, Standing
from customers.polls import PATIENCE


class State(TextChoices):
    """How well the portal sees what a reading is about."""

    CLEAR = "clear"
    PARTLY = "partly"
    FAILING = "failing"
    LATE = "late"
    NEVER = "never"


_WORST = list(State)


@dataclass(frozen=True)
class Sight:
    """How one reading sees: whether all, when last, in words what is not seen and why, and by which operations."""

    state: State
    read_at: dt.datetime | None
    reasons: list[str] = field(default_factory=list)
    denied: frozenset[str] = frozenset()

    @property
    def clear(self) -> bool:
        """Whether an empty list means that there is nothing."""
        return self.state == State.CLEAR

    @property
    def title(self) -> str:
        """What is the matter, in the reader's language."""
        return {
            State.PARTLY: _("Some of this cannot be read from AWS"),
            State.FAILING: _("This cannot be read from AWS at the moment"),
            State.LATE: _("This has not been read lately"),
            State.NEVER: _("This has not been read yet"),
        }.get(self.state, "")

    @property
    def text(self) -> str:
        """What that means for whoever looks at it, in the reader's language."""
        return {
            State.PARTLY: _("There may be more than what stands here."),
            State.FAILING: _("What stands here is what was last seen; it may have changed since."),
            State.LATE: _("What stands here is what was last seen; it may have changed since."),
            State.NEVER: _("It will stand here after the first reading."),
        }.get(self.state, "")


def late_polls(at: dt.datetime) -> QuerySet[Poll]:
    """The readings whose last success is too long ago to be believed."""
    return Poll.objects.filter(trusted_until__lte=at)


def counted(rows: QuerySet) -> Subquery:
    """How many rows there are, as a column of another question."""
    return Subquery(rows.order_by().annotate(count=Func("pk", function="COUNT")).values("count"))


def in_words(*numbers: Expression) -> Expression:
    """Several numbers as one word, `12.3.0`, that differs as soon as one of them does."""
    return Func(Value("."), *numbers, function="concat_ws", output_field=TextField())


def sight_of(poll: Poll | None, at: dt.datetime) -> Sight:
    """How one reading sees at a moment; without a reading nothing is seen."""
    if poll is None:
        return Sight(State.NEVER, None)
    state = _state(poll, at)
    failing = state in (State.PARTLY, State.FAILING)
    reasons = [words.failure_said(failure).title for failure in poll.failures] if failing else []
    return Sight(state, poll.succeeded_at, reasons, frozenset(failure["operation"] for failure in poll.failures))


def sights(polls: Iterable[Poll], at: dt.datetime) -> dict[str, Sight]:
    """How each of the readings sees, by its name."""
    return {poll.reading: sight_of(poll, at) for poll in polls}


def sight_by(environment: Environment, reading: Poll.Reading, at: dt.datetime) -> Sight:
    """How well one reading sees an environment."""
    return sight_of(Poll.objects.filter(environment=environment, reading=reading).first(), at)


def _state(poll: Poll, at: dt.datetime) -> State:
    if poll.failures_in_a_row and poll.failures_in_a_row >= PATIENCE.get(poll.failures[0]["word"], 1):
        return State.FAILING
    if poll.succeeded_at is None:
        return State.NEVER
    if is_late(poll, at):
        return State.LATE
    return State.PARTLY if poll.failing_since and not poll.failures_in_a_row else State.CLEAR


def is_late(poll: Poll, at: dt.datetime) -> bool:
    """Whether the last success is too long ago to be believed."""
    return poll.trusted_until is not None and poll.trusted_until <= at


def level_shown(level: int, late: bool) -> Standing.Level:
    """The level of an environment as it may be shown: good news that is too old is not known to be good."""
    hopeful = level in (Standing.Level.OK, Standing.Level.WATCH)
    return Standing.Level.UNKNOWN if late and hopeful else Standing.Level(level)


def state_shown(state: str, sight: Sight) -> DutyState.State:
    """The state of a duty as it may be shown: what needs a hand goes on saying so, good news needs clear sight."""
    return DutyState.State.UNKNOWN if state == DutyState.State.OK and not sight.clear else DutyState.State(state)


def worst(sights: Iterable[Sight]) -> Sight | None:
    """The one that sees least; None of none."""
    return max(sights, key=lambda sight: _WORST.index(sight.state), default=None)
