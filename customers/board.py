"""The duty board: how each duty stands in an environment, with its proof, its age and who performs it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from customers import agreements, words
from customers.models import Agreement, Duty, DutyState, Environment, Performer, Poll

NORMAL_TIME = (Duty.N1, Duty.N2, Duty.N3, Duty.N4, Duty.N5, Duty.N6)
INCIDENT_TIME = (Duty.I1, Duty.I2, Duty.I3)
BOARDS = ((_("In normal time"), NORMAL_TIME), (_("When something fails"), INCIDENT_TIME))
NOT_JUDGED = "none"


@dataclass(frozen=True)
class Cell:
    """One duty; `state` is "none" while nothing can judge it."""

    duty: Duty
    performer: Performer
    state: str
    word: str
    proof: str
    reading: str
    read_at: dt.datetime | None
    next_at: dt.datetime | None


def states_of(environment: Environment) -> dict[str, DutyState]:
    """What was judged so far, by duty."""
    return {state.duty: state for state in DutyState.objects.filter(environment=environment)}


def polls_of(environment: Environment) -> list[Poll]:
    """The readings of an environment in their fixed order."""
    order = list(Poll.Reading)
    return sorted(Poll.objects.filter(environment=environment), key=lambda poll: order.index(poll.reading))


def cells(duties, states: dict[str, DutyState], polls: list[Poll], agreement: Agreement | None) -> list[Cell]:
    """The cells of some duties."""
    performers = agreements.performers(agreement)
    read = {poll.reading: poll.succeeded_at for poll in polls}
    return [_cell(duty, performers[duty], states.get(duty), read) for duty in duties]


def _cell(duty: Duty, performer: Performer, state: DutyState | None, read: dict[str, dt.datetime | None]) -> Cell:
    if state is None:
        return Cell(duty, performer, NOT_JUDGED, "", "", "", None, None)
    return Cell(
        duty,
        performer,
        state.state,
        state.get_state_display(),
        words.duty_said(state.kind, state.facts),
        state.reading,
        read.get(state.reading),
        state.next_at,
    )
