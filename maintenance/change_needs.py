"""What staff have to look at of changes: those that failed, whose outcome is not known, that nobody answers."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, Q

from customers import needs, standings
from customers.models import ActionClass, Duty, Environment, Need
from customers.needs import Wanted
from maintenance.models import Change, Reminder

ORIGIN = "changes"
State = Change.State
_DUTIES = {
    ActionClass.SERVICE_RESTART: Duty.I3,
    ActionClass.SERVER_RESTART: Duty.N1,
    ActionClass.DATABASE_RESTART: Duty.N1,
    ActionClass.SCHEDULE: Duty.N1,
    ActionClass.STORAGE: Duty.N2,
    ActionClass.RESIZE: Duty.N2,
    ActionClass.SECURITY: Duty.N3,
    ActionClass.UPGRADE: Duty.N4,
    ActionClass.BACKUP: Duty.N5,
    ActionClass.RESTORE: Duty.N5,
    ActionClass.BACKUP_DELETION: Duty.N5,
}


@transaction.atomic
def judge(environment: Environment, at: dt.datetime) -> None:
    """Make the needs of an environment's changes what they are now; safe to repeat."""
    standings.hold(environment)
    changed = needs.hold(environment, ORIGIN, _wanted(environment), at)
    if changed:
        needs.judge_response(environment, at)
        standings.refresh(environment, at)


def _wanted(environment: Environment) -> Iterator[Wanted]:
    failed = Q(state=State.FAILED, seen_to_at=None) | Q(state=State.UNSETTLED)
    reminded = Reminder.objects.filter(kind=Reminder.ANSWER, change__state=State.PROPOSED).exclude(done_at=None)
    near = reminded.filter(change__environment=environment, starts_at=F("change__starts_at")).values("change")
    for change in Change.objects.filter(failed | Q(pk__in=near), environment=environment):
        yield _want(change)


def _want(change: Change) -> Wanted:
    asked = change.state == State.PROPOSED
    kind = {State.FAILED: "change-failed", State.UNSETTLED: "change-unsettled"}.get(change.state, "change-unanswered")
    return Wanted(
        key=f"change {change.pk}",
        duty=_DUTIES[ActionClass(change.action_class)],
        kind=kind,
        urgency=Need.Urgency.SOON if asked else Need.Urgency.NOW,
        facts={"name": change.name, "action_class": change.action_class},
        deadline_at=change.starts_at if asked else None,
    )
