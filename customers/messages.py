"""Saying something to somebody: a row first, then the handing over, again until it is taken or can never be."""

import datetime as dt
import random
import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from customers import reachability, sealed, walls
from customers.channels.carriers import hand_over
from customers.channels.errors import ChannelError
from customers.models import Contact, ContactChannel, Customer, Message, User
from opsportal import work
from opsportal.secrets_at_rest import CannotOpenError

# Facts under these names open a door: they are kept apart from the text, sealed, and forgotten once sent.
SECRETS = ("link", "code")
HIDDEN = "••••••"
# What a slow mail server may take; one that takes longer than the lease gets the message twice.
SENDING_SECONDS = 35.0
LEASE = dt.timedelta(seconds=60)
GIVEN_UP_AFTER = dt.timedelta(hours=24)
# A message whose sending ended without a word this often harms the sender each time.
ATTEMPTS_AT_MOST = 100
# Why it was not taken → the first wait, which doubles each time, and the longest one.
_WAITS = {
    "busy": (dt.timedelta(minutes=1), dt.timedelta(minutes=30)),
    "not-set-up": (dt.timedelta(minutes=1), dt.timedelta(minutes=5)),
}
_WAIT = (dt.timedelta(seconds=15), dt.timedelta(minutes=15))
_MARKS = re.compile(r"⟦(\w+)⟧")


def say(
    kind: str,
    *,
    at: dt.datetime,
    language: str,
    facts: dict[str, Any],
    address: str | None = None,
    channel: str = ContactChannel.Kind.MAIL,
    customer: Customer | None = None,
    contact: Contact | None = None,
    user: User | None = None,
    contact_channel: ContactChannel | None = None,
    useless_at: dt.datetime | None = None,
    calendar: str = "",
) -> Message:
    """Write down what is to be said; it goes out once this transaction is committed.

    The texts are templates/messages/<kind>.subject.txt and <kind>.<channel>.txt. Facts named `link` (a path or an
    address) and `code` are secrets. Without an address a user's mail address is taken; a chat is reached through its
    contact channel, which keeps the whole address. After `useless_at` it is not tried again. `calendar` is a file that
    goes with a mail.
    """
    if contact_channel:
        channel, address, contact = contact_channel.kind, contact_channel.address, contact_channel.contact
    if contact:
        customer = contact.customer
    address = address or (user.email if user else "")
    if not address:
        raise ValueError(f"nobody to say {kind} to")
    secrets = {name: _absolute(str(facts[name])) for name in SECRETS if facts.get(name)}
    message = Message(
        at=at,
        due_at=at,
        kind=kind,
        channel=channel,
        address=sealed.in_clear(channel, address),
        language=language,
        customer=customer,
        contact=contact,
        contact_channel=contact_channel,
        user=user,
        useless_at=useless_at,
        calendar=calendar,
    )
    message.subject, message.body = _texts(message, facts, secrets)
    message.clean_fields(exclude=["customer", "contact", "contact_channel", "user"])
    # What is said to one person is not for whoever caused it to be read again, be it a fellow of theirs.
    with transaction.atomic(), walls.as_portal():
        message.save()
        # The row must have its key before anything is sealed into it.
        sealed.keep_secrets(message, secrets)
        message.save(update_fields=["sealed_secrets"])
    work.announce("deliver-message")
    return message


def _absolute(text: str) -> str:
    return f"{settings.PORTAL_URL}{text}" if text.startswith("/") else text


def _texts(message: Message, facts: dict[str, Any], secrets: dict[str, str]) -> tuple[str, str]:
    """Subject (mail and chat) and text in the reader's language."""
    # A mark that came with a fact would be filled in like our own.
    shown = {name: value.translate({0x27E6: "[", 0x27E7: "]"}) if isinstance(value, str) else value
             for name, value in facts.items()}  # fmt: skip
    shown |= {name: f"⟦{name}⟧" for name in secrets}
    shown |= {"number": message.number, "portal_url": settings.PORTAL_URL}
    with translation.override(message.language):
        subject = " ".join(_rendered(f"messages/{message.kind}.subject.txt", shown).split())[:300]
        return subject, _rendered(f"messages/{message.kind}.{message.channel}.txt", shown).strip() + "\n"


def _rendered(name: str, facts: dict[str, Any]) -> str:
    # Plain text: nothing to escape, and an ampersand in a name stays one.
    return get_template(name).template.render(Context(facts, autoescape=False))


def full_text(text: str, secrets: dict[str, str]) -> str:
    """A text with its secrets in their places; forgotten ones are hidden."""
    return _MARKS.sub(lambda mark: secrets.get(mark[1], HIDDEN), text)


def due(at: dt.datetime) -> QuerySet[Message]:
    """Messages to be sent now."""
    return Message.objects.filter(due_at__lte=at)


def deliver(message: Message, at: dt.datetime) -> None:
    """Hand one message over: 1. marked as being sent, 2. handed over, 3. marked as sent or failed.

    Torn before 2 it is sent later; torn between 2 and 3 nobody knows, and it is sent again under the same number:
    twice is better than never. One that is marked as sent or failed is never sent again.
    """
    open_states = [Message.State.WAITING, Message.State.SENDING]
    being = Message.objects.filter(pk=message.pk, state__in=open_states)
    if being.update(state=Message.State.SENDING, attempts=F("attempts") + 1, tried_at=at) != 1:
        Message.objects.filter(pk=message.pk).exclude(state__in=open_states).update(due_at=None)
        return
    message.refresh_from_db(fields=["attempts"])
    try:
        handed = hand_over(message, *_opened(message))
    except ChannelError as error:
        _keep_failure(message, error, at)
        return
    being.update(
        state=Message.State.SENT,
        sent_at=at,
        due_at=None,
        carrier=handed.carrier,
        receipt=handed.receipt,
        failure={},
        **_forgotten(),
    )


def _opened(message: Message) -> tuple[str, str]:
    """Subject and text with their secrets in place. Raises ChannelError while the ring lacks their key."""
    try:
        secrets = sealed.secrets_of(message)
    except CannotOpenError as error:
        raise ChannelError("sealed", str(error)) from error
    return full_text(message.subject, secrets), full_text(message.body, secrets)


def _forgotten() -> dict[str, Any]:
    """What a message loses once it is over; where an outbox is all that carries it, it is read there."""
    return {} if settings.OUTBOX else {"sealed_secrets": "", "secrets": None}


def _keep_failure(message: Message, error: ChannelError, at: dt.datetime) -> None:
    """Try again later, sooner or later by kind of error; or never, and say so."""
    being = Message.objects.filter(pk=message.pk, state=Message.State.SENDING)
    failure = {"word": error.word, "detail": full_text(error.detail, {})}
    ends = message.useless_at or message.at + GIVEN_UP_AFTER
    again = at + _wait(error.word, message.attempts)
    if error.permanent or again > ends or message.attempts >= ATTEMPTS_AT_MOST:
        being.update(state=Message.State.FAILED, due_at=None, failure=failure, **_forgotten())
    else:
        being.update(state=Message.State.WAITING, due_at=again, failure=failure)
    if error.address and message.contact_channel:
        reachability.note_broken(message.contact_channel, at)


def _wait(word: str, attempts: int) -> dt.timedelta:
    """How long to wait after a failed attempt; spread, so that a server that comes back is not stormed."""
    first, longest = _WAITS.get(word, _WAIT)
    return min(first * 2 ** min(attempts - 1, 10), longest) * random.uniform(0.8, 1.2)
