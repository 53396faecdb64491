"""Backups: what could be restored, how old it is, which nights are missing (N5)."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from customers import agreements, inventory, needs, resources
from customers.models import Agreement, Database, Duty, Environment, Need, Poll, Server, Volume
from customers.polls import Look, blind
from maintenance.models import Backup
from opsportal.aws import backup as aws_backup
from opsportal.aws import ec2, rds

NIGHTS_SHOWN = 14
# A nightly backup may begin this much later than a day after the last one before the night counts as missed.
GRACE = dt.timedelta(hours=3)
DAY = dt.timedelta(days=1)
JOBS_SINCE = dt.timedelta(days=30)

_STATES = {
    "completed": Backup.State.GOOD,
    "available": Backup.State.GOOD,
    "COMPLETED": Backup.State.GOOD,
    "pending": Backup.State.RUNNING,
    "creating": Backup.State.RUNNING,
    "CREATED": Backup.State.RUNNING,
    "PENDING": Backup.State.RUNNING,
    "RUNNING": Backup.State.RUNNING,
    "recovering": Backup.State.RUNNING,
}


def gather(look: Look) -> dict[str, Any]:
    """Every backup that AWS lists, by each of the ways in which it can be made."""
    return {
        "snapshots": look.part(ec2.snapshots),
        "images": look.part(ec2.images),
        "db_snapshots": look.part(rds.db_snapshots),
        "automated": look.part(rds.automated_backups),
        "jobs": look.part(aws_backup.jobs, look.at - JOBS_SINCE),
    }


@dataclass(frozen=True)
class _Seen:
    aws_id: str
    name: str
    kind: str
    state: str
    subject: str
    subject_aws_id: str
    volume_aws_id: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    size_gb: int | None
    reason: str


def store(environment: Environment, seen: dict[str, Any], at: dt.datetime) -> None:
    """Keep the backups; kinds that could not be read stay as they were."""
    owners = dict(Volume.objects.filter(environment=environment).values_list("aws_id", "server_aws_id"))
    for kinds, rows in (
        ((Backup.Kind.EBS_SNAPSHOT,), _map(seen["snapshots"], lambda row: _from_snapshot(row, owners))),
        ((Backup.Kind.IMAGE,), _map(seen["images"], _from_image)),
        ((Backup.Kind.RDS_AUTOMATED, Backup.Kind.RDS_MANUAL), _map(seen["db_snapshots"], _from_db_snapshot)),
        ((Backup.Kind.BACKUP_JOB,), _map(seen["jobs"], lambda row: _from_job(row, owners))),
    ):
        if rows is not None:
            # A row of history per backup is the backup itself: no observations besides.
            inventory.keep(Backup, environment, rows, at, observe=False, among={"kind__in": kinds})
    if seen["automated"] is not None:
        inventory.update(Database, environment, seen["automated"], at)


def _map(rows: list | None, convert) -> list[_Seen] | None:
    return None if rows is None else [seen for row in rows if (seen := convert(row))]


def _state(word: str) -> Backup.State:
    return _STATES.get(word, Backup.State.FAILED)


def _from_snapshot(row: ec2.Snapshot, owners: dict[str, str]) -> _Seen:
    return _Seen(
        row.aws_id, row.name, Backup.Kind.EBS_SNAPSHOT, _state(row.state), "server", owners.get(row.volume_aws_id, ""),
        row.volume_aws_id, row.started_at, None, row.size_gb, row.reason[:255],
    )  # fmt: skip


def _from_image(row: ec2.Image) -> _Seen:
    return _Seen(
        row.aws_id, row.name, Backup.Kind.IMAGE, _state(row.state), "server", row.server_aws_id,
        "", row.started_at, None, None, "",
    )  # fmt: skip


def _from_db_snapshot(row: rds.DbSnapshot) -> _Seen | None:
    if row.started_at is None:
        return None
    kind = Backup.Kind.RDS_AUTOMATED if row.automated else Backup.Kind.RDS_MANUAL
    return _Seen(
        row.aws_id, row.name, kind, _state(row.state), "database", row.db_aws_id,
        "", row.started_at, None, row.size_gb, "",
    )  # fmt: skip


def _from_job(row: aws_backup.BackupJob, owners: dict[str, str]) -> _Seen | None:
    """A job names what it backs up by ARN: an instance, a volume or a database; others are none of ours."""
    what, _, aws_id = row.resource_arn.split(":", 5)[-1].replace("db:", "db/").partition("/")
    subjects = {"instance": "server", "volume": "server", "db": "database"}
    if what not in subjects:
        return None
    return _Seen(
        row.aws_id,
        row.recovery_point_arn.rsplit(":", 1)[-1] or row.aws_id,
        Backup.Kind.BACKUP_JOB,
        _state(row.state),
        subjects[what],
        owners.get(aws_id, "") if what == "volume" else aws_id,
        aws_id if what == "volume" else "",
        row.started_at,
        row.finished_at,
        None if row.size_bytes is None else -(-row.size_bytes // 1024**3),
        row.reason,
    )


@dataclass(frozen=True)
class Night:
    """One local date of a subject.

    "good", "expired" (good, and deleted at the end of its retention), "failed", "missing" (never made, or lost before
    its retention ended), "coming" (not yet due) or "none" (before the first that was seen).
    """

    date: dt.date
    state: str


@dataclass(frozen=True)
class Protection:
    """How a server or database is protected: last good backup, nights, retention kept against retention agreed."""

    subject: str
    aws_id: str
    name: str
    last_good_at: dt.datetime | None
    missed_nights: int
    failed_reason: str
    nights: list[Night]
    kept: int
    kept_days: int
    agreed_days: int | None
    set_days: int | None
    restorable_from: dt.datetime | None
    restorable_lag_minutes: int | None


def protections(
    environment: Environment, things: Iterable[Server | Database], agreement: Agreement | None, at: dt.datetime
) -> list[Protection]:
    """How each of these servers and databases is protected, in the order given."""
    zone = zoneinfo.ZoneInfo(environment.customer.time_zone)
    agreed = agreement.retention_days if agreement else None
    rows: dict[str, list[Backup]] = defaultdict(list)
    shown = Q(gone_at=None) | Q(started_at__gte=at - NIGHTS_SHOWN * DAY)
    for backup in Backup.objects.filter(shown, environment=environment).order_by("started_at"):
        rows[backup.subject_aws_id].append(backup)
    volumes: dict[str, set[str]] = defaultdict(set)
    for aws_id, server_aws_id in Volume.objects.filter(environment=environment, gone_at=None).values_list(
        "aws_id", "server_aws_id"
    ):
        volumes[server_aws_id].add(aws_id)
    return [_protection(thing, rows[thing.aws_id], volumes[thing.aws_id], agreed, zone, at) for thing in things]


def _protection(
    thing: Server | Database,
    backups: list[Backup],
    volumes: set[str],
    agreed: int | None,
    zone: zoneinfo.ZoneInfo,
    at: dt.datetime,
) -> Protection:
    existing = [row for row in backups if row.gone_at is None]
    good = _good_moments(existing, volumes)
    kept = [row for row in existing if row.state == Backup.State.GOOD]
    failed = [row for row in existing if row.state == Backup.State.FAILED]
    gone = [row for row in backups if row.gone_at and row.state == Backup.State.GOOD]
    last = good[-1] if good else None
    nights = _nights(good, failed, [row for row in gone if _kept_its_time(row, agreed)], zone, at)
    lost = {row.started_at.astimezone(zone).date() for row in gone if last and row.started_at > last}
    return Protection(
        subject=thing._meta.model_name,
        aws_id=thing.aws_id,
        name=thing.name or thing.aws_id,
        last_good_at=last,
        missed_nights=max((at - last - GRACE) // DAY, len(lost)) if last else 0,
        failed_reason=failed[-1].reason if failed and (last is None or failed[-1].started_at > last) else "",
        nights=nights,
        kept=len(kept),
        kept_days=(at - kept[0].started_at).days if kept else 0,
        agreed_days=agreed,
        set_days=getattr(thing, "backup_retention_days", None),
        restorable_from=getattr(thing, "restorable_from", None),
        restorable_lag_minutes=getattr(thing, "restorable_lag_minutes", None),
    )


def _good_moments(backups: list[Backup], volumes: set[str]) -> list[dt.datetime]:
    """When the whole thing was safely backed up, oldest first: at once, or volume by volume on one UTC day."""
    whole = [row.started_at for row in backups if row.state == Backup.State.GOOD and not row.volume_aws_id]
    parts: dict[dt.date, dict[str, dt.datetime]] = defaultdict(dict)
    for row in backups:
        if row.state == Backup.State.GOOD and row.volume_aws_id in volumes:
            parts[row.started_at.date()][row.volume_aws_id] = row.started_at
    return sorted(whole + [max(day.values()) for day in parts.values() if day.keys() >= volumes])


def _kept_its_time(row: Backup, agreed: int | None) -> bool:
    """Whether a backup that is gone lived about as long as agreed, so that its end was the retention's."""
    return agreed is not None and row.gone_at - row.started_at >= (agreed - 1) * DAY


