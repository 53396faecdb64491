"""How fresh each reading is, and what happens when one fails."""

import datetime as dt
import hashlib
import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import F, QuerySet

from customers import narrowing, needs, standings
from customers.environments import open_aws
from customers.models import Duty, DutyState, Environment, Need, Poll
from opsportal.aws.account import Account
from opsportal.aws.errors import (
    AwsError,
    Broken,
    Denied,
    NoCredentials,
    NoEntry,
    Refused,
    RegionOff,
    Skewed,
    Throttled,
    Unreachable,
    WrongAccount,
)
from opsportal.work import Work

logger = logging.getLogger(__name__)

# How old each reading may grow before it is made again.
FRESHNESS = {
    reading: dt.timedelta(seconds=settings.FRESHNESS_SECONDS[reading.name.lower()]) for reading in Poll.Reading
}
# A failing reading is tried less and less often, but never more rarely than this.
LONGEST_WAIT = dt.timedelta(minutes=15)
# An outage is not asked often by the gateway anyway, and must be over on the screen soon after it is over at AWS.
LONGEST_WAIT_FOR_OUTAGE = dt.timedelta(minutes=2)
JITTER = 0.1
# After so many missed turns, and never sooner than this, a reading is too old to be taken for good news.
TRUSTED_TURNS = 3
TRUSTED_AT_LEAST = dt.timedelta(minutes=3)

# Which duty loses its eyes when a reading fails.
BLINDED = {
    Poll.Reading.STATUS: Duty.N1,
    Poll.Reading.ALARMS: Duty.I1,
    Poll.Reading.INVENTORY: Duty.N2,
    Poll.Reading.BACKUPS: Duty.N5,
    Poll.Reading.LIFECYCLES: Duty.N4,
}


# Failures of the door rather than of one reading: told once for the environment, however many readings meet them.
ACCOUNT_WIDE = frozenset(
    error.word for error in (NoEntry, WrongAccount, RegionOff, Skewed, Throttled, Unreachable, NoCredentials)
)
# Throttled or unreachable once is the weather; what lasts for so many readings in a row is news.
PATIENCE = {Throttled.word: 3, Unreachable.word: 3}
# A reading that takes longer gives up by itself, well before its lease runs out.
READING_SECONDS = 60.0
LEASE = dt.timedelta(minutes=2)


@dataclass
class Look:
    """One reading under way: the open account, when it was last good, and what was denied so far."""

    environment: Environment
    account: Account
    at: dt.datetime
    last_good_at: dt.datetime | None
    began: float
    failures: list[dict[str, str]] = field(default_factory=list)

    def part(self, read: Callable[..., Any], *arguments: Any) -> Any:
        """What `read(account, …)` answers, or None when just this part is denied; the other parts go on.

        Whatever concerns the whole account (throttling, outage, a torn list, no time left) still raises AwsError.
        """
        if time.monotonic() - self.began > READING_SECONDS:
            raise Unreachable("the reading took too long", operation=f"{read.__module__}.{read.__name__}")
        try:
            return read(self.account, *arguments)
        except (Denied, Refused) as error:
            self.failures.append(error.facts())
            return None


@dataclass(frozen=True)
class Verdict:
    """What a judgement came to: whether anything visible changed, and when time alone will change it."""

    changed: bool
    again_at: dt.datetime | None = None


@dataclass(frozen=True)
class Reader:
    """How one kind of reading is made.

    `gather` asks AWS, `store` keeps what differs and tells whether anything did, `judge` hears which parts were denied
    and says what it all means.
    """

    gather: Callable[[Look], dict[str, Any]]
    store: Callable[[Environment, dict[str, Any], dt.datetime], bool]
    judge: Callable[[Environment, list[dict[str, str]], dt.datetime], Verdict]


def work_of(kind: str, reading: Poll.Reading, noun: ModuleType, *, batch: int = 1) -> Work:
    """The kind of work that makes one reading, by the gather(), store() and judge() of the noun that it is about."""
    return Work(
        kind,
        "read",
        due=partial(due, reading),
        advance=partial(read, reader=Reader(noun.gather, noun.store, noun.judge)),
        lease=LEASE,
        batch=batch,
        related=("environment",),
    )


