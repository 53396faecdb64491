"""RDS as the portal reads it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from opsportal.aws.account import Account
from opsportal.aws.ec2 import tags_of


@dataclass(frozen=True)
class DbInstance:
    """One RDS instance. Windows are AWS's own text, in UTC; storage in GiB.

    `restorable_lag_minutes` is how far its point-in-time restore lags behind, in coarse steps: the moment itself moves
    every few minutes, and would make every reading differ.
    """

    aws_id: str
    name: str
    arn: str
    resource_id: str
    state: str
    engine: str
    engine_version: str
    instance_class: str
    zone: str
    endpoint: str
    storage_gb: int | None
    max_storage_gb: int | None
    storage_type: str
    multi_az: bool
    public: bool
    backup_retention_days: int
    backup_window: str
    maintenance_window: str
    auto_minor_upgrade: bool
    certificate: str
    certificate_ends_at: dt.datetime | None
    restorable_lag_minutes: int | None
    pending_changes: dict[str, str]
    replica_of: str
    tags: dict[str, str]


_LAG_STEPS = (15, 30, 60, 180, 720, 1440, 10_080)


def db_instances(account: Account, at: dt.datetime) -> list[DbInstance]:
    """All RDS instances as they are at a moment."""
    return [_db_instance(row, at) for row in account.pages("rds", "DescribeDBInstances", "DBInstances")]


def instance(account: Account, aws_id: str) -> DbInstance | None:
    """One RDS instance, its restorable lag left out; None when AWS does not know it."""
    named = [{"Name": "db-instance-id", "Values": [aws_id]}]
    rows = account.pages("rds", "DescribeDBInstances", "DBInstances", Filters=named)
    return _db_instance({**rows[0], "LatestRestorableTime": None}, None) if rows else None


def _lag(until: dt.datetime | None, at: dt.datetime | None) -> int | None:
    """The lag in minutes, rounded up to the next step."""
    if until is None or at is None:
        return None
    minutes = (at - until) / dt.timedelta(minutes=1)
    return next((step for step in _LAG_STEPS if minutes <= step), _LAG_STEPS[-1])


def _db_instance(row: dict[str, Any], at: dt.datetime | None) -> DbInstance:
    return DbInstance(
        aws_id=row["DBInstanceIdentifier"],
        name=row["DBInstanceIdentifier"],
        arn=row["DBInstanceArn"],
        resource_id=row.get("DbiResourceId", ""),
        state=row["DBInstanceStatus"],
        engine=row["Engine"],
        engine_version=row.get("EngineVersion", ""),
        instance_class=row.get("DBInstanceClass", ""),
        zone=row.get("AvailabilityZone", ""),
        endpoint=(row.get("Endpoint") or {}).get("Address", ""),
        storage_gb=row.get("AllocatedStorage"),
        max_storage_gb=row.get("MaxAllocatedStorage"),
        storage_type=row.get("StorageType", ""),
        multi_az=bool(row.get("MultiAZ")),
        public=bool(row.get("PubliclyAccessible")),
        backup_retention_days=row.get("BackupRetentionPeriod", 0),
        backup_window=row.get("PreferredBackupWindow", ""),
        maintenance_window=row.get("PreferredMaintenanceWindow", ""),
        auto_minor_upgrade=bool(row.get("AutoMinorVersionUpgrade")),
        certificate=row.get("CACertificateIdentifier", ""),
        certificate_ends_at=(row.get("CertificateDetails") or {}).get("ValidTill"),
        restorable_lag_minutes=_lag(row.get("LatestRestorableTime"), at),
        pending_changes=_pending(row.get("PendingModifiedValues") or {}),
        replica_of=row.get("ReadReplicaSourceDBInstanceIdentifier", ""),
        tags=tags_of(row, "TagList"),
    )


def _pending(values: dict[str, Any]) -> dict[str, str]:
    """The changes that wait for a window; a new master password is told as such, never by value."""
    return {key: "***" if "Password" in key else str(value) for key, value in sorted(values.items())}


@dataclass(frozen=True)
class PendingMaintenance:
    """One action that RDS will or may take. All times empty: optional, never automatic (RDS User Guide)."""

    source_id: str
    db_arn: str
    action: str
    description: str
    auto_applied_after: dt.datetime | None
    forced_at: dt.datetime | None
    applies_at: dt.datetime | None
    opt_in: str


def pending_maintenance(account: Account) -> list[PendingMaintenance]:
    """Every pending action of every RDS resource."""
    rows = account.pages("rds", "DescribePendingMaintenanceActions", "PendingMaintenanceActions")
    return [
        PendingMaintenance(
            source_id=f"{row['ResourceIdentifier']}/{action['Action']}",
            db_arn=row["ResourceIdentifier"],
            action=action["Action"],
            description=action.get("Description", ""),
            auto_applied_after=action.get("AutoAppliedAfterDate"),
            forced_at=action.get("ForcedApplyDate"),
            applies_at=action.get("CurrentApplyDate"),
            opt_in=action.get("OptInStatus", ""),
        )
        for row in rows
        for action in row.get("PendingMaintenanceActionDetails") or ()
    ]


@dataclass(frozen=True)
class DbSnapshot:
    """One RDS snapshot; `made_by` is "automated", "awsbackup" (AWS Backup, which also deletes it) or "manual"."""

    aws_id: str
    name: str
    made_by: str
    state: str
    db_aws_id: str
    started_at: dt.datetime | None
    size_gb: int | None


def db_snapshots(account: Account) -> list[DbSnapshot]:
    """The account's own snapshots. One without a time has just begun."""
    return [
        DbSnapshot(
            aws_id=row["DBSnapshotArn"],
            name=row["DBSnapshotIdentifier"],
            made_by=_maker(row),
            state=row["Status"],
            db_aws_id=row["DBInstanceIdentifier"],
            started_at=row.get("SnapshotCreateTime"),
            size_gb=row.get("AllocatedStorage"),
        )
        for row in account.pages("rds", "DescribeDBSnapshots", "DBSnapshots")
    ]


