"""What was said to people, as staff look through it."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import addresses
from customers.messages import full_text
from customers.models import ContactChannel, Message
from customers.sealed import secrets_of
from opsportal.web.keyset import Order, Page, page_of

NEWEST = Order(("at",), falling=True)
SIGNS = {
    Message.State.WAITING: "unknown",
    Message.State.SENDING: "unknown",
    Message.State.SENT: "ok",
    Message.State.FAILED: "act",
}
ICONS = {
    ContactChannel.Kind.MAIL: "mail",
    ContactChannel.Kind.SMS: "sms",
    ContactChannel.Kind.VOICE: "phone",
    ContactChannel.Kind.CHAT: "chat",
}
# Why a message was not taken, by the word of the channel's error, and what to do.
FAILURES: dict[str, tuple[str | Promise, str | Promise]] = {
    "unreachable": (_("The provider does not answer"), _("The portal tries again by itself.")),
    "busy": (_("The provider asks to wait"), _("The portal tries again by itself.")),
    "not-set-up": (
        _("The mail server refuses the portal"),
        _("Correct SMTP_HOST, SMTP_USER, SMTP_PASSWORD and MAIL_FROM; the portal then sends by itself."),
    ),
    "address-refused": (_("The address does not exist"), _("Ask for another address and correct the contact.")),
    "mail-refused": (_("The mail was refused"), _("Read the server's words, and reach the person in another way.")),
    "unreadable": (_("The address cannot be used"), _("Correct it at the contact.")),
    "sealed": (
        _("The portal lacks the key to its link or code"),
        _("Put the key back on SECRET_RING; the portal then sends by itself."),
    ),
    "no-provider": (
        _("No provider is set up for this channel"),
        _("Reach the person by mail, or set a provider up."),
    ),
}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means everything."""

    words: str = ""
    channel: str = ""
    state: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.words or self.channel or self.state)


def page_of_messages(filters: Filters, after: str) -> Page:
    """One page of messages, newest first."""
    wanted = Q()
    for word in filters.words.split():
        wanted &= (
            Q(address__icontains=word)
            | Q(subject__icontains=word)
            | Q(contact__name__icontains=word)
            | Q(user__name__icontains=word)
            | Q(customer__name__icontains=word)
        )
    if filters.channel:
        wanted &= Q(channel=filters.channel)
    if filters.state:
        wanted &= Q(state=filters.state)
    rows = Message.objects.filter(wanted).select_related("customer", "contact", "user")
    page = page_of(rows, NEWEST, after)
    for message in page.rows:
        dress(message)
    return page


def dress(message: Message) -> Message:
    """Put what a page shows onto the message; its secrets only where an outbox is all that carries it (the demo).

    A link that waits to be sent lets in whoever reads it, staff too: a real portal shows it to nobody.
    """
    secrets = secrets_of(message) if settings.OUTBOX else {}
    message.sign, message.icon = SIGNS[message.state], ICONS[message.channel]
    message.subject_shown = full_text(message.subject, secrets)
    message.body_shown = full_text(message.body, secrets)
    message.address_shown = addresses.shown(message.channel, message.address)
    message.to = message.contact or message.user or ""
    if message.failure:
        message.failed_by, message.cure = FAILURES[message.failure["word"]]
    return message


def version() -> str:
    """Another whenever a message is written or leaves."""
    waiting = Message.objects.filter(due_at__isnull=False)
    return f"{Message.objects.aggregate(newest=Max('id'))['newest'] or 0}.{waiting.count()}"
