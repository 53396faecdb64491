"""What this app keeps sealed: links and codes of messages that wait, and the webhook addresses of chats.

Whoever has a webhook address can post with it, so that it is a secret, unlike a mail address or a number; its column
holds only what a page shows of it.
"""

import datetime as dt
import json

from django.db.models import Q

from customers import addresses
from customers.models import ContactChannel, Message
from opsportal.secrets_at_rest import seal, unseal


def keep_secrets(message: Message, secrets: dict[str, str]) -> None:
    """Seal a message's secrets into its row, which has its key already; written by the caller."""
    message.secrets = None
    if secrets:
        seal(message, "sealed_secrets", json.dumps(secrets))
    else:
        message.sealed_secrets = ""


def secrets_of(message: Message) -> dict[str, str]:
    """A message's secrets by name; none once they are forgotten. Raises CannotOpenError."""
    if message.sealed_secrets:
        return json.loads(unseal(message, "sealed_secrets"))
    return message.secrets or {}


def is_secret(kind: str) -> bool:
    """Whether the addresses of a kind of channel are kept sealed."""
    return kind == ContactChannel.Kind.CHAT


def in_clear(kind: str, address: str) -> str:
    """What a row of this kind of channel holds of an address in clear."""
    return addresses.shown(kind, address) if is_secret(kind) else address


def keep_address(channel: ContactChannel, address: str) -> None:
    """Seal a channel's whole address into its row, which has its key already; written by the caller."""
    channel.address = in_clear(channel.kind, address)
    seal(channel, "sealed_address", address)


def address_of(channel: ContactChannel) -> str:
    """The whole address of a channel. Raises CannotOpenError."""
    return unseal(channel, "sealed_address") if channel.sealed_address else channel.address


def seal_what_lies_in_clear(at: dt.datetime) -> int:
    """Seal what a process of an older release wrote in clear; how many rows. Done twice it finds nothing.

    Safe while the portal runs: a row that was changed meanwhile is left for the next time.
    """
    return _seal_channels() + _seal_messages()


def _seal_channels() -> int:
    done = 0
    for channel in ContactChannel.objects.filter(kind=ContactChannel.Kind.CHAT, sealed_address=""):
        unchanged = ContactChannel.objects.filter(pk=channel.pk, address=channel.address)
        keep_address(channel, channel.address)
        done += unchanged.update(address=channel.address, sealed_address=channel.sealed_address)
    return done


def _seal_messages() -> int:
    done, opens = 0, Q(secrets__isnull=False) & ~Q(secrets={})
    webhooks = Q(channel=ContactChannel.Kind.CHAT) & ~Q(address__contains="…")
    for message in Message.objects.filter(opens | webhooks).iterator():
        before = Q(secrets__isnull=True) if message.secrets is None else Q(secrets=message.secrets)
        unchanged = Message.objects.filter(before, pk=message.pk, sealed_secrets=message.sealed_secrets)
        keep_secrets(message, secrets_of(message))
        done += unchanged.update(
            address=in_clear(message.channel, message.address), secrets=None, sealed_secrets=message.sealed_secrets
        )
    return done