def begin(environment: Environment, at: dt.datetime) -> None:
    """Let reading of a new environment start at once."""
    Poll.objects.bulk_create(
        Poll(environment=environment, reading=reading, due_at=at, counted_since=at)
        for reading in Poll.Reading
        if reading != Poll.Reading.SITE or environment.site_url
    )


def due(reading: Poll.Reading, at: dt.datetime) -> QuerySet[Poll]:
    """The polls of a kind whose reading is stale."""
    return Poll.objects.filter(reading=reading, due_at__lte=at)


def read_again(environment: Environment, readings: Iterable[Poll.Reading], at: dt.datetime) -> int:
    """Make readings of an environment due now, and stored anew even when AWS answers the same; returns how many."""
    polls = Poll.objects.filter(environment=environment, reading__in=readings).exclude(due_at=None)
    return polls.update(due_at=at, digest=b"")


def read(poll: Poll, at: dt.datetime, reader: Reader) -> None:
    """Make one reading: ask AWS for everything first, then keep it in one transaction.

    Torn before the transaction, nothing is stored and the reading is made again once its lease is free; torn after it,
    the same answer is read again and changes nothing. A reading whose lease ran out on the way is thrown away.
    """
    began, look = time.monotonic(), None
    try:
        account = open_aws(poll.environment)
        look = Look(poll.environment, account, at, poll.succeeded_at, began)
        seen = narrowing.narrowed(poll.environment, reader.gather(look))
        _keep(poll, look, seen, reader, at)
    except AwsError as error:
        _failed(poll, error, look, at)
    except (DataError, IntegrityError, LookupError, TypeError, ValueError) as error:
        # An answer that the portal does not understand must show on the page like any other failure.
        logger.exception("reading %s of environment %s broke", poll.reading, poll.environment_id)
        _failed(poll, Broken(f"{type(error).__name__}: {error}", code=type(error).__name__), look, at)


def _keep(poll: Poll, look: Look, seen: dict[str, Any], reader: Reader, at: dt.datetime) -> None:
    digest = hashlib.sha256(repr((seen, look.failures)).encode()).digest()
    same = digest == bytes(poll.digest) and not poll.failures_in_a_row
    values = {
        "due_at": next_due(poll.reading, at),
        "started_at": at,
        "succeeded_at": at,
        "trusted_until": trusted_until(poll.reading, at),
        "failures_in_a_row": 0,
        "calls": F("calls") + look.account.calls,
        "metrics_requested": F("metrics_requested") + look.account.metrics_requested,
    }
    # A digest that was emptied meanwhile asks for the reading anew: it stays due.
    held = Poll.objects.filter(pk=poll.pk, lease=poll.lease, digest=bytes(poll.digest))
    if same and not (poll.judge_at and poll.judge_at <= at):
        held.update(**values)
        return
    with transaction.atomic():
        standings.hold(poll.environment)
        if not Poll.objects.select_for_update().filter(pk=poll.pk, lease=poll.lease).exists():
            return
        changed = False if same else reader.store(poll.environment, seen, at)
        failing_before = bool(poll.failing_since)
        held.update(**values, digest=digest)
        Poll.objects.filter(pk=poll.pk).update(
            changed_at=poll.changed_at if same else at,
            failing_since=(poll.failing_since or at) if look.failures else None,
            failures=_since(poll, look.failures, at),
        )
        changed |= _hold_failures(poll, at)
        verdict = reader.judge(poll.environment, look.failures, at)
        Poll.objects.filter(pk=poll.pk).update(judge_at=verdict.again_at)
        if changed or verdict.changed or failing_before != bool(look.failures) or poll.succeeded_at is None:
            standings.refresh(poll.environment, at)


def _failed(poll: Poll, error: AwsError, look: Look | None, at: dt.datetime) -> None:
    """Keep why the whole reading failed, and wait longer each time; what was known stays known, with its age."""
    failures = [error.facts()]
    in_a_row = poll.failures_in_a_row + 1
    news = in_a_row == PATIENCE.get(error.word, 1) or (
        in_a_row > 1 and [old["word"] for old in poll.failures] != [error.word]
    )
    with transaction.atomic():
        standings.hold(poll.environment)
        updated = Poll.objects.filter(pk=poll.pk, lease=poll.lease).update(
            due_at=at + backoff(in_a_row, LONGEST_WAIT_FOR_OUTAGE if isinstance(error, Unreachable) else LONGEST_WAIT),
            started_at=at,
            failing_since=poll.failing_since or at,
            failures_in_a_row=in_a_row,
            failures=_since(poll, failures, at),
            calls=F("calls") + (look.account.calls if look else 2),
        )
        if updated and news:
            _hold_failures(poll, at)
            blind(poll.environment, poll.reading, failures, at)
            standings.refresh(poll.environment, at)


