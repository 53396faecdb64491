"""What could be restored."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Observed


class Backup(Observed):
    """One backup of a server or a database, as AWS lists it; `aws_id` is the backup's own id or ARN."""

    class Kind(models.TextChoices):
        EBS_SNAPSHOT = "ebs-snapshot", _("EBS snapshot")
        IMAGE = "image", _("AMI")
        RDS_AUTOMATED = "rds-automated", _("RDS automated backup")
        RDS_AWS_BACKUP = "rds-aws-backup", _("RDS snapshot by AWS Backup")
        RDS_MANUAL = "rds-manual", _("RDS manual snapshot")
        BACKUP_JOB = "backup-job", _("AWS Backup job")

    class State(models.TextChoices):
        GOOD = "good", _("Good")
        RUNNING = "running", _("Being made")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=14, choices=Kind)
    state = models.CharField(max_length=8, choices=State)
    subject = models.CharField(max_length=10, help_text="server or database")
    subject_aws_id = models.CharField(max_length=255)
    volume_aws_id = models.CharField(max_length=30, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    size_gb = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=255, blank=True)

    class Meta(Observed.Meta):
        constraints = [
            *Observed.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(state__in=["good", "running", "failed"]), name="backup_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["ebs-snapshot", "image", "rds-automated", "rds-aws-backup", "rds-manual", "backup-job"]
                ),
                name="backup_kind_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["environment", "-started_at", "-id"], name="backup_newest"),
            models.Index(fields=["environment", "subject_aws_id", "-started_at"], name="backup_of_subject"),
        ]
