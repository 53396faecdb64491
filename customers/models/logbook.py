"""Who did what to whom, when."""

from django.conf import settings
from django.db import models

from customers.models.customer import Customer
from customers.models.environment import Environment


class LogbookEntry(models.Model):
    """One thing that was done; append-only. `actor` is empty when the portal did it by itself."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True)
    environment = models.ForeignKey(Environment, models.PROTECT, null=True)
    verb = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["customer", "-at", "-id"], name="logbook_by_customer")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
