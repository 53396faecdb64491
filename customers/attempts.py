"""How often a thing may be tried: counted in PostgreSQL, so that no cache that is emptied sets anybody free."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from customers import walls
from customers.models import Attempt
from opsportal.work import ClockTimestamp


@dataclass(frozen=True)
class Limit:
    """At most so many tries within a span of seconds that begins with the first; then none until the span is over."""

    name: str
    most: int
    seconds: int


_DAY = 24 * 60 * 60
# A person mistypes; a whole office behind one address does so now and then; a guesser goes on and on.
PASSWORD_FROM_ADDRESS = Limit("password from address", 5, 900)
PASSWORD_BY_BROWSER = Limit("password by known browser", 10, _DAY)
PASSWORD = Limit("password", 20, 900)
ADDRESS = Limit("address", 60, 900)
# Whoever guesses codes knows the password already, and of a million codes three are right at any time.
CODE_FROM_ADDRESS = Limit("code from address", 6, 900)
CODE_FROM_ADDRESS_A_DAY = Limit("code from address a day", 12, _DAY)
CODE_BY_BROWSER = Limit("code by known browser", 12, _DAY)
CODE = Limit("code", 30, _DAY)
NEW_APP = Limit("new app", 6, 900)
PASSKEY = Limit("passkey", 30, 900)
DIRECTORY = Limit("directory", 30, 900)
RESET_FROM_ADDRESS = Limit("reset from address", 3, settings.PASSWORD_RESET_TIMEOUT)
# Not longer than a link holds: whoever is refused has one in the mailbox that works.
RESET = Limit("reset", 5, settings.PASSWORD_RESET_TIMEOUT)
RESET_ADDRESS = Limit("resets from address", 20, 3600)
# To prove that an address reaches a contact. Removing the channel and adding it again does not begin anew.
CODE_SENT = Limit("code sent", 6, 3600)
CODE_SENT_A_DAY = Limit("code sent a day", 12, _DAY)
# Whoever lives there is left in peace, whichever customers ask.
CODE_SENT_BY_ALL = Limit("code sent by all", 20, _DAY)
CODE_BACK = Limit("code back", 15, 3600)
CODE_BACK_A_DAY = Limit("code back a day", 30, _DAY)
INVITED = Limit("invitation", 30, 3600)
INVITED_ADDRESS = Limit("invitation to address", 6, 3600)

# Counted before anything is compared: guesses sent at the same moment are counted one after another by the row's lock.
_COUNT = """
INSERT INTO customers_attempt AS known (key, began_at, count) VALUES (%(key)s, clock_timestamp(), 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN known.began_at + %(span)s < clock_timestamp() THEN 1 ELSE least(known.count + 1, 1000000) END,
    began_at = CASE WHEN known.began_at + %(span)s < clock_timestamp() THEN clock_timestamp() ELSE known.began_at END
RETURNING count, ceil(extract(epoch FROM began_at + %(span)s - clock_timestamp()))::int
"""


@dataclass(frozen=True)
class Refusal:
    """One try too many; free again after `seconds`. `first` is the try that closed the door."""

    limit: Limit
    seconds: int
    first: bool

    @property
    def minutes(self) -> int:
        """Minutes until it may be tried again, rounded up."""
        return max(1, -(-self.seconds // 60))


Tried = tuple[Limit, object]


def count(*tried: Tried) -> Refusal | None:
    """Count one try of each subject in turn, up to the first that was tried too often: its refusal.

    What comes behind is not counted then: give what is narrow first, so that one caller does not use up what is wide.
    """
    with transaction.atomic(), walls.as_portal(), connection.cursor() as cursor:
        for limit, subject in tried:
            cursor.execute(_COUNT, {"key": _key(limit, subject), "span": dt.timedelta(seconds=limit.seconds)})
            tries, seconds = cursor.fetchone()
            if tries > limit.most:
                return Refusal(limit, seconds, tries == limit.most + 1)
    return None


def forget(*tried: Tried) -> None:
    """Begin anew: it went well."""
    with transaction.atomic(), walls.as_portal():
        _rows(tried).delete()


def give_back(*tried: Tried) -> None:
    """It went well, so this one was no guess; those of others stay counted."""
    with transaction.atomic(), walls.as_portal():
        _rows(tried).filter(count__gt=0).update(count=F("count") - 1)


def forget_old(at: dt.datetime) -> None:
    """Delete what no limit looks back to, on the database's clock, by which it was counted."""
    Attempt.objects.filter(began_at__lt=ClockTimestamp() - dt.timedelta(seconds=2 * _DAY)).delete()


def _rows(tried: Iterable[Tried]) -> QuerySet[Attempt]:
    return Attempt.objects.filter(key__in=[_key(limit, subject) for limit, subject in tried])


def _key(limit: Limit, subject: object) -> str:
    return hashlib.sha256(f"{limit.name}|{subject}".encode()).hexdigest()
