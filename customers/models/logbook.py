"""Who did what to whom, when, from where, by which agreement."""

from django.conf import settings
from django.db import models

from customers.models.agreement import Agreement
from customers.models.customer import Customer
from customers.models.environment import Environment
from customers.models.finding import found_by, found_by_index


class LogbookEntry(models.Model):
    """One thing that was done; append-only, the database refuses anything else.

    `actor` is empty when the portal did it by itself; `on_behalf_of` names the customer's person who asked for it.
    What both were called then the database writes by itself (migration `tell_who_it_was`): who left the customer stands
    behind the wall of those who stayed.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=80, editable=False, default="")
    actor_email = models.CharField(max_length=254, editable=False, default="")
    on_behalf_of_name = models.CharField(max_length=80, editable=False, default="")
    on_behalf_of_email = models.CharField(max_length=254, editable=False, default="")
    found_by = found_by("actor_name", "actor_email", "on_behalf_of_name", "on_behalf_of_email")
    address = models.GenericIPAddressField(null=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True)
    environment = models.ForeignKey(Environment, models.PROTECT, null=True)
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="logbook_newest"),
            models.Index(fields=["customer", "-at", "-id"], name="logbook_by_customer"),
            models.Index(fields=["environment", "-at", "-id"], name="logbook_by_environment"),
            models.Index(fields=["actor", "-at", "-id"], name="logbook_by_actor"),
            models.Index(fields=["verb", "-at", "-id"], name="logbook_by_verb"),
            found_by_index("logbook_found_by"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class LogbookSeal(models.Model):
    """What one finished UTC day of the logbook looked like, as a digest over the seal before and the day's entries.

    Append-only, like the entries; days without entries are sealed too. `version` says which columns the digest covers.
    """

    day = models.DateField(unique=True)
    version = models.PositiveSmallIntegerField(db_default=1)
    entries = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day} {self.digest[:12]}"
