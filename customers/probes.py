"""The site as a visitor from outside meets it, kept when it differs."""

import datetime as dt

from django.db import transaction

from customers import agreements, needs, polls, standings
from customers.models import Duty, Environment, Need, Poll, Standing, Visit
from customers.visits import NEVER_ASKED, PORTAL, Met, visit

# Where the need comes from that tells of the portal's own failures.
UNSEEN = "site-portal"


def probe(poll: Poll, at: dt.datetime) -> None:
    """Visit the site that is agreed by now and keep what differs from the last visit; safe to repeat or to tear."""
    environment = poll.environment
    agreements.begin_due(environment, at)
    if not environment.site_url:
        Poll.objects.filter(pk=poll.pk, lease=poll.lease).update(due_at=None)
        return
    met = visit(environment.site_url, environment.site_text)
    if not met.up:
        # One failure may be the network between; nobody is woken before a second visit met the same.
        met = visit(environment.site_url, environment.site_text)
    if met.reason == PORTAL:
        _failed(poll, at)
        return
    with transaction.atomic():
        standings.hold(environment)
        before = Visit.objects.filter(environment=environment).order_by("-at", "-pk").first()
        same = before is not None and (before.up, before.status, before.reason) == (met.up, met.status, met.reason)
        held = Poll.objects.filter(pk=poll.pk, lease=poll.lease)
        if not held.update(
            due_at=polls.next_due(poll.reading, at),
            started_at=at,
            succeeded_at=at,
            trusted_until=polls.trusted_until(poll.reading, at),
            changed_at=poll.changed_at if same else at,
            failing_since=None,
            failures_in_a_row=0,
            failures=[],
        ):
            return
        Standing.objects.filter(environment=environment).update(site_ms=met.milliseconds)
        if poll.failing_since:
            needs.hold(environment, UNSEEN, [], at)
        if not same or poll.failing_since:
            _keep(environment, met, at, same)


def _failed(poll: Poll, at: dt.datetime) -> None:
    """Say that the site goes unseen for a reason of the portal; what was last seen of it stays known, with its age."""
    environment, in_a_row = poll.environment, poll.failures_in_a_row + 1
    since = (poll.failing_since or at).isoformat()
    with transaction.atomic():
        standings.hold(environment)
        if not Poll.objects.filter(pk=poll.pk, lease=poll.lease).update(
            due_at=at + polls.backoff(in_a_row, polls.LONGEST_WAIT_FOR_OUTAGE),
            started_at=at,
            failing_since=poll.failing_since or at,
            failures_in_a_row=in_a_row,
            failures=[{"word": "visit-failed", "operation": "", "code": "", "message": "", "since": since}],
        ):
            return
        unseen = needs.Wanted("visit-failed", Duty.I3, "poll-visit-failed", Need.Urgency.NOW)
        if needs.hold(environment, UNSEEN, [unseen], at):
            needs.judge_response(environment, at)
            standings.refresh(environment, at)


def _keep(environment: Environment, met: Met, at: dt.datetime, same: bool) -> None:
    if not same:
        Visit.objects.create(environment=environment, at=at, **vars(met))
    needs.hold(environment, "site", [] if met.up else [_down(environment, met)], at)
    needs.judge_response(environment, at)
    standings.refresh(environment, at)


def _down(environment: Environment, met: Met) -> needs.Wanted:
    return needs.Wanted(
        key="site-down",
        duty=Duty.I3,
        kind="site-barred" if met.reason in NEVER_ASKED else "site-down",
        urgency=Need.Urgency.NOW,
        facts={"url": environment.site_url, "reason": met.reason, "status": met.status},
    )