def _nights(
    good: list[dt.datetime], failed: list[Backup], expired: list[Backup], zone: zoneinfo.ZoneInfo, at: dt.datetime
) -> list[Night]:
    """The last fortnight by local date, oldest first."""
    good_dates = {moment.astimezone(zone).date() for moment in good}
    failed_dates = {backup.started_at.astimezone(zone).date() for backup in failed}
    expired_dates = {backup.started_at.astimezone(zone).date() for backup in expired}
    today = at.astimezone(zone).date()
    # Today's backup is late only when the usual hour has passed, with grace.
    late = bool(good) and at.astimezone(zone).time() > (good[-1] + GRACE).astimezone(zone).time()
    nights = []
    for back in range(NIGHTS_SHOWN - 1, -1, -1):
        date = today - back * DAY
        if date in good_dates:
            state = "good"
        elif date in failed_dates:
            state = "failed"
        elif date in expired_dates:
            state = "expired"
        elif not good or date < min(good_dates):
            state = "none"
        else:
            state = "missing" if back or late else "coming"
        nights.append(Night(date, state))
    return nights


def judge(environment: Environment, failures: list[dict[str, str]], at: dt.datetime) -> dt.datetime | None:
    """Say how N5 stands; time alone can make a night missing, so it is judged again within the hour."""
    things = [*resources.servers_of(environment), *resources.databases_of(environment)]
    found = protections(environment, things, agreements.agreement_at(environment, at), at)
    wanted = [want for protection in found for want in _wanted(protection)]
    needs.hold(environment, "backups", wanted, at)
    moments = [protection.last_good_at for protection in found]
    if failures and not wanted:
        blind(environment, Poll.Reading.BACKUPS, failures, at)
    elif found:
        needs.judge(
            environment,
            Duty.N5,
            needs.worst(wanted),
            "backups-missing" if wanted else "backups-good",
            reading=Poll.Reading.BACKUPS,
            at=at,
            facts={
                "count": len(wanted),
                "last_good_at": min(moments).isoformat() if all(moments) else "",
            },
        )
    return at + dt.timedelta(hours=1)


