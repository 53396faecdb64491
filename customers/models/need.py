"""What needs a hand, and how each duty stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.environment import Environment
from customers.models.plan import Duty, Performer


class Need(models.Model):
    """One thing in an environment that needs a hand. Words are made from `kind` and `facts` when it is shown."""

    class Urgency(models.IntegerChoices):
        NOW = 1, _("At once")
        SOON = 2, _("Soon")
        PLAN = 3, _("To be planned")

    environment = models.ForeignKey(Environment, models.CASCADE, related_name="needs")
    duty = models.CharField(max_length=2, choices=Duty)
    origin = models.CharField(max_length=30)
    key = models.CharField(max_length=500)
    kind = models.CharField(max_length=40)
    urgency = models.PositiveSmallIntegerField(choices=Urgency)
    performer = models.CharField(max_length=8, choices=Performer)
    facts = models.JSONField(default=dict)
    deadline_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "key"], condition=models.Q(settled_at=None), name="need_is_open_once"
            ),
            models.CheckConstraint(condition=models.Q(urgency__in=[1, 2, 3]), name="need_urgency_is_known"),
        ]
        indexes = [
            models.Index(
                fields=["urgency", "deadline_at", "id"], condition=models.Q(settled_at=None), name="need_by_urgency"
            ),
            models.Index(fields=["environment", "origin"], condition=models.Q(settled_at=None), name="need_open"),
        ]

    def __str__(self) -> str:
        return f"{self.environment_id} {self.kind}"


class DutyState(models.Model):
    """How one duty stands in one environment: the duty board's cell."""

    class State(models.TextChoices):
        OK = "ok", _("Good")
        WATCH = "watch", _("Watch")
        ACT = "act", _("Needs a hand")
        UNKNOWN = "unknown", _("Not known")

    environment = models.ForeignKey(Environment, models.CASCADE, related_name="duty_states")
    duty = models.CharField(max_length=2, choices=Duty)
    state = models.CharField(max_length=8, choices=State)
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    reading = models.CharField(max_length=12)
    next_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "duty"], name="duty_state_is_one_per_environment"),
            models.CheckConstraint(
                condition=models.Q(state__in=["ok", "watch", "act", "unknown"]), name="duty_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.environment_id} {self.duty} {self.state}"