def snapshot(account: Account, name: str) -> DbSnapshot | None:
    """The snapshot under a name; None when there is none."""
    return next((snapshot for snapshot in db_snapshots(account) if snapshot.name == name), None)


def _maker(row: dict[str, Any]) -> str:
    # No name given by hand can have a colon: this beginning tells AWS Backup's own even where the type does not.
    if row["DBSnapshotIdentifier"].startswith("awsbackup:"):
        return "awsbackup"
    return row.get("SnapshotType") or "manual"


@dataclass(frozen=True)
class AutomatedBackup:
    """From when on a database can be restored to any second; `aws_id` is the database's."""

    aws_id: str
    restorable_from: dt.datetime | None


def automated_backups(account: Account) -> list[AutomatedBackup]:
    """The point-in-time backups of all databases, of deleted ones that still keep theirs included."""
    return [
        AutomatedBackup(
            aws_id=row["DBInstanceIdentifier"],
            restorable_from=row["RestoreWindow"].get("EarliestTime"),
        )
        for row in account.pages("rds", "DescribeDBInstanceAutomatedBackups", "DBInstanceAutomatedBackups")
        if row.get("RestoreWindow")
    ]


@dataclass(frozen=True)
class DbEvent:
    """Something that RDS says happened to a database; `aws_id` is the database's."""

    aws_id: str
    message: str
    categories: tuple[str, ...]
    at: dt.datetime


def db_events(account: Account, minutes: int) -> list[DbEvent]:
    """What happened to databases in the last minutes; AWS keeps 14 days and tells the last hour unless asked."""
    rows = account.pages("rds", "DescribeEvents", "Events", SourceType="db-instance", Duration=minutes)
    return [
        DbEvent(
            aws_id=row["SourceIdentifier"],
            message=row["Message"],
            categories=tuple(row.get("EventCategories") or ()),
            at=row["Date"],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class UpgradeTarget:
    """A version that a database of another version can be upgraded to."""

    engine: str
    version: str
    target: str
    major: bool


def upgrade_targets(account: Account, engine: str, version: str) -> list[UpgradeTarget]:
    """What RDS offers from one version of an engine."""
    named = {"Engine": engine, "EngineVersion": version}
    rows = account.pages("rds", "DescribeDBEngineVersions", "DBEngineVersions", **named)
    return [
        UpgradeTarget(engine, version, target["EngineVersion"], bool(target.get("IsMajorVersionUpgrade")))
        for row in rows
        if row["EngineVersion"] == version
        for target in row.get("ValidUpgradeTarget") or ()
    ]


@dataclass(frozen=True)
class EngineSupport:
    """Support dates of a major engine version; Extended Support bills from the end of standard support."""

    engine: str
    major_version: str
    standard_ends_at: dt.datetime
    extended_ends_at: dt.datetime | None


def engine_support(account: Account, engine: str) -> list[EngineSupport]:
    """Support dates of every major version of an engine, for example "mysql"."""
    rows = account.pages("rds", "DescribeDBMajorEngineVersions", "DBMajorEngineVersions", Engine=engine)
    found = []
    for row in rows:
        ends = {
            lifecycle["LifecycleSupportName"]: lifecycle["LifecycleSupportEndDate"]
            for lifecycle in row.get("SupportedEngineLifecycles") or ()
        }
        if standard := ends.get("open-source-rds-standard-support"):
            found.append(
                EngineSupport(
                    engine=row["Engine"],
                    major_version=row["MajorEngineVersion"],
                    standard_ends_at=standard,
                    extended_ends_at=ends.get("open-source-rds-extended-support"),
                )
            )
    return found
