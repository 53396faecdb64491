"""How tests bring changes about: proposed by staff, answered by the customer's people, done by the act worker."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

from customers.models import Database, Server
from maintenance import approvals, changes
from maintenance.actions import ACTIONS
from maintenance.models import Change
from opsportal import business_time, work
from opsportal.aws import acting
from opsportal.aws.errors import Unsettled
from tests.killing import Killed


def target_of(world, name: str = "web-1") -> Server:
    """A server of the shop as it was last read."""
    return Server.objects.get(environment=world.shop_production, name=name)


def database_of(world) -> Database:
    """The shop's database as it was last read."""
    return Database.objects.get(environment=world.shop_production, name="shop-db")


def asked_of_aws(scenes, change: Change) -> list[dict]:
    """Every request that would change something, as the simulated AWS received it since the change was proposed."""
    rows = scenes.sandbox.simulation.journal.recent(change.environment.account_id)
    since = change.proposed_at.isoformat()
    return [row for row in rows if row["at"] >= since and row["caller"].find("OpsPortalAct") >= 0]


def proposed(world, kind: str = "stop-start", target=None, *, starts_at=None, by=None, **parameters) -> Change:
    """A change that staff put before the customer."""
    at = business_time.now()
    return changes.propose(
        environment=world.shop_production,
        action=ACTIONS[kind],
        target=target or target_of(world),
        parameters=parameters,
        starts_at=starts_at or at,
        reason="試験のため",
        at=at,
        by=by or world.operator,
    )


def answered(change: Change, user, word: str = "yes", **more) -> None:
    """What one of the customer's people says."""
    approvals.answer(
        approval=approvals.question_of(change), user=user, word=word, way="portal", at=business_time.now(), **more
    )
    change.refresh_from_db()


def let_run(change: Change, clock, *, until: set[str] | None = None, turns: int = 200) -> Change:
    """Move time on and let the act worker do its work until the change has ended, or is in one of some states."""
    for _ in range(turns):
        work.drain("advance-change")
        change.refresh_from_db()
        if change.state in (until or set()) or not change.is_open:
            return change
        clock.forward(seconds=10)
    raise AssertionError(
        f"still {change.state}: {change.failure} {list(change.steps.values_list('name', 'state', 'seen'))}"
    )


def lose_replies(monkeypatch, *, before: bool = False) -> None:
    """Let no answer of a write come back; with `before` the request does not even arrive."""
    once = acting.Hand.once

    def lost(hand, service, operation, parameters):
        if not before:
            once(hand, service, operation, parameters)
        raise Unsettled("the connection broke", operation=operation)

    monkeypatch.setattr(acting.Hand, "once", lost)


def die_at_the_call(monkeypatch, moment: str) -> None:
    """Let the worker die just before its request leaves, or just after it was taken."""
    once = acting.Hand.once

    def dying(hand, service, operation, parameters):
        if moment == "after":
            once(hand, service, operation, parameters)
        raise Killed

    monkeypatch.setattr(acting.Hand, "once", dying)


def killed(run: Callable[[], object]) -> None:
    """Run what ends in a death of the process, or happens to be over before."""
    with suppress(Killed):
        run()


def after_a_death(change: Change, clock, **options) -> Change:
    """Another worker takes over once the dead one's lease has run out."""
    Change.objects.filter(pk=change.pk, leased_until__isnull=False).update(
        leased_until=work.ClockTimestamp() - dt.timedelta(seconds=1)
    )
    return let_run(change, clock, **options)