def next_due(reading: str, at: dt.datetime) -> dt.datetime:
    """When the reading is to be made again; spread, so that a thousand environments do not ask in the same second."""
    return at + FRESHNESS[reading] * random.uniform(1 - JITTER, 1)


def trusted_until(reading: str, at: dt.datetime) -> dt.datetime:
    """How long a reading that succeeded at a moment may be believed."""
    return at + max(TRUSTED_TURNS * FRESHNESS[reading], TRUSTED_AT_LEAST)


def backoff(failures_in_a_row: int, longest: dt.timedelta) -> dt.timedelta:
    """How long to wait after failures in a row: doubling from half a minute to the longest wait, with jitter."""
    wait = dt.timedelta(seconds=30) * 2 ** min(failures_in_a_row - 1, 10)
    return min(wait, longest) * random.uniform(0.75, 1)


def _since(poll: Poll, failures: list[dict[str, str]], at: dt.datetime) -> list[dict[str, str]]:
    """The failures, each with the moment when it first appeared."""
    before = {(old["word"], old["operation"]): old.get("since") for old in poll.failures}
    return [
        {**failure, "since": before.get((failure["word"], failure["operation"])) or at.isoformat()}
        for failure in failures
    ]


def _hold_failures(poll: Poll, at: dt.datetime) -> bool:
    """Make the needs of the failing readings of an environment; returns whether any differed."""
    failing = Poll.objects.filter(environment=poll.environment).exclude(failures=[])
    told = [
        (other, failure)
        for other in failing
        for failure in other.failures
        if other.failures_in_a_row >= PATIENCE.get(failure["word"], 0)
    ]
    own = [_wanted(other, failure) for other, failure in told if other.pk == poll.pk]
    wide = {failure["word"]: _wanted(other, failure) for other, failure in told if failure["word"] in ACCOUNT_WIDE}
    changed = needs.hold(
        poll.environment,
        f"poll-{poll.reading}",
        [want for want in own if want.kind.removeprefix("poll-") not in ACCOUNT_WIDE],
        at,
    )
    return needs.hold(poll.environment, "account", wide.values(), at) or changed


def _wanted(poll: Poll, failure: dict[str, str]) -> needs.Wanted:
    wide = failure["word"] in ACCOUNT_WIDE
    return needs.Wanted(
        key=f"account-{failure['word']}" if wide else f"poll-{poll.reading}-{failure['word']}-{failure['operation']}",
        duty=Duty.I1 if wide else BLINDED[Poll.Reading(poll.reading)],
        kind=f"poll-{failure['word']}",
        urgency=Need.Urgency.SOON,
        facts={
            "reading": "" if wide else poll.reading,
            "operation": "" if wide else failure["operation"],
            "code": "" if wide else failure["code"],
        },
    )


def blind(
    environment: Environment, reading: str, failures: list[dict[str, str]], at: dt.datetime, **facts: str
) -> bool:
    """Say on the duty board that a duty cannot be judged, and why; what is known to need a hand goes on saying so.

    What was known of it before is kept beside the reason, and what is known now in `facts`.
    """
    duty = BLINDED[Poll.Reading(reading)]
    known = Need.objects.filter(environment=environment, duty=duty, settled_at=None)
    if known.exclude(kind__startswith="poll-").exists():
        return False
    before = DutyState.objects.filter(environment=environment, duty=duty).values_list("facts", flat=True).first()
    return needs.judge(
        environment,
        duty,
        DutyState.State.UNKNOWN,
        "blind",
        reading=reading,
        at=at,
        facts={**(before or {}), **facts, "word": failures[0]["word"], "operation": failures[0]["operation"]},
    )


def unblind(environment: Environment, reading: str) -> bool:
    """Take back that a duty could not be judged, where nothing else judges it yet."""
    duty = BLINDED[Poll.Reading(reading)]
    return bool(DutyState.objects.filter(environment=environment, duty=duty, kind="blind").delete()[0])
