"""Who carries a message: the mail server, or the outbox where no provider is set up."""

from dataclasses import dataclass

from django.conf import settings

from customers.channels import mail
from customers.channels.errors import ChannelError
from customers.models import ContactChannel, Message

OUTBOX = "outbox"


@dataclass(frozen=True)
class Handed:
    """Who took the message, and under what name."""

    carrier: str
    receipt: str = ""


def hand_over(message: Message, subject: str, body: str) -> Handed:
    """Give the message to whoever carries its channel. Raises ChannelError."""
    if message.channel == ContactChannel.Kind.MAIL:
        if not settings.MAIL_CARRIER:
            raise ChannelError("not-set-up", "SMTP_HOST")
        return Handed(settings.MAIL_CARRIER, mail.send(message, subject, body))
    if settings.OUTBOX:
        return Handed(OUTBOX)
    raise ChannelError("no-provider", message.channel, permanent=True)