def _wanted(protection: Protection) -> list[needs.Wanted]:
    facts: dict[str, Any] = {"name": protection.name, "aws_id": protection.aws_id}
    found = []
    if protection.last_good_at is None:
        found.append(_want(protection, "backup-none", Need.Urgency.NOW, facts))
    elif protection.missed_nights:
        facts |= {"nights": protection.missed_nights, "last_good_at": protection.last_good_at.isoformat()}
        urgency = Need.Urgency.NOW if protection.missed_nights > 1 else Need.Urgency.SOON
        found.append(_want(protection, "backup-missing", urgency, facts))
    elif protection.failed_reason:
        found.append(
            _want(protection, "backup-failed", Need.Urgency.SOON, {**facts, "reason": protection.failed_reason})
        )
    if protection.set_days is not None and protection.agreed_days and protection.set_days < protection.agreed_days:
        facts = {**facts, "set": protection.set_days, "agreed": protection.agreed_days}
        found.append(_want(protection, "retention-short", Need.Urgency.SOON, facts))
    return found


def _want(protection: Protection, kind: str, urgency: Need.Urgency, facts: dict[str, Any]) -> needs.Wanted:
    return needs.Wanted(key=f"{kind}-{protection.aws_id}", duty=Duty.N5, kind=kind, urgency=urgency, facts=facts)
