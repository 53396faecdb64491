"""A change is done exactly as it was approved, once, and counts only when it is seen to work."""

from customers.models import LogbookEntry, Message
from maintenance.models import Change
from tests.maintenance.changing import answered, let_run, proposed

State = Change.State


def test_a_stop_and_start_runs_after_the_owners_yes_and_ends_verified(acting, clock):
    change = proposed(acting)
    assert change.state == State.PROPOSED
    assert Message.objects.filter(kind="change-approval", user=acting.owner).count() == 1
    answered(change, acting.owner)
    assert change.state == State.APPROVED
    let_run(change, clock)
    assert (change.state, change.failure) == (State.DONE, {})
    assert list(change.steps.values_list("operation", "state")) == [
        ("StopInstances", "done"),
        ("StartInstances", "done"),
    ]
    told = LogbookEntry.objects.filter(environment=acting.shop_production, verb__startswith="change-")
    assert [entry.verb for entry in told.order_by("pk")] == [
        "change-proposed", "change-answered", "change-approved", "change-started", "change-verifying", "change-done",
    ]  # fmt: skip
