"""What the portal does by itself: rows that wait, claimed by lease, advanced one at a time.

Two clocks, never mixed: `due_at` is business time; leases run on the database's `clock_timestamp()`.
"""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.functions import Now

from opsportal import business_time, doorbell, holders
from opsportal.models import Beat

logger = logging.getLogger(__name__)

# A drain stops claiming after a while, so that the kinds of work take turns; the clock finds what is left.
DRAIN_SECONDS = 20
BEAT_SECONDS = 3


class ClockTimestamp(Now):
    """The database's clock at this very statement, unlike Now() which stands still inside a transaction."""

    def as_postgresql(self, compiler, db_connection, **context):
        return self.as_sql(compiler, db_connection, template="CLOCK_TIMESTAMP()", **context)


class Leased(models.Model):
    """A row that may wait for its time and is advanced by one process at once."""

    due_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Work:
    """One kind of work: which rows are due at a business time, and the domain function that advances one.

    `advance(row, at)` must move the row's `due_at` on; it may be called twice for the same row, late, or not at all,
    and says in its docstring what happens when it is torn. `lease` is longer than any single advance takes;
    `related` rows are fetched once for the whole batch.
    """

    kind: str
    queue: str
    due: Callable[[dt.datetime], models.QuerySet]
    advance: Callable[[Any, dt.datetime], None]
    lease: dt.timedelta
    batch: int = 1
    related: tuple[str, ...] = ()


@cache
def kinds() -> dict[str, Work]:
    """All kinds of work by name, from the `work.py` of each app."""
    found: dict[str, Work] = {}
    for listing in _listings():
        for work in listing.WORK:
            if work.kind in found:
                raise ValueError(f"two kinds of work are named {work.kind}")
            found[work.kind] = work
    return found


def daily_chores() -> list[Callable[[dt.datetime], None]]:
    """What each app clears away once a day, from its `work.py`; each may be done twice, late or in part."""
    return [chore for listing in _listings() for chore in getattr(listing, "DAILY", ())]


@cache
def _listings() -> list[ModuleType]:
    names = [f"{app.name}.work" for app in apps.get_app_configs() if app.name != "opsportal"]
    return [import_module(name) for name in names if find_spec(name)]


def waiting(work: Work, at: dt.datetime) -> models.QuerySet:
    """Due rows of a kind that nobody holds, longest waiting first."""
    free = models.Q(leased_until=None) | models.Q(leased_until__lt=ClockTimestamp())
    return work.due(at).filter(free).order_by("due_at")


def claim(work: Work, at: dt.datetime) -> list[models.Model]:
    """Take up to `work.batch` waiting rows under a fresh lease; rows that another process is claiming are skipped."""
    lease = holders.new_lease()
    with transaction.atomic():
        rows = waiting(work, at).select_for_update(skip_locked=True, of=("self",)).values("pk")[: work.batch]
        inner, parameters = rows.query.sql_with_params()
        table = connection.ops.quote_name(rows.model._meta.db_table)
        # MATERIALIZED: a planner that ran the limited, locking subquery per row would claim more than the batch.
        sql = (
            f"WITH taken AS MATERIALIZED ({inner}) UPDATE {table} SET lease = %s, tries = LEAST(tries + 1, 32767), "
            f"leased_until = clock_timestamp() + %s WHERE id IN (TABLE taken) RETURNING *"
        )
        claimed = list(rows.model.objects.raw(sql, [*parameters, lease, work.lease]))
    models.prefetch_related_objects(claimed, *work.related)
    return claimed


def release(row: models.Model) -> bool:
    """Give the lease back; False when it had run out and somebody else holds the row."""
    held = type(row).objects.filter(pk=row.pk, lease=row.lease)
    return held.update(lease=None, leased_until=None, tries=0) == 1


# A row that keeps killing its workers waits out its lease instead of killing the next at once.
_TRIES_GIVEN_BACK = 2


def held(work: Work, at: dt.datetime) -> models.QuerySet:
    """Rows of a kind that somebody is advancing, or was when it died."""
    return work.due(at).filter(leased_until__gt=ClockTimestamp())


def give_back(work: Work, leases: set[uuid.UUID], at: dt.datetime) -> int:
    """Free the rows whose holder is dead, for work that may be repeated; returns how many. Acting is never repeated."""
    if work.queue != "read":
        raise ValueError(f"{work.kind} must not be repeated")
    rows = held(work, at).filter(lease__in=leases, tries__lte=_TRIES_GIVEN_BACK)
    return rows.update(lease=None, leased_until=None)


def drain(kind: str, *, seconds: float = DRAIN_SECONDS, worker: bool = False) -> int:
    """Advance due rows of a kind until none waits or the time is up; returns how many were advanced.

    A worker shows at each step that its queue is served.
    """
    work = kinds()[kind]
    ends, done = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        if worker:
            note_beat(work.queue)
        rows = claim(work, business_time.now())
        if not rows:
            break
        done += sum(_advance(work, row) for row in rows)
    return done


def _advance(work: Work, row: models.Model) -> bool:
    """Advance one row. A row that raises keeps its lease, so that it waits as long as the lease and blocks nobody."""
    try:
        work.advance(row, business_time.now())
    except Exception:  # one broken row must not stop the rows behind it; the log and `tries` show it
        logger.exception("%s %s failed (try %s)", work.kind, row.pk, getattr(row, "tries", "?"))
        return False
    return release(row)


_noted: dict[str, float] = {}


def note_beat(process: str) -> None:
    """Write down that a process is alive, at most every few seconds."""
    if time.monotonic() - _noted.get(process, float("-inf")) < BEAT_SECONDS:
        return
    _noted[process] = time.monotonic()
    Beat.objects.bulk_create(
        [Beat(process=process, at=ClockTimestamp())],
        update_conflicts=True,
        unique_fields=["process"],
        update_fields=["at"],
    )


def announce(kind: str) -> None:
    """Tell the clock, once this transaction is committed, that rows of a kind wait; losing it costs a second."""
    transaction.on_commit(lambda: doorbell.notify(kind))


def silence_of(process: str) -> dt.timedelta:
    """How long a process was not seen at work, by the database's clock; for ever when it never was."""
    beat = Beat.objects.filter(process=process).annotate(silence=ClockTimestamp() - models.F("at")).first()
    return beat.silence if beat else dt.timedelta.max
