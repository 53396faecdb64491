"""Seals over the logbook's finished days: a chain of digests that no longer fits once an entry was changed.

Triggers refuse changes to whoever works through the portal; whoever owns the tables can switch them off, and leaves a
day behind that does not fit its seal.
"""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from customers.models import LogbookEntry, LogbookSeal

logger = logging.getLogger(__name__)

# A transaction that began before midnight may still write an entry of that day.
_GRACE = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
_FIRST = (
    "id", "at", "actor_id", "on_behalf_of_id", "address", "customer_id", "environment_id", "agreement_id", "verb",
    "facts",
)  # fmt: skip
# What a seal covers, by its version: the digests of days that were sealed before an entry had names must go on fitting.
_COLUMNS = {1: _FIRST, 2: (*_FIRST, "actor_name", "actor_email", "on_behalf_of_name", "on_behalf_of_email")}
_VERSION = max(_COLUMNS)


@dataclass(frozen=True)
class Misfit:
    """The first day that does not fit, and why."""

    day: dt.date
    why: str


def seal_finished_days(at: dt.datetime) -> None:
    """Seal every UTC day that is over and has no seal yet, each upon the one before; done twice it finds nothing."""
    newest = LogbookSeal.objects.order_by("day").last()
    day = newest.day + _DAY if newest else _first_day()
    while day and day < (at - _GRACE).date():
        newest = _seal_of(day, newest.digest if newest else "", sealed_at=at)
        newest.save(force_insert=True)
        # The only copy outside of the database, unless somebody notes down what the page shows.
        logger.info("logbook sealed up to %s: %s", day, newest.digest)
        day += _DAY


def _first_day() -> dt.date | None:
    first = LogbookEntry.objects.order_by("at").values_list("at", flat=True).first()
    return first.astimezone(dt.UTC).date() if first else None


def _seal_of(day: dt.date, previous: str, *, sealed_at: dt.datetime, version: int = _VERSION) -> LogbookSeal:
    """The seal that fits a day's entries as they are now, after the seal before."""
    begin = f"{previous}\n{day}\n" if version == 1 else f"{previous}\n{day}\n{version}\n"
    count, digest = 0, hashlib.sha256(begin.encode())
    for line in _lines(day, _COLUMNS[version]):
        digest.update(line)
        count += 1
    return LogbookSeal(day=day, version=version, entries=count, digest=digest.hexdigest(), sealed_at=sealed_at)


def _lines(day: dt.date, columns: tuple[str, ...]) -> Iterator[bytes]:
    begin = dt.datetime.combine(day, dt.time(), dt.UTC)
    rows = LogbookEntry.objects.filter(at__gte=begin, at__lt=begin + _DAY).order_by("id").values_list(*columns)
    for number, moment, *rest in rows.iterator():
        plain = [number, moment.astimezone(dt.UTC).isoformat(), *rest]
        yield f"{json.dumps(plain, sort_keys=True)}\n".encode()


def newest() -> dict | None:
    """The day up to which the logbook is sealed, and its digest; nothing before the first seal."""
    return LogbookSeal.objects.order_by("-day").values("day", "digest").first()


def misfit(known: dict[dt.date, str]) -> Misfit | None:
    """The first day whose entries do not fit its seal, or whose seal is not the one noted down elsewhere.

    Without a note from elsewhere a chain that was made anew from the changed day on fits.
    """
    previous, expected = "", _first_day()
    for seal in LogbookSeal.objects.order_by("day").iterator():
        if expected and seal.day != expected:
            earlier = min(seal.day, expected)
            return Misfit(earlier, "its entries have no seal" if earlier == expected else "its entries are missing")
        if seal.version not in _COLUMNS:
            return Misfit(seal.day, f"its seal is of version {seal.version}, which this release does not know")
        fitting = _seal_of(seal.day, previous, sealed_at=seal.sealed_at, version=seal.version)
        if fitting.entries != seal.entries:
            return Misfit(seal.day, f"{seal.entries} entries were sealed, {fitting.entries} are there")
        if fitting.digest != seal.digest:
            return Misfit(seal.day, "an entry, or the seal, was changed")
        if known.get(seal.day, seal.digest) != seal.digest:
            return Misfit(seal.day, "the seal is not the one that was noted down")
        previous, expected = seal.digest, seal.day + _DAY
    unsealed = [day for day in known if not expected or day >= expected]
    return Misfit(min(unsealed), "the seal that was noted down is missing") if unsealed else None
