"""RDS backups: nightly automated snapshots, the window one can restore to, and the events that tell of them."""

import datetime as dt
from typing import Any

from moto.core.responses import ActionResult

from opsportal.sandbox.databases import restore_database
from opsportal.sandbox.estate import DatabaseRecord
from opsportal.sandbox.nights import Backup
from opsportal.sandbox.overlays.answering import Answering, AwsError, moment

RESTORE_TAKES = dt.timedelta(minutes=7)
EVENTS_KEPT = dt.timedelta(days=14)


class RdsBackups(Answering):
    """The operations that tell what of a database is saved."""

    def databases(self) -> list[DatabaseRecord]:
        """The world's databases in the account and region called."""
        return self.place.databases if self.place else []

    def marked(self, rows: list[Any]) -> tuple[list[Any], str | None]:
        """One page, as RDS pages: MaxRecords 20 to 100, Marker."""
        return self.page(rows, size="MaxRecords", token="Marker", default=100, least=20)

    def describe_db_snapshots(self) -> ActionResult:
        """Automated snapshots of the nights kept, and those made by hand."""
        parameters = self.call.parameters
        wanted, kind = parameters.get("DBInstanceIdentifier"), parameters.get("SnapshotType")
        identifier = parameters.get("DBSnapshotIdentifier")
        rows: list[Any] = [
            row
            for row in self._nightly_snapshots()
            if wanted in (None, row["DBInstanceIdentifier"])
            and kind in (None, row["SnapshotType"])
            and identifier in (None, row["DBSnapshotIdentifier"])
        ]
        if kind in (None, "manual") and not (identifier and rows):
            rows += self.backend.describe_db_snapshots(wanted, identifier, kind, {})
        rows, marker = self.marked(rows)
        return ActionResult({"DBSnapshots": rows, "Marker": marker})

    def delete_db_snapshot(self) -> ActionResult:
        """Only those made by hand can be deleted by hand."""
        identifier = self.call.parameters["DBSnapshotIdentifier"]
        if ":" in identifier:
            words = f"Cannot delete the snapshot {identifier} because it is not a manual one."
            raise AwsError("InvalidDBSnapshotState", words)
        return ActionResult({"DBSnapshot": self.backend.delete_db_snapshot(identifier)})

    def restore_db_instance_from_db_snapshot(self) -> ActionResult:
        """A new database out of a snapshot; it takes minutes."""
        given = self.call.parameters
        name, identifier = given["DBInstanceIdentifier"], given["DBSnapshotIdentifier"]
        if self.simulation.estate.database(self.call.account, name):
            raise AwsError("DBInstanceAlreadyExists", f"DB instance {name} already exists")
        source = self._source_of(identifier)
        if self.place is None or not source:
            raise AwsError("DBSnapshotNotFound", f"DBSnapshot {identifier} not found.")
        restore_database(self.simulation, self.place, source, name)
        record = self.simulation.estate.database(self.call.account, name)
        self.simulation.states.move_database(record, "creating", RESTORE_TAKES, "available", self.now)
        return ActionResult({"DBInstance": self._complete(self.backend.databases[name])})

    def _source_of(self, identifier: str) -> str:
        """Of which database a snapshot is; empty when there is no such snapshot."""
        for row in self._nightly_snapshots():
            if row["DBSnapshotIdentifier"] == identifier:
                return row["DBInstanceIdentifier"]
        by_hand = self.backend.describe_db_snapshots(None, None, "manual", {})
        named = (row.db_instance_identifier for row in by_hand if row.db_snapshot_identifier == identifier)
        return next(named, "")

    def _nightly_snapshots(self) -> list[dict[str, Any]]:
        nights, now = self.simulation.nights, self.now
        automated = [
            _snapshot(database, backup, now)
            for database in self.databases()
            for backup in nights.kept_of_database(database, now)
        ]
        by_aws_backup = [
            _snapshot(backup.record, backup, now) | _by_aws_backup(backup)
            for backup in (nights.kept_jobs(self.place, now) if self.place else ())
            if isinstance(backup.record, DatabaseRecord)
        ]
        return automated + by_aws_backup

    def describe_db_instance_automated_backups(self) -> ActionResult:
        """The window of time that each database can be restored to."""
        wanted = self.call.parameters.get("DBInstanceIdentifier")
        rows = [
            self._automated(database)
            for database in self.databases()
            if wanted in (None, database.spec.name) and database.spec.retention_days
        ]
        if wanted and not rows:
            raise AwsError("DBInstanceAutomatedBackupNotFound", f"Automated backup for {wanted} not found.")
        rows, marker = self.marked(rows)
        return ActionResult({"DBInstanceAutomatedBackups": rows, "Marker": marker})

    def describe_events(self) -> ActionResult:
        """What happened to databases: by default in the last hour, at most in the last 14 days."""
        parameters, now = self.call.parameters, self.now
        begin = moment(parameters.get("StartTime")) or now - dt.timedelta(minutes=int(parameters.get("Duration") or 60))
        end = moment(parameters.get("EndTime")) or now
        begin = max(begin, now - EVENTS_KEPT)
        rows = [
            _event(database, at, category, message)
            for database in self.databases()
            for at, category, message in self._happenings(database)
            if begin <= at <= min(end, now)
            and parameters.get("SourceIdentifier") in (None, database.spec.name)
            and parameters.get("SourceType") in (None, "db-instance")
            and (not parameters.get("EventCategories") or category in parameters["EventCategories"])
        ]
        rows, marker = self.marked(sorted(rows, key=lambda row: row["Date"]))
        return ActionResult({"Events": rows, "Marker": marker})

    def restorable_until(self, database: DatabaseRecord) -> dt.datetime:
        """The latest moment one can restore to: logs are saved every five minutes."""
        at = self.now - dt.timedelta(minutes=2)
        return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)

    def _happenings(self, database: DatabaseRecord) -> list[tuple[dt.datetime, str, str]]:
        rows = []
        for backup in self.simulation.nights.of_database(database, self.now, EVENTS_KEPT):
            if backup.good:
                rows.append((backup.started, "backup", "Backing up DB instance"))
                rows.append((backup.ends, "backup", "Finished DB Instance backup"))
        for row in self.simulation.store.data["events"]:
            if row["account"] == self.call.account and row["name"] == database.spec.name:
                rows.append((dt.datetime.fromisoformat(row["at"]), row["category"], row["message"]))
        return rows

    def _automated(self, database: DatabaseRecord) -> dict[str, Any]:
        spec, row = database.spec, self.backend.databases[database.spec.name]
        place = f"{self.call.region}:{self.call.account}"
        kept = self.simulation.nights.kept_of_database(database, self.now)
        window = {"EarliestTime": kept[-1].started, "LatestTime": self.restorable_until(database)} if kept else None
        return {
            "DBInstanceArn": database.arn,
            "DbiResourceId": row.dbi_resource_id,
            "Region": self.call.region,
            "DBInstanceIdentifier": spec.name,
            "RestoreWindow": window,
            "AllocatedStorage": spec.storage_gib,
            "Status": "active",
            "Port": 3306,
            "AvailabilityZone": f"{self.call.region}a",
            "InstanceCreateTime": row.instance_create_time,
            "MasterUsername": "admin",
            "Engine": "mysql",
            "EngineVersion": row.engine_version,
            "LicenseModel": "general-public-license",
            "Encrypted": True,
            "StorageType": "gp3",
            "BackupRetentionPeriod": spec.retention_days,
            "PreferredBackupWindow": spec.backup_window,
            "DBInstanceAutomatedBackupsArn": f"arn:aws:rds:{place}:auto-backup:{row.dbi_resource_id.lower()}",
            "BackupTarget": "region",
        }


