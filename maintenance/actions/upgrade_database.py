"""Bring a database to another version of its engine, one of those that RDS offers from where it is."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Database
from maintenance.actions import databases
from maintenance.actions.shape import Action, Call, Facts, Parameter, Plan, Refusal, Seen, Text
from maintenance.models import Change, EngineTarget, Step
from opsportal.aws import rds
from opsportal.aws.account import Account


def offered(database: Database) -> list[tuple[str, Text]]:
    """What RDS offers from the version that the database has."""
    rows = EngineTarget.objects.filter(engine=database.engine, version=database.engine_version).order_by("major", "pk")
    return [
        (row.target, _("%(version)s (major)") % {"version": row.target} if row.major else row.target) for row in rows
    ]


def facts(database: Any) -> Facts:
    """What the plan depends on."""
    return {
        **databases.facts(database),
        "engine": database.engine,
        "engine_version": database.engine_version,
        "backup_retention_days": database.backup_retention_days,
        "pending_changes": database.pending_changes,
    }


def around(database: Database, parameters: Facts, at: dt.datetime) -> Facts:
    """Whether it is a major upgrade. Raises Refusal when RDS does not offer it."""
    row = EngineTarget.objects.filter(
        engine=database.engine, version=database.engine_version, target=parameters["engine_version"]
    ).first()
    if row is None:
        raise Refusal("not-a-target", version=database.engine_version)
    return {"major": row.major}


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call. RDS saves the database before; there is no way back but by that backup. A standby does not help."""
    databases.must_serve(facts)
    if not facts["backup_retention_days"]:
        raise Refusal("no-backups")
    at_once, major = parameters["when"] == databases.AT_ONCE, parameters["major"]
    if at_once:
        databases.must_have_nothing_pending(facts)
    named = {
        "DBInstanceIdentifier": aws_id,
        "EngineVersion": parameters["engine_version"],
        "AllowMajorVersionUpgrade": major,
        "ApplyImmediately": at_once,
    }
    return Plan(
        calls=(Call("upgrade", "rds", "ModifyDBInstance", named, 6 * 3600),),
        downtime_seconds=1800 if major else 600,
        lost=("connections", "no-way-back"),
        undo_word="restore",
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """The version that the database has, or that waits for its window."""
    return databases.modified(account, change, step, "engine_version", "EngineVersion", "engine_version")


ACTION = Action(
    kind="upgrade-database",
    label=_("Upgrade the engine of the database"),
    action_class=ActionClass.UPGRADE,
    subject=Change.Subject.DATABASE,
    facts=facts,
    plan=plan,
    read=rds.instance,
    look=look,
    works=databases.is_well,
    parameters=(
        Parameter("engine_version", _("New version"), "choice", choices=offered),
        Parameter("when", _("When to apply it"), "choice", choices=lambda database: list(databases.WHEN)),
    ),
    around=around,
)
