"""Give a database another instance class, at once or in its next maintenance window."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Database
from maintenance.actions import databases
from maintenance.actions.shape import Action, Call, Course, Facts, Parameter, Plan, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import rds
from opsportal.aws.account import Account

_SIZES = ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge")


def other_classes(database: Database) -> list[tuple[str, str]]:
    """The other sizes of the database's own family."""
    family = database.instance_class.rpartition(".")[0]
    sizes = _SIZES[:6] if family.startswith("db.t") else _SIZES[3:]
    names = [f"{family}.{size}" for size in sizes]
    return [(name, name) for name in names if name != database.instance_class]


def facts(database: Any) -> Facts:
    """What the plan depends on."""
    return {
        **databases.facts(database),
        "instance_class": database.instance_class,
        "pending_changes": database.pending_changes,
    }


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call; a standby takes over first where there is one."""
    databases.must_serve(facts)
    wanted, at_once = parameters["instance_class"], parameters["when"] == databases.AT_ONCE
    if wanted == facts["instance_class"]:
        raise Refusal("already-so", instance_class=wanted)
    if at_once:
        databases.must_have_nothing_pending(facts)
    named = {"DBInstanceIdentifier": aws_id, "DBInstanceClass": wanted, "ApplyImmediately": at_once}
    return Plan(
        calls=(Call("change-class", "rds", "ModifyDBInstance", named, 2 * 3600),),
        downtime_seconds=120 if facts["multi_az"] else 600,
        lost=("connections",),
        undo_word="old-class",
        cost_word="other-type",
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """The class that the database has, or that waits for its window."""
    return databases.modified(account, change, step, "instance_class", "DBInstanceClass", "instance_class")


def works(account: Account, change: Change) -> Seen:
    """The database serves, under its new class where that was to come at once."""
    database = rds.instance(account, change.aws_id)
    at_once = change.parameters["when"] == databases.AT_ONCE
    if at_once and database and database.instance_class != change.parameters["instance_class"]:
        return Seen(Course.FAILED, {"instance_class": database.instance_class})
    return databases.is_well(account, change)


ACTION = Action(
    kind="change-database-class",
    label=_("Change the class of the database"),
    action_class=ActionClass.RESIZE,
    subject=Change.Subject.DATABASE,
    facts=facts,
    plan=plan,
    read=rds.instance,
    look=look,
    works=works,
    parameters=(
        Parameter("instance_class", _("New class"), "choice", choices=other_classes),
        Parameter("when", _("When to apply it"), "choice", choices=lambda database: list(databases.WHEN)),
    ),
)
