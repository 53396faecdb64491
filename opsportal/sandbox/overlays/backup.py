"""AWS Backup: the jobs and recovery points of the nights."""

import datetime as dt
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult

from opsportal.sandbox.estate import Place, ServerRecord
from opsportal.sandbox.ids import stable_number, stable_uuid
from opsportal.sandbox.nights import Backup
from opsportal.sandbox.overlays.answering import Answering, AwsError, moment

VAULT = "Default"
FAILED = "Failed to create the snapshot: the resource was busy; the backup window ended before a retry was possible."


class AwsBackup(Answering, BackupResponse):
    """Every AWS Backup operation."""

    def list_backup_jobs(self) -> ActionResult:
        """The jobs of the last 30 days, newest first."""
        parameters = self.call.parameters
        rows = [_job(self.place, backup, self.now) for backup in self._jobs()]
        equal = {
            "ByState": "State",
            "ByResourceArn": "ResourceArn",
            "ByResourceType": "ResourceType",
            "ByBackupVaultName": "BackupVaultName",
            "ByAccountId": "AccountId",
        }
        for parameter, member in equal.items():
            if parameters.get(parameter):
                rows = [row for row in rows if row[member] == parameters[parameter]]
        after, before = moment(parameters.get("ByCreatedAfter")), moment(parameters.get("ByCreatedBefore"))
        rows = [
            row
            for row in rows
            if (not after or row["CreationDate"] > after) and (not before or row["CreationDate"] < before)
        ]
        rows.sort(key=lambda row: row["CreationDate"], reverse=True)
        rows, token = self.page(rows, size="MaxResults", token="NextToken", default=1000)
        return ActionResult({"BackupJobs": rows, "NextToken": token})

    def list_backup_vaults(self) -> ActionResult:
        """The one vault of the account."""
        rows = []
        if self.place and self.place.environment.backup == "aws-backup":
            rows.append(
                {
                    "BackupVaultName": VAULT,
                    "BackupVaultArn": _vault_arn(self.place),
                    "VaultType": "BACKUP_VAULT",
                    "VaultState": "AVAILABLE",
                    "CreationDate": self.simulation.store.born_at - dt.timedelta(days=214),
                    "EncryptionKeyArn": f"arn:aws:kms:{self.place.region}:{self.place.account}:alias/aws/backup",
                    "NumberOfRecoveryPoints": len(self._kept()),
                    "Locked": False,
                }
            )
        return ActionResult({"BackupVaultList": rows, "NextToken": None})

    def list_recovery_points_by_backup_vault(self) -> ActionResult:
        """What can be restored from the vault."""
        parameters = self.call.parameters
        if parameters["BackupVaultName"] != VAULT or not self.place or self.place.environment.backup != "aws-backup":
            raise AwsError("ResourceNotFoundException", "Backup vault does not exist.")
        rows = [_recovery_point(self.place, backup, self.now) for backup in self._kept()]
        if parameters.get("ByResourceArn"):
            rows = [row for row in rows if row["ResourceArn"] == parameters["ByResourceArn"]]
        rows.sort(key=lambda row: row["CreationDate"], reverse=True)
        rows, token = self.page(rows, size="MaxResults", token="NextToken", default=1000)
        return ActionResult({"RecoveryPoints": rows, "NextToken": token})

    def _jobs(self) -> list[Backup]:
        return list(self.simulation.nights.jobs(self.place, self.now)) if self.place else []

    def _kept(self) -> list[Backup]:
        return self.simulation.nights.kept_jobs(self.place, self.now) if self.place else []


def _common(place: Place, backup: Backup) -> dict[str, Any]:
    record = backup.record
    if isinstance(record, ServerRecord):
        arn = f"arn:aws:ec2:{place.region}:{place.account}:instance/{record.instance_id}"
        kind, size = "EC2", record.spec.disk.gib
    else:
        arn, kind, size = record.arn, "RDS", record.spec.storage_gib
    return {
        "BackupVaultName": VAULT,
        "BackupVaultArn": _vault_arn(place),
        "ResourceArn": arn,
        "ResourceType": kind,
        "ResourceName": record.spec.name,
        "CreationDate": backup.started,
        "InitiationDate": backup.started,
        "BackupSizeInBytes": int(size * 1024**3 * 0.42) + stable_number(arn) % 10**8,
        "IamRoleArn": f"arn:aws:iam::{place.account}:role/service-role/AWSBackupDefaultServiceRole",
        "IsEncrypted": True,
        "EncryptionKeyArn": f"arn:aws:kms:{place.region}:{place.account}:alias/aws/backup",
        "VaultType": "BACKUP_VAULT",
        "CreatedBy": _plan(place),
    }


def _plan(place: Place) -> dict[str, Any]:
    plan = stable_uuid("plan", place.account).lower()
    return {
        "BackupPlanId": plan,
        "BackupPlanName": "nightly",
        "BackupPlanArn": f"arn:aws:backup:{place.region}:{place.account}:backup-plan:{plan}",
        "BackupPlanVersion": "1",
        "BackupRuleId": stable_uuid("rule", place.account).lower(),
        "BackupRuleName": "nightly",
    }


def _job(place: Place, backup: Backup, at: dt.datetime) -> dict[str, Any]:
    done = backup.progress(at) == 100
    state = "FAILED" if not backup.good else "COMPLETED" if done else "RUNNING"
    return _common(place, backup) | {
        "AccountId": place.account,
        "BackupJobId": backup.job_id,
        "State": state,
        "StatusMessage": FAILED if state == "FAILED" else None,
        "MessageCategory": "ERROR" if state == "FAILED" else "SUCCESS",
        "PercentDone": f"{0.0 if state == 'FAILED' else float(backup.progress(at))}",
        "CompletionDate": backup.ends if state != "RUNNING" else None,
        "StartBy": backup.started + dt.timedelta(hours=8),
        "RecoveryPointArn": _recovery_point_arn(place, backup) if backup.good else None,
        "RecoveryPointLifecycle": {"DeleteAfterDays": place.environment.retention_days},
    }


def _recovery_point(place: Place, backup: Backup, at: dt.datetime) -> dict[str, Any]:
    done = backup.progress(at) == 100
    days = place.environment.retention_days
    return _common(place, backup) | {
        "RecoveryPointArn": _recovery_point_arn(place, backup),
        "Status": "COMPLETED" if done else "CREATING",
        "CompletionDate": backup.ends if done else None,
        "Lifecycle": {"DeleteAfterDays": days},
        "CalculatedLifecycle": {"DeleteAt": backup.started + dt.timedelta(days=days)},
        "EncryptionKeyType": "AWS_OWNED_KMS_KEY",
        "IsParent": False,
    }


def _recovery_point_arn(place: Place, backup: Backup) -> str:
    if isinstance(backup.record, ServerRecord):
        return f"arn:aws:ec2:{place.region}::image/{backup.image_id}"
    return f"arn:aws:rds:{place.region}:{place.account}:snapshot:awsbackup:job-{backup.job_id.lower()}"


def _vault_arn(place: Place) -> str:
    return f"arn:aws:backup:{place.region}:{place.account}:backup-vault:{VAULT}"
