"""Whom of a customer's we can reach, and by what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.environment import Environment
from opsportal.secrets_at_rest import SealedTextField


class Contact(models.Model):
    """Somebody we can reach; needs no log-in.

    A rung is the place in the order of calling, 1 is called first; empty is not called at that time of day.
    """

    class Language(models.TextChoices):
        JA = "ja", _("Japanese")
        EN = "en", _("English")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    environment = models.ForeignKey(
        Environment, models.CASCADE, related_name="contacts", null=True, blank=True, help_text="empty: all of them"
    )
    name = models.CharField(max_length=80)
    position = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=5, choices=Language, default=Language.JA)
    business_rung = models.PositiveSmallIntegerField(null=True, blank=True)
    night_rung = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(language__in=["ja", "en"]), name="contact_language_is_known"),
        ]
        indexes = [models.Index(fields=["customer"], condition=models.Q(removed_at=None), name="contact_present")]

    def __str__(self) -> str:
        return self.name


class ContactChannel(models.Model):
    """One way to reach a contact; works once a code sent through it came back."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("Mail")
        SMS = "sms", _("SMS")
        VOICE = "voice", _("Phone call")
        CHAT = "chat", _("Chat")

    class Hours(models.TextChoices):
        ALWAYS = "always", _("At any time")
        BUSINESS = "business", _("Business hours")
        NIGHT = "night", _("Night")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=5, choices=Kind)
    address = models.CharField(max_length=500, help_text="of a chat only what a page shows of it")
    sealed_address = SealedTextField(blank=True, db_default="", default="", help_text="the whole one of a chat")
    hours = models.CharField(max_length=8, choices=Hours, default=Hours.ALWAYS)
    place = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    broken_at = models.DateTimeField(null=True, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_sent_at = models.DateTimeField(null=True, blank=True)
    code_ends_at = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    codes_sent = models.PositiveSmallIntegerField(default=0, help_text="since it last proved right")

    class Meta:
        constraints = [
            # The whole addresses of chats are compared under the contact's lock when one is added.
            models.UniqueConstraint(
                fields=["contact", "kind", "address"],
                condition=~models.Q(kind="chat"),
                name="contact_channel_is_there_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["mail", "sms", "voice", "chat"]), name="contact_channel_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(hours__in=["always", "business", "night"]), name="contact_channel_hours_are_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.contact_id}"

    @property
    def works(self) -> bool:
        """Whether a message through it may be counted on: proven once, and not refused since."""
        return self.verified_at is not None and self.broken_at is None
