"""Backups: what AWS lists, and what of it needs a hand (N5)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from customers import agreements, inventory, needs, resources
from customers.models import Database, Duty, Environment, Need, Poll, Volume
from customers.polls import Look, Verdict, blind
from maintenance.models import Backup
from maintenance.protection import Protection, next_night, protections
from opsportal.aws import backup as aws_backup
from opsportal.aws import ec2, rds
from opsportal.aws.account import Account

JUDGED_EVERY = dt.timedelta(hours=1)
JOBS_SINCE = dt.timedelta(days=30)

# AWS's words for the end of a backup; every other word (copying, creating, recoverable) means that it is under way.
_GOOD = {"completed", "available", "COMPLETED"}
_FAILED = {"error", "failed", "invalid", "incompatible-restore", "FAILED", "ABORTED", "EXPIRED", "PARTIAL"}

_MAKERS = {
    "automated": Backup.Kind.RDS_AUTOMATED,
    "awsbackup": Backup.Kind.RDS_AWS_BACKUP,
    "manual": Backup.Kind.RDS_MANUAL,
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


def store(environment: Environment, seen: dict[str, Any], at: dt.datetime) -> bool:
    """Keep the backups; kinds that could not be read stay as they were. Returns whether anything differed."""
    changed = False
    owners = dict(Volume.objects.filter(environment=environment).values_list("aws_id", "server_aws_id"))
    for kinds, rows in (
        ((Backup.Kind.EBS_SNAPSHOT,), _map(seen["snapshots"], lambda row: _from_snapshot(row, owners))),
        ((Backup.Kind.IMAGE,), _map(seen["images"], _from_image)),
        (tuple(_MAKERS.values()), _map(seen["db_snapshots"], _from_db_snapshot)),
        ((Backup.Kind.BACKUP_JOB,), _map(seen["jobs"], lambda row: _from_job(row, owners))),
    ):
        if rows is not None:
            # A row of history per backup is the backup itself: no observations besides.
            changed |= inventory.keep(Backup, environment, rows, at, observe=False, among={"kind__in": kinds})
    if seen["automated"] is not None:
        changed |= inventory.update(Database, environment, seen["automated"], at)
    return changed


def _map(rows: list | None, convert) -> list[_Seen] | None:
    return None if rows is None else [seen for row in rows if (seen := convert(row))]


def _state(word: str) -> Backup.State:
    if word in _GOOD:
        return Backup.State.GOOD
    return Backup.State.FAILED if word in _FAILED else Backup.State.RUNNING


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
    kind = _MAKERS.get(row.made_by, Backup.Kind.RDS_MANUAL)
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
        # Named after what it made: the id of an image or snapshot, the name of a database's snapshot.
        row.recovery_point_arn.split(":", 5)[-1].removeprefix("snapshot:").rpartition("/")[-1] or row.aws_id,
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


def one(account: Account, aws_id: str) -> _Seen | None:
    """One backup as AWS lists it now; None when it is gone."""
    if aws_id.startswith("snap-"):
        found = [_from_snapshot(row, {}) for row in ec2.snapshots(account) if row.aws_id == aws_id]
    elif aws_id.startswith("ami-"):
        found = [_from_image(row) for row in ec2.images(account) if row.aws_id == aws_id]
    else:
        found = [_from_db_snapshot(row) for row in rds.db_snapshots(account) if row.aws_id == aws_id]
    return found[0] if found else None


def judge(environment: Environment, failures: list[dict[str, str]], at: dt.datetime) -> Verdict:
    """Say how N5 stands; time alone can make a night missing, so it is judged again within the hour."""
    things = [*resources.servers_of(environment), *resources.databases_of(environment)]
    found = protections(environment, things, agreements.agreement_at(environment, at), at)
    expected = [protection for protection in found if not protection.exempt]
    wanted = [want for protection in expected for want in _wanted(protection)]
    changed = needs.hold(environment, "backups", wanted, at)
    moments = [protection.last_good_at for protection in expected]
    # Another night on the page is news, even when it changes nothing else.
    night = {"night": next_night(environment, at).date().isoformat()}
    if failures:
        changed |= blind(environment, Poll.Reading.BACKUPS, failures, at, **night)
    if expected and (wanted or not failures):
        changed |= needs.judge(
            environment,
            Duty.N5,
            needs.worst(wanted),
            "backups-missing" if wanted else "backups-good",
            reading=Poll.Reading.BACKUPS,
            at=at,
            facts={
                "count": len(wanted),
                "last_good_at": min(moments).isoformat() if all(moments) else "",
                **night,
            },
        )
    return Verdict(changed, min(at + JUDGED_EVERY, next_night(environment, at)))


def _wanted(protection: Protection) -> list[needs.Wanted]:
    facts: dict[str, Any] = {"name": protection.name, "aws_id": protection.aws_id}
    found = []
    if protection.last_good_at is None:
        found.append(_want(protection, "backup-none", Need.Urgency.NOW, facts))
    elif protection.missed_nights:
        facts |= {"nights": protection.missed_nights, "last_good_at": protection.last_good_at.isoformat()}
        urgency = Need.Urgency.NOW if protection.missed_nights > 1 else Need.Urgency.SOON
        found.append(_want(protection, "backup-missing", urgency, facts))
    elif protection.last_failed:
        facts |= {"reason": protection.failed_reason}
        found.append(_want(protection, "backup-failed", Need.Urgency.SOON, facts))
    if protection.gaps:
        found.append(_want(protection, "backup-gap", Need.Urgency.PLAN, {**facts, "gaps": protection.gaps}))
    if protection.set_days is not None and protection.agreed_days and protection.set_days < protection.agreed_days:
        facts = {**facts, "set": protection.set_days, "agreed": protection.agreed_days}
        found.append(_want(protection, "retention-short", Need.Urgency.SOON, facts))
    return found


def _want(protection: Protection, kind: str, urgency: Need.Urgency, facts: dict[str, Any]) -> needs.Wanted:
    return needs.Wanted(key=f"{kind}-{protection.aws_id}", duty=Duty.N5, kind=kind, urgency=urgency, facts=facts)
