"""The site as a visitor from outside meets it, kept when it differs."""

import datetime as dt

from django.db import transaction

from customers import agreements, needs, polls, standings
from customers.models import Duty, Environment, Need, Poll, Standing, Visit
from customers.visits import NEVER_ASKED, Met, visit


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
        ):
            return
        Standing.objects.filter(environment=environment).update(site_ms=met.milliseconds)
        if not same:
            _keep(environment, met, at)


def _keep(environment: Environment, met: Met, at: dt.datetime) -> None:
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
