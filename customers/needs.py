"""What needs a hand, and how each duty stands: declared whole by the module that can judge it; differences are kept."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from customers import agreements
from customers.models import Duty, DutyState, Environment, Need, Poll

_KEPT = ("duty", "kind", "urgency", "facts", "deadline_at", "performer")


@dataclass(frozen=True)
class Wanted:
    """A need as its judge sees it now; `key` tells two of them in one environment apart."""

    key: str
    duty: Duty
    kind: str
    urgency: Need.Urgency
    facts: dict[str, Any] = field(default_factory=dict)
    deadline_at: dt.datetime | None = None


def hold(environment: Environment, origin: str, wanted: Iterable[Wanted], at: dt.datetime) -> bool:
    """Make the open needs of one origin exactly these: new ones raised, changed ones renewed, others settled.

    Returns whether anything differed. Safe to repeat: the same set again writes nothing.
    """
    performers = agreements.performers(agreements.agreement_at(environment, at))
    now = {want.key: {**_values(want), "performer": str(performers[want.duty])} for want in wanted}
    before = {need.key: need for need in Need.objects.filter(environment=environment, origin=origin, settled_at=None)}
    settled = [need.pk for key, need in before.items() if key not in now]
    renewed = [_renew(need, now[key], at) for key, need in before.items() if key in now and _differs(need, now[key])]
    raised = [
        Need(environment=environment, origin=origin, key=key, raised_at=at, changed_at=at, **values)
        for key, values in now.items()
        if key not in before
    ]
    if settled:
        Need.objects.filter(pk__in=settled).update(settled_at=at, changed_at=at)
    Need.objects.bulk_update(renewed, [*_KEPT, "changed_at"])
    Need.objects.bulk_create(raised)
    return bool(settled or renewed or raised)


def _values(want: Wanted) -> dict[str, Any]:
    return {
        "duty": str(want.duty),
        "kind": want.kind,
        "urgency": int(want.urgency),
        "facts": want.facts,
        "deadline_at": want.deadline_at,
    }


def _differs(need: Need, values: dict[str, Any]) -> bool:
    return any(getattr(need, name) != values[name] for name in _KEPT)


def _renew(need: Need, values: dict[str, Any], at: dt.datetime) -> Need:
    for name, value in values.items():
        setattr(need, name, value)
    need.changed_at = at
    return need


def judge(
    environment: Environment,
    duty: Duty,
    state: DutyState.State,
    kind: str,
    *,
    reading: str,
    at: dt.datetime,
    facts: dict[str, Any] | None = None,
    next_at: dt.datetime | None = None,
) -> bool:
    """Write how a duty stands; `kind` and `facts` become words when shown, `reading` tells how old the proof is.

    Returns whether it differed from before.
    """
    values = {"state": state, "kind": kind, "facts": facts or {}, "reading": reading, "next_at": next_at}
    before = DutyState.objects.filter(environment=environment, duty=duty).first()
    if before and all(getattr(before, name) == value for name, value in values.items()):
        return False
    DutyState.objects.update_or_create(environment=environment, duty=duty, defaults={**values, "changed_at": at})
    return True


def judge_response(environment: Environment, at: dt.datetime) -> bool:
    """Say how I3 stands: by every open need of that duty, whichever reading raised it. Returns whether it differed."""
    urgencies = list(
        Need.objects.filter(environment=environment, duty=Duty.I3, settled_at=None).values_list("urgency", flat=True)
    )
    return judge(
        environment,
        Duty.I3,
        _state_of(urgencies),
        "response-open" if urgencies else "response-none",
        reading=Poll.Reading.STATUS,
        at=at,
        facts={"count": len(urgencies)},
    )


def worst(wanted: Iterable[Wanted]) -> DutyState.State:
    """The state of a duty that has these needs: a plan to make is to be watched, anything sooner needs a hand."""
    return _state_of([want.urgency for want in wanted])


def _state_of(urgencies: list[int]) -> DutyState.State:
    if not urgencies:
        return DutyState.State.OK
    return DutyState.State.ACT if min(urgencies) < Need.Urgency.PLAN else DutyState.State.WATCH
