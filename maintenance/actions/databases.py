"""What the actions on databases have in common."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from maintenance.actions.shape import Course, Facts, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import rds
from opsportal.aws.account import Account

# Events are told for a day: long enough for a step that a person was asked about.
EVENT_MINUTES = 24 * 60
# Events bear whole seconds.
SECOND = dt.timedelta(seconds=1)


# States in which a database answers its application.
SERVING = ("available", "storage-optimization", "backing-up")
AT_ONCE, IN_WINDOW = "at-once", "in-window"
WHEN = ((IN_WINDOW, _("In the next maintenance window")), (AT_ONCE, _("At once, outside of the window")))


def facts(database: Any) -> Facts:
    """What a plan for a database depends on."""
    return {"state": database.state, "multi_az": database.multi_az}


def must_serve(found: Facts) -> None:
    """Raise Refusal unless the database is available: in every other state RDS takes no order."""
    if found["state"] != "available":
        raise Refusal("not-available", state=found["state"])


def must_have_nothing_pending(found: Facts) -> None:
    """Raise Refusal while anything waits for the window: an order for now takes all of it along (ModifyDBInstance)."""
    if found["pending_changes"]:
        raise Refusal("takes-pending-along", pending=found["pending_changes"])


def modified(account: Account, change: Change, step: Step, member: str, pending: str, parameter: str) -> Seen:
    """How far an order to change one member of a database has come; one for the window is done when it waits there."""
    database = rds.instance(account, change.aws_id)
    if database is None:
        return Seen(Course.FAILED, {"state": "gone"})
    wanted = change.parameters[parameter]
    now, waits = getattr(database, member), database.pending_changes.get(pending, "")
    told = {"state": database.state, member: now, "waits": waits}
    at_once = step.parameters["ApplyImmediately"]
    if now == wanted and database.state in SERVING:
        return Seen(Course.DONE, told)
    if waits == str(wanted) and not at_once:
        return Seen(Course.DONE, told)
    begun = step.state == Step.State.ACCEPTED or waits == str(wanted) or database.state not in SERVING
    return Seen(Course.UNDERWAY if begun else Course.NOTHING, told)


def happened_since(account: Account, change: Change, step: Step, *words: str) -> list[str]:
    """What RDS says happened to the database since the step was called, of the events that contain one of the words."""
    since = step.begun_at.replace(microsecond=0) - SECOND
    return [
        event.message
        for event in rds.db_events(account, EVENT_MINUTES)
        if event.aws_id == change.aws_id and event.at >= since and any(word in event.message for word in words)
    ]


def is_well(account: Account, change: Change) -> Seen:
    """Whether the database serves."""
    database = rds.instance(account, change.aws_id)
    if database is None:
        return Seen(Course.FAILED, {"state": "gone"})
    return Seen(Course.DONE if database.state in SERVING else Course.UNDERWAY, {"state": database.state})
