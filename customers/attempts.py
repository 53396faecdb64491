"""How often a thing may be tried: counted in PostgreSQL, so that no cache that is emptied sets anybody free."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import connection, transaction

from customers import walls
from customers.models import Attempt


@dataclass(frozen=True)
class Limit:
    """At most so many tries within a span of seconds that begins with the first; then none until the span is over."""

    name: str
    most: int
    seconds: int


# A person mistypes; a whole office behind one address does so now and then; a guesser goes on and on.
PASSWORD_FROM_ADDRESS = Limit("password from address", 5, 900)
PASSWORD = Limit("password", 20, 900)
ADDRESS = Limit("address", 60, 900)
SECOND_FACTOR = Limit("second factor", 6, 900)
PASSKEY = Limit("passkey", 30, 900)
RESET = Limit("reset", 3, 3600)
RESET_ADDRESS = Limit("reset from address", 20, 3600)
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


def count(*tried: tuple[Limit, object]) -> Refusal | None:
    """Count one try of each subject; the strictest refusal when any of them was tried too often."""
    refusals = [refusal for limit, subject in tried if (refusal := _count(limit, subject))]
    return max(refusals, key=lambda refusal: refusal.seconds, default=None)


def forget(limit: Limit, subject: object) -> None:
    """Begin anew: it went well."""
    with transaction.atomic(), walls.as_portal():
        Attempt.objects.filter(key=_key(limit, subject)).delete()


def _count(limit: Limit, subject: object) -> Refusal | None:
    with transaction.atomic(), walls.as_portal(), connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _key(limit, subject), "span": dt.timedelta(seconds=limit.seconds)})
        tries, seconds = cursor.fetchone()
    return Refusal(limit, seconds, tries == limit.most + 1) if tries > limit.most else None


def _key(limit: Limit, subject: object) -> str:
    return hashlib.sha256(f"{limit.name}|{subject}".encode()).hexdigest()
