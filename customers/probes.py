"""The site as a visitor from outside meets it."""

import datetime as dt
import time
from dataclasses import dataclass

import httpx
from django.db import transaction

from customers import needs, polls, standings
from customers.models import Duty, DutyState, Environment, Need, Poll, Standing, Visit

SECONDS = 10.0
READ_AT_MOST = 512 * 1024


@dataclass(frozen=True)
class Met:
    """What a visitor met. `reason` is "", "no-answer", "timeout", "status", "text" or "address"."""

    up: bool
    status: int | None
    milliseconds: int | None
    reason: str


def visit(url: str, text: str) -> Met:
    """Ask for a page as a browser would; up means an answer below 400 that holds the expected text."""
    began = time.monotonic()
    try:
        with httpx.stream(
            "GET", url, timeout=SECONDS, follow_redirects=True, headers={"User-Agent": "opsportal-probe"}
        ) as answer:
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > READ_AT_MOST or time.monotonic() - began > SECONDS:
                    break
    except httpx.TimeoutException:
        return Met(False, None, None, "timeout")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects):
        return Met(False, None, None, "address")
    except httpx.TransportError:
        return Met(False, None, None, "no-answer")
    milliseconds = round(1000 * (time.monotonic() - began))
    if answer.status_code >= 400:
        return Met(False, answer.status_code, milliseconds, "status")
    if text and text not in body.decode(answer.encoding or "utf-8", errors="replace"):
        return Met(False, answer.status_code, milliseconds, "text")
    return Met(True, answer.status_code, milliseconds, "")


def probe(poll: Poll, at: dt.datetime) -> None:
    """Visit an environment's site and keep what differs from the last visit; safe to repeat, torn it is made again."""
    environment = poll.environment
    met = visit(environment.site_url, environment.site_text)
    before = Visit.objects.filter(environment=environment).order_by("-at").first()
    same = before is not None and (before.up, before.status, before.reason) == (met.up, met.status, met.reason)
    with transaction.atomic():
        held = Poll.objects.filter(pk=poll.pk, lease=poll.lease)
        if not held.update(
            due_at=polls.next_due(poll.reading, at),
            started_at=at,
            succeeded_at=at,
            changed_at=poll.changed_at if same else at,
        ):
            return
        Standing.objects.filter(environment=environment).update(site_ms=met.milliseconds)
        if same:
            return
        Visit.objects.create(
            environment=environment,
            at=at,
            up=met.up,
            status=met.status,
            milliseconds=met.milliseconds,
            reason=met.reason,
        )
        needs.hold(environment, "site", [] if met.up else [_down(environment, met)], at)
        needs.judge(
            environment,
            Duty.I3,
            DutyState.State.OK if met.up else DutyState.State.ACT,
            "site-up" if met.up else "site-down",
            reading=poll.reading,
            at=at,
            facts={"reason": met.reason, "status": met.status},
        )
        standings.refresh(environment, at)


def _down(environment: Environment, met: Met) -> needs.Wanted:
    return needs.Wanted(
        key="site-down",
        duty=Duty.I3,
        kind="site-down",
        urgency=Need.Urgency.NOW,
        facts={"url": environment.site_url, "reason": met.reason, "status": met.status},
    )
