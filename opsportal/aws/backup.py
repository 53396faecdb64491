"""AWS Backup as the portal reads it."""

import datetime as dt
from dataclasses import dataclass

from opsportal.aws.account import Account


@dataclass(frozen=True)
class BackupJob:
    """One backup job; state is AWS's word, for example COMPLETED, RUNNING, FAILED, EXPIRED, ABORTED, PARTIAL."""

    aws_id: str
    state: str
    resource_arn: str
    resource_type: str
    recovery_point_arn: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    size_bytes: int | None
    reason: str


def jobs(account: Account, since: dt.datetime) -> list[BackupJob]:
    """Jobs begun since a moment; AWS lists 30 days."""
    return [
        BackupJob(
            aws_id=row["BackupJobId"],
            state=row["State"],
            resource_arn=row.get("ResourceArn", ""),
            resource_type=row.get("ResourceType", ""),
            recovery_point_arn=row.get("RecoveryPointArn", ""),
            started_at=row["CreationDate"],
            finished_at=row.get("CompletionDate"),
            size_bytes=row.get("BackupSizeInBytes"),
            reason=row.get("StatusMessage", "")[:255],
        )
        for row in account.pages("backup", "ListBackupJobs", "BackupJobs", ByCreatedAfter=since)
    ]
