"""The duty board: how each duty stands in an environment, with its proof, its age and who performs it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import agreements, words
from customers.models import Agreement, Duty, DutyState, Environment, Performer, Poll
from customers.sight import Sight, State, sight_of, state_shown, worst

NORMAL_TIME = (Duty.N1, Duty.N2, Duty.N3, Duty.N4, Duty.N5, Duty.N6)
INCIDENT_TIME = (Duty.I1, Duty.I2, Duty.I3)
BOARDS = ((gettext_lazy("In normal time"), NORMAL_TIME), (gettext_lazy("When something fails"), INCIDENT_TIME))
NOT_JUDGED = "none"
# What an incident can show itself in: unless all of these see, nobody can say that nothing waits for a response.
RESPONSE_SEEN_BY = (Poll.Reading.STATUS, Poll.Reading.ALARMS, Poll.Reading.SITE)
# Nobody can say that everything is saved while it is not seen what there is.
WHAT_THERE_IS = {"ec2:DescribeInstances", "rds:DescribeDBInstances"}


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


def cells(
    duties: Iterable[Duty], states: dict[str, DutyState], sights: dict[str, Sight], agreement: Agreement | None
) -> list[Cell]:
    """The cells of some duties; good news that is too old is not known to be good."""
    performers = agreements.performers(agreement)
    return [_cell(duty, performers[duty], states.get(duty), sights) for duty in duties]


def _cell(duty: Duty, performer: Performer, state: DutyState | None, sights: dict[str, Sight]) -> Cell:
    if state is None:
        return Cell(duty, performer, NOT_JUDGED, "", "", "", None, None)
    sight = _sight(duty, state, sights)
    shown = state_shown(state.state, sight)
    said = words.duty_said(state.kind, state.facts)
    return Cell(
        duty,
        performer,
        shown,
        shown.label,
        said if shown == state.state else _("When last read: %(said)s") % {"said": said},
        state.reading,
        sights[state.reading].read_at if state.reading in sights else None,
        state.next_at,
    )


def _sight(duty: Duty, state: DutyState, sights: dict[str, Sight]) -> Sight:
    if not state.reading:
        # What the portal itself holds needs no reading.
        return Sight(State.CLEAR, None)
    readings = RESPONSE_SEEN_BY if duty == Duty.I3 else (state.reading,)
    inventory = sights.get(Poll.Reading.INVENTORY)
    if duty == Duty.N5 and inventory and _hides_what_there_is(inventory):
        return inventory
    return worst(sights[reading] for reading in readings if reading in sights) or sight_of(None, state.changed_at)


def _hides_what_there_is(inventory: Sight) -> bool:
    return not inventory.clear and (inventory.state != State.PARTLY or bool(WHAT_THERE_IS & inventory.denied))
