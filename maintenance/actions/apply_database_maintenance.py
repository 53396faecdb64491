"""Decide on what RDS has pending for a database: at once, in the next window, or not in the next window after all."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Database
from maintenance.actions import databases
from maintenance.actions.shape import Action, Call, Course, Facts, Parameter, Plan, Refusal, Seen
from maintenance.models import Change, Notice, Step
from opsportal.aws import rds
from opsportal.aws.account import Account

IMMEDIATE, NEXT, UNDO = "immediate", "next-maintenance", "undo-opt-in"
OPT_INS = (
    (NEXT, _("In the next maintenance window")),
    (IMMEDIATE, _("At once; it cannot be undone")),
    (UNDO, _("Take it out of the next window again")),
)


@dataclass(frozen=True)
class Maintained:
    """A database with what is pending for it, action → opt-in; `aws_id`, `name` and `state` are the database's."""

    aws_id: str
    name: str
    state: str
    multi_az: bool
    pending: dict[str, str]


def _pending_of(database: Database) -> dict[str, str]:
    rows = Notice.objects.filter(
        environment=database.environment, origin=Notice.Origin.RDS_PENDING, status=Notice.Status.OPEN
    )
    return dict(rows.filter(aws_id=database.aws_id).order_by("code").values_list("code", "opt_in"))


def read(account: Account, aws_id: str) -> Maintained | None:
    """The database and what RDS has pending for it."""
    database = rds.instance(account, aws_id)
    if database is None:
        return None
    pending = {row.action: row.opt_in for row in rds.pending_maintenance(account) if row.db_arn == database.arn}
    return Maintained(database.aws_id, database.name, database.state, database.multi_az, pending)


def facts(target: Any) -> Facts:
    """State, and every pending action with its opt-in."""
    pending = _pending_of(target) if isinstance(target, Database) else target.pending
    return {**databases.facts(target), "pending": pending}


def around(database: Database, parameters: Facts, at: dt.datetime) -> Facts:
    """How RDS names the database in this call."""
    return {"arn": database.arn}


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call. At once cannot be undone; an opt-in for the window can, until it has begun (RDS User Guide)."""
    databases.must_serve(facts)
    action, opt_in = parameters["pending_action"], parameters["opt_in"]
    now = facts["pending"].get(action)
    if now is None:
        raise Refusal("not-pending", action=action)
    if now in (opt_in, IMMEDIATE):
        raise Refusal("already-so", opt_in=now)
    if opt_in == UNDO and now != NEXT:
        raise Refusal("nothing-to-undo")
    named = {"ResourceIdentifier": parameters["arn"], "ApplyAction": action, "OptInType": opt_in}
    at_once = opt_in == IMMEDIATE
    return Plan(
        calls=(Call("apply", "rds", "ApplyPendingMaintenanceAction", named, 2 * 3600 if at_once else 600),),
        downtime_seconds=(120 if facts["multi_az"] else 900) if at_once else 0,
        lost=("connections",) if at_once else (),
        undo_word="none" if at_once else "opt-in",
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """How far it is, by what is still pending and how it is opted in."""
    database = read(account, change.aws_id)
    if database is None:
        return Seen(Course.FAILED, {"state": "gone"})
    action, wanted = change.parameters["pending_action"], change.parameters["opt_in"]
    now = database.pending.get(action)
    told = {"state": database.state, "pending": now is not None, "opt_in": now or ""}
    if _reached(wanted, now, database.state):
        return Seen(Course.DONE, told)
    begun = step.state == Step.State.ACCEPTED or (wanted == IMMEDIATE and (now is None or now == IMMEDIATE))
    return Seen(Course.UNDERWAY if begun else Course.NOTHING, told)


def _reached(wanted: str, now: str | None, state: str) -> bool:
    if wanted == IMMEDIATE:
        return now is None and state == "available"
    # What is no longer pending was applied meanwhile: nothing waits for a window any more.
    return now is None or now == (NEXT if wanted == NEXT else "")


ACTION = Action(
    kind="apply-database-maintenance",
    label=_("Apply pending RDS maintenance"),
    action_class=ActionClass.UPGRADE,
    subject=Change.Subject.DATABASE,
    facts=facts,
    plan=plan,
    read=read,
    look=look,
    works=databases.is_well,
    parameters=(
        Parameter(
            "pending_action",
            _("Pending maintenance"),
            "choice",
            choices=lambda database: [(action, action) for action in _pending_of(database)],
        ),
        Parameter("opt_in", _("When to apply it"), "choice", choices=lambda database: list(OPT_INS)),
    ),
    around=around,
)
