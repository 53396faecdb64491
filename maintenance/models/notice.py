"""What AWS said it will do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Environment


class Notice(models.Model):
    """AWS will do something to a server or database at a time; never forgotten, settled when AWS drops it."""

    class Origin(models.TextChoices):
        EC2_EVENT = "ec2-event", _("EC2 scheduled event")
        RDS_PENDING = "rds-pending", _("RDS pending maintenance")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Settled")

    environment = models.ForeignKey(Environment, models.CASCADE, related_name="notices")
    origin = models.CharField(max_length=12, choices=Origin)
    source_id = models.CharField(max_length=255)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    subject = models.CharField(max_length=10, help_text="server or database")
    aws_id = models.CharField(max_length=255)
    name = models.CharField(max_length=255, blank=True)
    code = models.CharField(max_length=40)
    description = models.CharField(max_length=500, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    forced_at = models.DateTimeField(null=True)
    opt_in = models.CharField(max_length=40, blank=True)
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "origin", "source_id"], name="notice_is_one_per_source_id"),
            models.CheckConstraint(condition=models.Q(status__in=["open", "settled"]), name="notice_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(origin__in=["ec2-event", "rds-pending"]), name="notice_origin_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["environment", "starts_at"], condition=models.Q(status="open"), name="notice_open_by_start"
            ),
            models.Index(fields=["environment", "-first_seen_at", "-id"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.aws_id}"
