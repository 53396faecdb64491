"""One reading of a customer's AWS or site, how fresh it is, and what it costs."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.environment import Environment
from opsportal.work import Leased


class Poll(Leased):
    """The reading of one kind for one environment; its last success is the age of everything that it saw."""

    class Reading(models.TextChoices):
        STATUS = "status", _("Status and maintenance notices")
        ALARMS = "alarms", _("Alarms")
        SITE = "site", _("Site from outside")
        INVENTORY = "inventory", _("Servers and databases")
        BACKUPS = "backups", pgettext_lazy("reading", "Backups")
        LIFECYCLES = "lifecycles", _("Support dates and certificates")

    environment = models.ForeignKey(Environment, models.CASCADE, related_name="polls")
    reading = models.CharField(max_length=12, choices=Reading)
    started_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    trusted_until = models.DateTimeField(null=True, help_text="when the last success is too old to be believed")
    changed_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.JSONField(default=list)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    judge_at = models.DateTimeField(null=True, help_text="when time alone changes what the reading means")
    digest = models.BinaryField(max_length=32, default=bytes)
    calls = models.PositiveBigIntegerField(default=0)
    metrics_requested = models.PositiveBigIntegerField(default=0)
    counted_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "reading"], name="poll_is_one_per_environment_and_reading"),
            models.CheckConstraint(
                condition=models.Q(reading__in=["status", "alarms", "site", "inventory", "backups", "lifecycles"]),
                name="poll_reading_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["reading", "due_at"], name="poll_waiting"),
            models.Index(fields=["trusted_until"], name="poll_trusted"),
        ]

    def __str__(self) -> str:
        return f"{self.environment_id} {self.reading}"


class Visit(models.Model):
    """What a visitor of the site met when it last differed: up or down, how, how long."""

    environment = models.ForeignKey(Environment, models.CASCADE, related_name="visits")
    at = models.DateTimeField()
    up = models.BooleanField()
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["environment", "-at"])]

    def __str__(self) -> str:
        return f"{self.environment_id} {self.up}"
