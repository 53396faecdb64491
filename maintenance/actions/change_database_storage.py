"""Give a database a bigger disk, while it serves. It never shrinks again."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Database
from maintenance.actions import databases
from maintenance.actions.shape import Action, Call, Course, Facts, Parameter, Plan, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import rds
from opsportal.aws.account import Account

# The most that RDS for MySQL gives, in GiB (RDS User Guide).
LARGEST = 65_536


def least(size: int) -> int:
    """RDS takes no order for less than a tenth more."""
    return -(-size * 11 // 10)


def _bounds(database: Database) -> tuple[int, int]:
    return least(database.storage_gb or 20), LARGEST


def facts(database: Any) -> Facts:
    """What the plan depends on."""
    return {
        **databases.facts(database),
        "storage_gb": database.storage_gb,
        "pending_changes": database.pending_changes,
    }


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call, at once: nothing stops for it."""
    databases.must_serve(facts)
    databases.must_have_nothing_pending(facts)
    wanted = parameters["storage_gb"]
    if wanted < least(facts["storage_gb"]):
        raise Refusal("not-bigger", size_gb=facts["storage_gb"])
    named = {"DBInstanceIdentifier": aws_id, "AllocatedStorage": wanted, "ApplyImmediately": True}
    return Plan(
        calls=(Call("grow-storage", "rds", "ModifyDBInstance", named, 6 * 3600),),
        downtime_seconds=0,
        lost=("no-shrinking",),
        cost_word="bigger-disk",
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """The size that the database has."""
    return databases.modified(account, change, step, "storage_gb", "AllocatedStorage", "storage_gb")


def works(account: Account, change: Change) -> Seen:
    """The database serves with its new size."""
    database = rds.instance(account, change.aws_id)
    if database and (database.storage_gb or 0) < change.parameters["storage_gb"]:
        return Seen(Course.FAILED, {"storage_gb": database.storage_gb})
    return databases.is_well(account, change)


ACTION = Action(
    kind="change-database-storage",
    label=_("Make the disk of the database bigger"),
    action_class=ActionClass.STORAGE,
    subject=Change.Subject.DATABASE,
    facts=facts,
    plan=plan,
    read=rds.instance,
    look=look,
    works=works,
    parameters=(
        Parameter(
            "storage_gb",
            _("New size in GiB"),
            "number",
            bounds=_bounds,
            start=lambda database: -(-(database.storage_gb or 20) * 3 // 2),
        ),
    ),
)
