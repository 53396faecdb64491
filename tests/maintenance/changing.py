"""How tests bring changes about: proposed by staff, answered by the customer's people, done by the act worker."""

from customers.models import Server
from maintenance import approvals, changes
from maintenance.actions import ACTIONS
from maintenance.models import Change
from opsportal import business_time, work


def target_of(world, name: str = "web-1") -> Server:
    """A server of the shop as it was last read."""
    return Server.objects.get(environment=world.shop_production, name=name)


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
