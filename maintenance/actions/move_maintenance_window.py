"""Put a database's weekly maintenance window where it hurts least.

A window that holds the present moment makes RDS apply what is pending at once, reboot included (ModifyDBInstance,
API Reference): where anything is pending, such a window is refused.
"""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Database
from maintenance.actions import databases, windows
from maintenance.actions.shape import Action, Call, Course, Facts, Parameter, Plan, Refusal, Seen
from maintenance.models import Change, Notice, Step
from opsportal.aws import rds
from opsportal.aws.account import Account

DAYS = (
    ("mon", _("Monday")),
    ("tue", _("Tuesday")),
    ("wed", _("Wednesday")),
    ("thu", _("Thursday")),
    ("fri", _("Friday")),
    ("sat", _("Saturday")),
    ("sun", _("Sunday")),
)
CLOCKS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
# The call may be made this much later than planned, and RDS thinks for some minutes more.
MARGIN = dt.timedelta(minutes=45)


def facts(database: Any) -> Facts:
    """What of the database decides whether the window may move."""
    return {
        **databases.facts(database),
        "maintenance_window": database.maintenance_window,
        "backup_window": database.backup_window,
        "pending_changes": database.pending_changes,
    }


def around(database: Database, parameters: Facts, at: dt.datetime) -> Facts:
    """The new window in UTC. Raises Refusal where RDS would refuse it, or would reboot the database."""
    length = windows.span(database.maintenance_window)[1] if database.maintenance_window else 30
    zone = database.environment.customer.time_zone
    window = windows.from_local(parameters["day"], parameters["clock"], max(length, 30), zone, at)
    if database.backup_window and windows.overlap(window, database.backup_window):
        raise Refusal("overlaps-backup-window", window=window, backup_window=database.backup_window)
    if windows.is_near(window, at, MARGIN) and (database.pending_changes or _is_pending(database)):
        raise Refusal("window-is-now", window=window)
    return {"window": window}


def _is_pending(database: Database) -> bool:
    return Notice.objects.filter(
        environment=database.environment, origin=Notice.Origin.RDS_PENDING, status=Notice.Status.OPEN,
        aws_id=database.aws_id,
    ).exists()  # fmt: skip


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call that leaves everything else that is pending where it is."""
    databases.must_serve(facts)
    window = parameters["window"]
    if window == facts["maintenance_window"]:
        raise Refusal("already-so", window=window)
    named = {"DBInstanceIdentifier": aws_id, "PreferredMaintenanceWindow": window, "ApplyImmediately": False}
    return Plan(
        calls=(Call("move-window", "rds", "ModifyDBInstance", named, 600),), downtime_seconds=0, undo_word="old-window"
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """The window that RDS shows: the new one or not yet."""
    database = rds.instance(account, change.aws_id)
    if database is None:
        return Seen(Course.FAILED, {"state": "gone"})
    told = {"maintenance_window": database.maintenance_window}
    if database.maintenance_window == change.parameters["window"]:
        return Seen(Course.DONE, told)
    return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.NOTHING, told)


ACTION = Action(
    kind="move-maintenance-window",
    label=_("Move the maintenance window"),
    action_class=ActionClass.SCHEDULE,
    subject=Change.Subject.DATABASE,
    facts=facts,
    plan=plan,
    read=rds.instance,
    look=look,
    works=databases.is_well,
    parameters=(
        Parameter("day", _("Day of the week"), "choice", choices=lambda database: list(DAYS)),
        Parameter(
            "clock",
            _("Begins at"),
            "choice",
            choices=lambda database: [(clock, clock) for clock in CLOCKS],
            start=lambda database: "04:00",
        ),
    ),
    around=around,
)
