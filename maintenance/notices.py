"""Maintenance notices: what AWS will do, from the first word to the last."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from customers import inventory, needs, servers
from customers.models import Database, Duty, Environment, Need, Observation, Poll, Server
from customers.polls import Look, Verdict, blind
from maintenance.models import Notice
from opsportal.aws import ec2, rds

# Nearer than this the notice must be decided now, or soon.
NOW_BEFORE = dt.timedelta(days=3)
SOON_BEFORE = dt.timedelta(days=14)


def gather(look: Look) -> dict[str, Any]:
    """Status checks with scheduled events, and what RDS has pending."""
    return {"statuses": look.part(ec2.instance_statuses), "pending": look.part(rds.pending_maintenance)}


def store(environment: Environment, seen: dict[str, Any], at: dt.datetime) -> bool:
    """Keep the checks of the servers and the notices of both roads; a road that is denied stays as it was.

    Returns whether anything differed.
    """
    changed = False
    if seen["statuses"] is not None:
        changed = inventory.update(Server, environment, seen["statuses"], at)
        names = dict(Server.objects.filter(environment=environment).values_list("aws_id", "name"))
        found = [_from_event(event, names) for status in seen["statuses"] for event in status.events]
        changed |= record_notices(environment, Notice.Origin.EC2_EVENT, found, at)
    if seen["pending"] is not None:
        names = dict(Database.objects.filter(environment=environment).values_list("arn", "name"))
        found = [_from_pending(action, names) for action in seen["pending"]]
        changed |= record_notices(environment, Notice.Origin.RDS_PENDING, found, at)
    return changed


@dataclass(frozen=True)
class _Told:
    source_id: str
    subject: str
    aws_id: str
    name: str
    code: str
    description: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    deadline_at: dt.datetime | None
    forced_at: dt.datetime | None
    opt_in: str


def _from_event(event: ec2.ScheduledEvent, names: dict[str, str]) -> _Told:
    return _Told(
        source_id=event.source_id,
        subject="server",
        aws_id=event.instance_id,
        name=names.get(event.instance_id) or event.instance_id,
        code=event.code,
        description=event.description[:500],
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        deadline_at=event.deadline_at,
        forced_at=None,
        opt_in="",
    )


def _from_pending(action: rds.PendingMaintenance, names: dict[str, str]) -> _Told:
    aws_id = action.db_arn.rsplit(":", 1)[-1]
    return _Told(
        source_id=action.source_id,
        subject="database",
        aws_id=aws_id,
        name=names.get(action.db_arn) or aws_id,
        code=action.action,
        description=action.description[:500],
        starts_at=action.applies_at or action.auto_applied_after,
        ends_at=None,
        deadline_at=None,
        forced_at=action.forced_at,
        opt_in=action.opt_in,
    )


def record_notices(environment: Environment, origin: Notice.Origin, told: list[_Told], at: dt.datetime) -> bool:
    """Make the open notices of one road equal to what AWS tells; one that AWS dropped is settled, never deleted.

    Returns whether anything differed.
    """
    known = {notice.source_id: notice for notice in Notice.objects.filter(environment=environment, origin=origin)}
    changed = [_record(environment, origin, one, known.pop(one.source_id, None), at) for one in told]
    for notice in known.values():
        if notice.status == Notice.Status.OPEN:
            _observe(environment, Observation.Kind.GONE, notice, {}, at)
            Notice.objects.filter(pk=notice.pk).update(status=Notice.Status.SETTLED, settled_at=at, changed_at=at)
            changed.append(True)
    return any(changed)


def _record(
    environment: Environment, origin: Notice.Origin, one: _Told, notice: Notice | None, at: dt.datetime
) -> bool:
    values = {**vars(one), "status": Notice.Status.OPEN, "settled_at": None}
    if notice is None:
        Notice.objects.create(environment=environment, origin=origin, first_seen_at=at, changed_at=at, **values)
        _observe(environment, Observation.Kind.APPEARED, one, {}, at)
        return True
    differing = {name: value for name, value in values.items() if getattr(notice, name) != value}
    if differing:
        facts = {
            name: [inventory.plain(getattr(notice, name)), inventory.plain(value)] for name, value in differing.items()
        }
        _observe(environment, Observation.Kind.CHANGED, one, facts, at)
        Notice.objects.filter(pk=notice.pk).update(**differing, changed_at=at)
    return bool(differing)


def _observe(
    environment: Environment, kind: Observation.Kind, about: _Told | Notice, facts: dict, at: dt.datetime
) -> None:
    Observation.objects.create(
        environment=environment,
        at=at,
        kind=kind,
        subject="notice",
        aws_id=about.aws_id,
        name=about.name,
        facts={**facts, "code": about.code},
    )


def open_notices(environment: Environment) -> list[Notice]:
    """The open notices, the nearest first, optional ones without a date last."""
    return sorted(
        Notice.objects.filter(environment=environment, status=Notice.Status.OPEN),
        key=lambda notice: (_starts_at(notice) is None, _starts_at(notice), notice.pk),
    )


def judge(environment: Environment, failures: list[dict[str, str]], at: dt.datetime) -> Verdict:
    """Say how N1 stands and what each open notice asks for; time alone makes one more urgent."""
    changed = servers.judge(environment, at)
    notices = open_notices(environment)
    wanted = [_wanted(notice, at) for notice in notices]
    changed |= needs.hold(environment, "notices", wanted, at)
    if failures:
        changed |= blind(environment, Poll.Reading.STATUS, failures, at)
    if wanted or not failures:
        changed |= needs.judge(
            environment,
            Duty.N1,
            needs.worst(wanted),
            "notices-open" if wanted else "notices-none",
            reading=Poll.Reading.STATUS,
            at=at,
            facts={"count": len(wanted)},
            next_at=_starts_at(notices[0]) if notices else None,
        )
    thresholds = [
        starts_at - before
        for notice in notices
        if (starts_at := _starts_at(notice))
        for before in (dt.timedelta(0), NOW_BEFORE, SOON_BEFORE)
    ]
    return Verdict(changed, min((moment for moment in thresholds if moment > at), default=None))


def _starts_at(notice: Notice) -> dt.datetime | None:
    """When it begins at the latest known: a forced date stands in for one that AWS has not set yet."""
    return notice.starts_at or notice.forced_at


def _wanted(notice: Notice, at: dt.datetime) -> needs.Wanted:
    starts_at = _starts_at(notice)
    return needs.Wanted(
        key=f"notice-{notice.origin}-{notice.source_id}",
        duty=Duty.N1,
        kind="notice-open",
        urgency=_urgency(notice, at),
        facts={
            "code": notice.code,
            "name": notice.name,
            "aws_id": notice.aws_id,
            "notice": notice.pk,
            "over": starts_at is not None and starts_at <= at,
        },
        deadline_at=starts_at,
    )


def _urgency(notice: Notice, at: dt.datetime) -> Need.Urgency:
    starts_at = _starts_at(notice)
    if starts_at is None or starts_at - at > SOON_BEFORE:
        return Need.Urgency.PLAN
    return Need.Urgency.SOON if starts_at - at > NOW_BEFORE else Need.Urgency.NOW
