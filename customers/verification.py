"""Proving that an address reaches its contact: a code goes out through it, and has to come back."""

import datetime as dt
import secrets
import unicodedata

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from customers import addresses, attempts, logbook, messages, reachability, sealed, walls
from customers.models import Contact, ContactChannel, LogbookEntry, User
from opsportal.web.words import local_time

MINUTES = 10
TRIES = 5
DIGITS = 6
# The wait for another code to the same address doubles each time; a customer's codes in one hour are limited.
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=1), dt.timedelta(days=1)
CODES_AN_HOUR = 20
SENT = "contact-code-sent"


def ready_at(channel: ContactChannel) -> dt.datetime | None:
    """When the next code may be sent to a channel; None when none was sent since it last proved right."""
    if channel.code_sent_at is None or not channel.codes_sent:
        return None
    return channel.code_sent_at + min(FIRST_WAIT * 2 ** min(channel.codes_sent - 1, 12), LONGEST_WAIT)


@transaction.atomic
def send_code(*, channel: ContactChannel, at: dt.datetime, by: User | None, on_behalf_of: User | None = None) -> None:
    """Send a fresh code; earlier ones end. Raises ValidationError when codes were sent too often."""
    Contact.objects.select_for_update().get(pk=channel.contact_id)
    channel.refresh_from_db()
    _brake(channel, at)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    channel.code_hash = _hash(channel, code)
    channel.code_sent_at, channel.code_ends_at = at, at + dt.timedelta(minutes=MINUTES)
    channel.code_tries, channel.codes_sent = 0, channel.codes_sent + 1
    channel.save(update_fields=["code_hash", "code_sent_at", "code_ends_at", "code_tries", "codes_sent"])
    messages.say(
        "contact-code",
        at=at,
        language=channel.contact.language,
        contact_channel=channel,
        useless_at=channel.code_ends_at,
        facts={
            "name": channel.contact.name,
            "customer": channel.customer.name,
            # Digit by digit, or a voice reads a number of six digits.
            "code": ", ".join(code) if channel.kind == ContactChannel.Kind.VOICE else code,
            "minutes": MINUTES,
        },
    )
    logbook.write(
        SENT,
        at=at,
        by=by,
        on_behalf_of=on_behalf_of,
        customer=channel.customer,
        name=channel.contact.name,
        kind=channel.kind,
        through=addresses.masked(channel.kind, channel.address),
    )


def _brake(channel: ContactChannel, at: dt.datetime) -> None:
    ready = ready_at(channel)
    if ready and at < ready:
        minutes = -(-int((ready - at).total_seconds()) // 60)
        raise ValidationError(_("A code was sent just now. The next one can be sent in %(n)s min.") % {"n": minutes})
    hour = LogbookEntry.objects.filter(customer=channel.customer, verb=SENT, at__gt=at - dt.timedelta(hours=1))
    if hour.count() >= CODES_AN_HOUR:
        raise ValidationError(_("Many codes were sent in the last hour. Wait an hour before the next one."))
    ours, everybodys = _counted_by(channel)
    refusal = attempts.count(
        (attempts.CODE_SENT, ours), (attempts.CODE_SENT_A_DAY, ours), (attempts.CODE_SENT_BY_ALL, everybodys)
    )
    if refusal:
        words = _("Many codes were sent to this address. The next one can be sent from %(time)s on.")
        raise ValidationError(words % {"time": _free_again(refusal, at)})


def _counted_by(channel: ContactChannel) -> tuple[str, str]:
    """What codes are counted by, as this customer's and as everybody's: the address, not the row, which comes anew."""
    address = sealed.address_of(channel)
    return f"{channel.customer_id}|{address}", address


def _free_again(refusal: attempts.Refusal, at: dt.datetime) -> str:
    return local_time(at + dt.timedelta(seconds=refusal.seconds))


def _hash(channel: ContactChannel, code: str) -> str:
    # Six digits alone are found by trying; without the signing key nobody can.
    whole = sealed.address_of(channel)
    return salted_hmac("contact-code", f"{channel.pk}:{whole}:{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def check_code(
    *, channel: ContactChannel, code: str, at: dt.datetime, by: User | None, on_behalf_of: User | None = None
) -> bool:
    """Take a code that came back: the channel counts from now on. Five tries a code, whoever makes them.

    Returns False and counts the try when it is wrong. Raises ValidationError when there is nothing left to try, or
    when too many codes to this address were tried: a new code does not give new tries without end.
    """
    given = "".join(letter for letter in unicodedata.normalize("NFKC", code) if letter.isdigit())
    open_codes = ContactChannel.objects.filter(pk=channel.pk, code_ends_at__gt=at, code_tries__lt=TRIES)
    # Counted before it is compared, so that tries made at once do not pass as one.
    counted = open_codes.exclude(code_hash="").update(code_tries=F("code_tries") + 1)
    channel.refresh_from_db()
    if not counted:
        raise ValidationError(_why_closed(channel, at))
    ours, _everybodys = _counted_by(channel)
    tried = (attempts.CODE_BACK, ours), (attempts.CODE_BACK_A_DAY, ours)
    if refusal := attempts.count(*tried):
        words = _("Many wrong codes were tried for this address. Try again from %(time)s on.")
        raise ValidationError(words % {"time": _free_again(refusal, at)})
    if not constant_time_compare(channel.code_hash, _hash(channel, given)):
        return False
    channel.verified_at, channel.broken_at, channel.code_hash, channel.codes_sent = at, None, "", 0
    attempts.forget(*tried)
    # Nobody but the portal says that an address is proven.
    with walls.as_portal():
        channel.save(update_fields=["verified_at", "broken_at", "code_hash", "codes_sent"])
    logbook.write(
        "contact-verified",
        at=at,
        by=by,
        on_behalf_of=on_behalf_of,
        customer=channel.customer,
        name=channel.contact.name,
        kind=channel.kind,
        through=addresses.masked(channel.kind, channel.address),
    )
    reachability.judge(channel.customer, at)
    return True


def _why_closed(channel: ContactChannel, at: dt.datetime) -> str:
    if not channel.code_hash:
        return _("No code is open for this address. Send one first.")
    if channel.code_tries >= TRIES:
        return _("The code was tried too often. Send a new one.")
    return _("The code has run out. Send a new one.")


def tries_left(channel: ContactChannel) -> int:
    """How many tries the open code still has."""
    return max(0, TRIES - channel.code_tries)
