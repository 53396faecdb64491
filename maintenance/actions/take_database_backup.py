"""Take a snapshot of a database by hand."""

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass
from maintenance.actions import databases
from maintenance.actions.shape import Action, Call, Course, Facts, Plan, Seen
from maintenance.models import Change, Step
from opsportal.aws import rds
from opsportal.aws.account import Account


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call, whose name makes a second snapshot impossible. Single-AZ databases pause for seconds (RDS guide)."""
    databases.must_serve(facts)
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


ACTION = Action(
    kind="take-database-backup",
    label=_("Take a snapshot of the database"),
    action_class=ActionClass.BACKUP,
    subject=Change.Subject.DATABASE,
    facts=databases.facts,
    plan=plan,
    read=rds.instance,
    look=look,
    works=databases.is_well,
)
