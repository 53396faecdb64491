"""CloudWatch's own watchmen."""

from django.db import models

from customers.models import Observed


class Alarm(Observed):
    """A CloudWatch alarm; `aws_id` is its ARN, `name` its name."""

    state = models.CharField(max_length=20)
    state_since = models.DateTimeField(null=True)
    state_reason = models.CharField(max_length=500, blank=True)
    description = models.CharField(max_length=500, blank=True)
    actions_enabled = models.BooleanField(default=True)
    actions = models.PositiveSmallIntegerField(default=0)
    metric = models.CharField(max_length=255, blank=True)
    condition = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=10, blank=True)
    subject_aws_id = models.CharField(max_length=255, blank=True)

    MOVING = ("state_reason",)

    class Meta(Observed.Meta):
        indexes = [models.Index(fields=["environment", "state"])]
