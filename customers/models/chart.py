"""Metrics that a page asked for and a worker fetched."""

from django.db import models

from customers.models.environment import Environment
from opsportal.work import Leased


class Chart(Leased):
    """The metric lines of one server or database over a span, fetched from CloudWatch when somebody looks."""

    environment = models.ForeignKey(Environment, models.CASCADE, related_name="charts")
    subject = models.CharField(max_length=10)
    aws_id = models.CharField(max_length=255)
    hours = models.PositiveSmallIntegerField()
    wanted_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)
    lines = models.JSONField(default=list, help_text="[{metric, unit, times (Unix seconds), values}]")
    failure = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "subject", "aws_id", "hours"], name="chart_is_one_per_subject_and_span"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="chart_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.aws_id} {self.hours}h"
