"""What was said to whom."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.contact import Contact, ContactChannel
from customers.models.customer import Customer
from opsportal.secrets_at_rest import SealedTextField
from opsportal.work import Leased


class Message(Leased):
    """One thing said to one person through one channel; the row stands before anything is sent.

    Texts are frozen when it is said. One-time links and codes stand apart, sealed (`customers/sealed.py`), and are
    forgotten once sent through a real provider; in the texts a mark keeps their place.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("To be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField()
    kind = models.SlugField(max_length=40)
    channel = models.CharField(max_length=5, choices=ContactChannel.Kind)
    address = models.CharField(max_length=500, help_text="of a chat only what a page shows of it")
    language = models.CharField(max_length=5, choices=Contact.Language)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="messages")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="messages")
    contact_channel = models.ForeignKey(ContactChannel, models.SET_NULL, null=True, related_name="messages")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="messages")
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    calendar = models.TextField(blank=True, db_default="", default="", help_text="an iCalendar file, for a mail")
    sealed_secrets = SealedTextField(blank=True, db_default="", default="")
    secrets = models.JSONField(null=True, blank=True, help_text="in clear, as older releases wrote them")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    useless_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    carrier = models.CharField(max_length=20, blank=True)
    receipt = models.CharField(max_length=200, blank=True)
    failure = models.JSONField(default=dict, blank=True, help_text="{word, detail} of the last try that failed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sending", "sent", "failed"]), name="message_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=["mail", "sms", "voice", "chat"]), name="message_channel_is_known"
            ),
            models.CheckConstraint(condition=models.Q(language__in=["ja", "en"]), name="message_language_is_known"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="message_waiting"),
            models.Index(fields=["-at", "-id"], name="message_newest"),
            models.Index(fields=["customer", "-at", "-id"], name="message_by_customer"),
            models.Index(fields=["contact_channel", "-at"], name="message_by_contact_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def number(self) -> str:
        """Short name of the message that its texts carry, so that a person sees when one came twice."""
        return self.reference.hex[:6]
