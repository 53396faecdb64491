"""How fresh each reading is, and what happens when one fails."""

import datetime as dt
import hashlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from customers import needs, standings
from customers.environments import open_aws
from customers.models import Duty, DutyState, Environment, Need, Poll
from opsportal.aws.account import Account
from opsportal.aws.errors import AwsError, Denied, Refused, Throttled, Unreachable

# How old each reading may grow before it is made again.
FRESHNESS = {
    reading: dt.timedelta(seconds=settings.FRESHNESS_SECONDS[reading.name.lower()]) for reading in Poll.Reading
}
# A failing reading is tried less and less often, but never more rarely than this.
LONGEST_WAIT = dt.timedelta(minutes=15)
# An outage is not asked often by the gateway anyway, and must be over on the screen soon after it is over at AWS.
LONGEST_WAIT_FOR_OUTAGE = dt.timedelta(minutes=2)
JITTER = 0.1

# Which duty loses its eyes when a reading fails.
BLINDED = {
    Poll.Reading.STATUS: Duty.N1,
    Poll.Reading.ALARMS: Duty.I1,
    Poll.Reading.INVENTORY: Duty.N2,
    Poll.Reading.BACKUPS: Duty.N5,
    Poll.Reading.LIFECYCLES: Duty.N4,
}


@dataclass
class Look:
    """One reading under way: the open account, and what was denied so far."""

    environment: Environment
    account: Account
    at: dt.datetime
    failures: list[dict[str, str]] = field(default_factory=list)

    def part(self, read: Callable[..., Any], *arguments: Any) -> Any:
        """What `read(account, …)` answers, or None when just this part is denied; the other parts go on.

        Whatever concerns the whole account (throttling, outage, a torn list) still raises AwsError.
        """
        try:
            return read(self.account, *arguments)
        except (Denied, Refused) as error:
            self.failures.append(error.facts())
            return None


@dataclass(frozen=True)
class Reader:
    """How one kind of reading is made: `gather` asks AWS, `store` keeps what differs, `judge` says what it means.

    `judge` hears which parts were denied, and returns when time alone will change its verdict, or None.
    """

    gather: Callable[[Look], dict[str, Any]]
    store: Callable[[Environment, dict[str, Any], dt.datetime], None]
    judge: Callable[[Environment, list[dict[str, str]], dt.datetime], dt.datetime | None]


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

    Torn before the transaction, nothing is stored and the reading is made again when the lease has run out; torn after
    it, the same answer is read again and changes nothing. A reading whose lease ran out on the way is thrown away.
    """
    look: Look | None = None
    try:
        account = open_aws(poll.environment)
        look = Look(poll.environment, account, at)
        seen = reader.gather(look)
    except AwsError as error:
        _failed(poll, error, look, at)
        return
    _succeeded(poll, look, seen, reader, at)


def _succeeded(poll: Poll, look: Look, seen: dict[str, Any], reader: Reader, at: dt.datetime) -> None:
    digest = hashlib.sha256(repr((seen, look.failures)).encode()).digest()
    same = digest == bytes(poll.digest) and not poll.failures_in_a_row
    still = same and not (poll.judge_at and poll.judge_at <= at)
    values = {
        "due_at": next_due(poll.reading, at),
        "started_at": at,
        "succeeded_at": at,
        "failures_in_a_row": 0,
        "calls": F("calls") + look.account.calls,
        "metrics_requested": F("metrics_requested") + look.account.metrics_requested,
    }
    if still:
        Poll.objects.filter(pk=poll.pk, lease=poll.lease).update(**values)
        return
    with transaction.atomic():
        if not Poll.objects.select_for_update().filter(pk=poll.pk, lease=poll.lease).exists():
            return
        if not same:
            reader.store(poll.environment, seen, at)
        Poll.objects.filter(pk=poll.pk).update(
            **values,
            digest=digest,
            changed_at=poll.changed_at if same else at,
            failing_since=(poll.failing_since or at) if look.failures else None,
            failures=_since(poll, look.failures, at),
        )
        _hold_failures(poll, look.failures, at)
        Poll.objects.filter(pk=poll.pk).update(judge_at=reader.judge(poll.environment, look.failures, at))
        standings.refresh(poll.environment, at)


def _failed(poll: Poll, error: AwsError, look: Look | None, at: dt.datetime) -> None:
    """Keep why the whole reading failed, and wait longer each time; what was known stays known, with its age."""
    failures = [error.facts()]
    in_a_row = poll.failures_in_a_row + 1
    # Throttled or unreachable once is the weather; whatever lasts, and whatever a person must mend, is news at once.
    news = in_a_row == (3 if isinstance(error, Throttled | Unreachable) else 1) or (
        in_a_row > 1 and [old["word"] for old in poll.failures] != [error.word]
    )
    with transaction.atomic():
        updated = Poll.objects.filter(pk=poll.pk, lease=poll.lease).update(
            due_at=at + backoff(in_a_row, LONGEST_WAIT_FOR_OUTAGE if isinstance(error, Unreachable) else LONGEST_WAIT),
            started_at=at,
            failing_since=poll.failing_since or at,
            failures_in_a_row=in_a_row,
            failures=_since(poll, failures, at),
            calls=F("calls") + (look.account.calls if look else 2),
        )
        if updated and news:
            _hold_failures(poll, failures, at)
            blind(poll.environment, poll.reading, failures, at)
            standings.refresh(poll.environment, at)


def next_due(reading: str, at: dt.datetime) -> dt.datetime:
    """When the reading is to be made again; spread, so that a thousand environments do not ask in the same second."""
    return at + FRESHNESS[reading] * random.uniform(1 - JITTER, 1)


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


def _hold_failures(poll: Poll, failures: list[dict[str, str]], at: dt.datetime) -> None:
    needs.hold(
        poll.environment,
        f"poll-{poll.reading}",
        [
            needs.Wanted(
                key=f"poll-{poll.reading}-{failure['word']}-{failure['operation']}",
                duty=BLINDED[Poll.Reading(poll.reading)],
                kind=f"poll-{failure['word']}",
                urgency=Need.Urgency.SOON,
                facts={"reading": poll.reading, "operation": failure["operation"], "code": failure["code"]},
            )
            for failure in failures
        ],
        at,
    )


def blind(environment: Environment, reading: str, failures: list[dict[str, str]], at: dt.datetime) -> None:
    """Say on the duty board that a duty cannot be judged, and why."""
    needs.judge(
        environment,
        BLINDED[Poll.Reading(reading)],
        DutyState.State.UNKNOWN,
        "blind",
        reading=reading,
        at=at,
        facts={"word": failures[0]["word"], "operation": failures[0]["operation"]},
    )


def unblind(environment: Environment, reading: str) -> None:
    """Take back that a duty could not be judged, where nothing else judges it yet."""
    DutyState.objects.filter(environment=environment, duty=BLINDED[Poll.Reading(reading)], kind="blind").delete()
