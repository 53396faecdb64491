"""What the actions on databases have in common."""

import datetime as dt
from typing import Any

from maintenance.actions.shape import Course, Facts, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import rds
from opsportal.aws.account import Account

# Events are told for a day: long enough for a step that a person was asked about.
EVENT_MINUTES = 24 * 60
# Events bear whole seconds.
SECOND = dt.timedelta(seconds=1)


def facts(database: Any) -> Facts:
    """What a plan for a database depends on."""
    return {"state": database.state, "multi_az": database.multi_az}


def must_serve(found: Facts) -> None:
    """Raise Refusal unless the database is available: in every other state RDS takes no order."""
    if found["state"] != "available":
        raise Refusal("not-available", state=found["state"])


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
    return Seen(Course.DONE if database.state == "available" else Course.UNDERWAY, {"state": database.state})