def _snapshot(database: DatabaseRecord, backup: Backup, at: dt.datetime) -> dict[str, Any]:
    spec, place = database.spec, database.place
    identifier = f"rds:{spec.name}-{backup.started:%Y-%m-%d-%H-%M}"
    progress = backup.progress(at)
    return {
        "DBSnapshotIdentifier": identifier,
        "DBInstanceIdentifier": spec.name,
        "SnapshotCreateTime": backup.ends if progress == 100 else None,
        "OriginalSnapshotCreateTime": backup.ends if progress == 100 else None,
        "Engine": "mysql",
        "EngineVersion": spec.engine_version,
        "AllocatedStorage": spec.storage_gib,
        "Status": "available" if progress == 100 else "creating",
        "Port": 3306,
        "AvailabilityZone": f"{place.region}a",
        "MasterUsername": "admin",
        "LicenseModel": "general-public-license",
        "SnapshotType": "automated",
        "PercentProgress": progress,
        "StorageType": "gp3",
        "Encrypted": True,
        "DBSnapshotArn": f"arn:aws:rds:{place.region}:{place.account}:snapshot:{identifier}",
        "SnapshotTarget": "region",
        "TagList": [{"Key": "Name", "Value": spec.name}],
    }


def _by_aws_backup(backup: Backup) -> dict[str, Any]:
    identifier = f"awsbackup:job-{backup.job_id.lower()}"
    place = backup.record.place
    return {
        "DBSnapshotIdentifier": identifier,
        "DBSnapshotArn": f"arn:aws:rds:{place.region}:{place.account}:snapshot:{identifier}",
        "SnapshotType": "awsbackup",
    }


def _event(database: DatabaseRecord, at: dt.datetime, category: str, message: str) -> dict[str, Any]:
    return {
        "SourceIdentifier": database.spec.name,
        "SourceType": "db-instance",
        "Message": message,
        "EventCategories": [category],
        "Date": at,
        "SourceArn": database.arn,
    }
