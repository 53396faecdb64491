"""Take a snapshot of a database by hand."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass
from maintenance.actions.shape import Action, Call, Course, Facts, Plan, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import rds
from opsportal.aws.account import Account


def facts(database: Any) -> Facts:
    """What a snapshot depends on."""
    return {"state": database.state, "multi_az": database.multi_az}


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call, whose name makes a second snapshot impossible. Single-AZ databases pause for seconds (RDS guide)."""
    if facts["state"] != "available":
        raise Refusal("not-available", state=facts["state"])
    named = {"DBInstanceIdentifier": aws_id, "DBSnapshotIdentifier": parameters["mark"]}
    return Plan(
        calls=(Call("snapshot", "rds", "CreateDBSnapshot", named, 3 * 3600),),
        downtime_seconds=0,
        cost_word="snapshot",
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """The snapshot under its name: there and whole, or being made, or not there."""
    snapshot = rds.snapshot(account, step.parameters["DBSnapshotIdentifier"])
    if snapshot is None:
        return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.NOTHING)
    told = {"state": snapshot.state}
    return Seen({"available": Course.DONE, "failed": Course.FAILED}.get(snapshot.state, Course.UNDERWAY), told)


def works(account: Account, change: Change) -> Seen:
    """The snapshot is whole, and the database serves."""
    database = rds.instance(account, change.aws_id)
    if database is None:
        return Seen(Course.FAILED, {"state": "gone"})
    return Seen(Course.DONE if database.state == "available" else Course.UNDERWAY, {"state": database.state})


ACTION = Action(
    kind="take-database-backup",
    label=_("Take a snapshot of the database"),
    action_class=ActionClass.BACKUP,
    subject=Change.Subject.DATABASE,
    facts=facts,
    plan=plan,
    read=rds.instance,
    look=look,
    works=works,
)
