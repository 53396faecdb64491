"""Which duties a plan holds, and what was agreed for one environment."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.environment import Environment


class Duty(models.TextChoices):
    """One kind of work that the provider can take off a customer, in the order of the duty board."""

    N1 = "N1", _("Maintenance notices")
    N2 = "N2", _("Spec management")
    N3 = "N3", _("Security settings")
    N4 = "N4", _("OS upgrades")
    N5 = "N5", _("Backups")
    N6 = "N6", _("Application versions")
    I1 = "I1", _("Monitoring settings")
    I2 = "I2", _("Response flow")
    I3 = "I3", _("Incident response")


class Performer(models.TextChoices):
    """Who does a duty."""

    PROVIDER = "provider", _("Provider")
    CUSTOMER = "customer", _("Customer")
    NOBODY = "nobody", _("Nobody")


class Plan(models.Model):
    """What the provider sells: for each duty, whether the provider does it."""

    code = models.SlugField(max_length=40, unique=True)
    name_ja = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    provider_duties = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.code


class Agreement(models.Model):
    """What holds for one environment from a date on; an agreement is never changed, the next version replaces it."""

    environment = models.ForeignKey(Environment, models.CASCADE, related_name="agreements")
    plan = models.ForeignKey(Plan, models.PROTECT)
    valid_from = models.DateTimeField()
    retention_days = models.PositiveSmallIntegerField()
    performers = models.JSONField(default=dict, blank=True, help_text="exceptions to the plan: duty → performer")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "valid_from"], name="agreement_starts_once_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(retention_days__range=(1, 365)), name="agreement_retention_is_1_to_365_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.environment_id} {self.valid_from:%Y-%m-%d}"
