"""What the actions on backups have in common."""

from typing import Any

from maintenance.actions.shape import Facts, moment
from maintenance.models import Backup

# Backups that stand for themselves; a job of AWS Backup is only the tale of one.
SNAPSHOT, IMAGE = Backup.Kind.EBS_SNAPSHOT, Backup.Kind.IMAGE
OF_DATABASES = (Backup.Kind.RDS_MANUAL, Backup.Kind.RDS_AUTOMATED, Backup.Kind.RDS_AWS_BACKUP)


def facts(backup: Any) -> Facts:
    """What a plan for a backup depends on."""
    return {
        "kind": str(backup.kind),
        "state": str(backup.state),
        "name": backup.name,
        "started_at": moment(backup.started_at),
    }
