"""Reboot a database. RDS knows no token for it: its events prove that it happened, and when."""

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass
from maintenance.actions import databases
from maintenance.actions.shape import Action, Call, Course, Facts, Plan, Seen
from maintenance.models import Change, Step
from opsportal.aws import rds
from opsportal.aws.account import Account


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call; connections break, and what is in memory is gone. A standby does not help: it is not failed over to."""
    databases.must_serve(facts)
    return Plan(
        calls=(Call("reboot", "rds", "RebootDBInstance", {"DBInstanceIdentifier": aws_id}, 900),),
        downtime_seconds=120,
        lost=("connections",),
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """Done when RDS tells of a restart since the call; its events come late, so their absence proves nothing."""
    database = rds.instance(account, change.aws_id)
    if database is None:
        return Seen(Course.FAILED, {"state": "gone"})
    told = {"state": database.state}
    if database.state != "available":
        return Seen(Course.UNDERWAY, told)
    restarted = databases.happened_since(account, change, step, "restarted")
    if restarted:
        return Seen(Course.DONE, {**told, "event": restarted[-1]})
    return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.UNCLEAR, told)


ACTION = Action(
    kind="reboot-database",
    label=_("Reboot the database"),
    action_class=ActionClass.DATABASE_RESTART,
    subject=Change.Subject.DATABASE,
    facts=databases.facts,
    plan=plan,
    read=rds.instance,
    look=look,
    works=databases.is_well,
)
