"""What the provider sells, and the duties that it consists of."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    name_ja = models.CharField(max_length=80, unique=True)
    name_en = models.CharField(max_length=80, unique=True)
    provider_duties = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.code
