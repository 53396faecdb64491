"""A change is done exactly as it was approved, once, and counts only when it is seen to work."""

import datetime as dt

import pytest
from django.db import connection

from customers.models import LogbookEntry, Message, Server
from maintenance import approvals, changes, execution, freezes
from maintenance.approvals import NotNow
from maintenance.models import Approval, Change
from opsportal import business_time, work
from tests.customers.agreeing import signed
from tests.killing import KillAt, deaths_of
from tests.maintenance.changing import (
    after_a_death,
    answered,
    asked_of_aws,
    database_of,
    die_at_the_call,
    killed,
    let_run,
    lose_replies,
    proposed,
    target_of,
)
from tests.world import let_act

State = Change.State


def test_a_stop_and_start_runs_after_the_owners_yes_and_ends_verified(acting, clock):
    change = proposed(acting)
    assert change.state == State.PROPOSED
    assert Message.objects.filter(kind="change-approval", user=acting.owner).count() == 1
    answered(change, acting.owner)
    assert change.state == State.APPROVED
    let_run(change, clock)
    assert (change.state, change.failure) == (State.DONE, {})
    steps = list(change.steps.values_list("operation", "state"))
    assert steps == [("StopInstances", "done"), ("StartInstances", "done")]
    told = LogbookEntry.objects.filter(environment=acting.shop_production, verb__startswith="change-")
    assert [entry.verb for entry in told.order_by("pk")] == [
        "change-proposed", "change-answered", "change-approved", "change-started", "change-verifying", "change-done",
    ]  # fmt: skip


def test_aws_sees_who_approved_and_only_the_calls_that_were_shown(acting, scenes, clock):
    change = proposed(acting)
    answered(change, acting.owner)
    let_run(change, clock)
    asked = asked_of_aws(scenes, change)
    assert [row["action"] for row in asked] == [f"ec2:{step['operation']}" for step in change.plan["steps"]]
    assert [row["parameters"] for row in asked] == [step["parameters"] for step in change.plan["steps"]]


def test_a_server_gets_another_type_and_keeps_it(acting, clock):
    change = proposed(acting, "resize-instance", instance_type="t3.large")
    answered(change, acting.owner)
    let_run(change, clock)
    assert change.state == State.DONE
    assert list(change.steps.values_list("name", flat=True)) == ["stop", "change-type", "start"]


def test_a_snapshot_needs_no_yes_by_the_standard_agreement(acting, scenes, clock):
    signed(acting)
    change = proposed(acting, "take-database-backup", database_of(acting))
    assert (change.state, change.approvals.count()) == (State.APPROVED, 0)
    let_run(change, clock)
    assert change.state == State.DONE
    assert len(asked_of_aws(scenes, change)) == 1


def test_a_no_ends_it_and_nothing_is_asked_of_aws(acting, scenes, clock):
    change = proposed(acting)
    answered(change, acting.owner, "no")
    assert change.state == State.DECLINED
    clock.forward(hours=1)
    work.drain("advance-change")
    assert asked_of_aws(scenes, change) == []


def test_later_moves_it_and_asks_again_about_the_new_time(acting):
    change = proposed(acting)
    later = business_time.now() + dt.timedelta(days=2)
    first = approvals.question_of(change)
    answered(change, acting.owner, "later", later_at=later)
    assert (change.state, change.starts_at) == (State.PROPOSED, later)
    first.refresh_from_db()
    assert first.state == Approval.State.VOID
    assert approvals.question_of(change).digest == change.digest != first.digest
    with pytest.raises(NotNow, match="decided"):
        approvals.answer(approval=first, user=acting.owner, word="yes", way="link", at=business_time.now())


def test_silence_is_no_yes(acting, scenes, clock):
    change = proposed(acting)
    clock.forward(minutes=31)
    work.drain("lapse-approval")
    work.drain("advance-change")
    change.refresh_from_db()
    assert change.state == State.LAPSED
    with pytest.raises(NotNow, match="lapsed"):
        answered(change, acting.owner)
    assert asked_of_aws(scenes, change) == []


def test_a_yes_is_void_when_aws_is_no_longer_as_it_was_shown(acting, scenes, clock):
    starts = business_time.now() + dt.timedelta(minutes=20)
    change = proposed(acting, starts_at=starts)
    answered(change, acting.owner)
    first = change.digest
    Change.objects.filter(pk=change.pk).update(based_on={**change.based_on, "instance_type": "m5.large"})
    change.refresh_from_db()
    Change.objects.filter(pk=change.pk).update(digest=changes.digest_of(change))
    Approval.objects.filter(change=change).update(digest=changes.digest_of(change))
    let_run(change, clock, until={State.PROPOSED})
    assert change.failure == {"word": "state-differs"}
    assert change.digest == first
    assert asked_of_aws(scenes, change) == []
    answered(change, acting.owner)
    assert let_run(change, clock).state == State.DONE


def test_a_plan_that_somebody_changed_behind_the_yes_is_not_done(acting, scenes, clock):
    change = proposed(acting)
    answered(change, acting.owner)
    plan = {**change.plan, "steps": [{**change.plan["steps"][0], "parameters": {"InstanceIds": ["i-0other"]}}]}
    Change.objects.filter(pk=change.pk).update(plan=plan)
    work.drain("advance-change")
    change.refresh_from_db()
    assert (change.state, change.failure) == (State.PROPOSED, {"word": "yes-void"})
    assert asked_of_aws(scenes, change) == []


def test_a_yes_of_somebody_who_left_does_not_count(acting, scenes, clock):
    change = proposed(acting, starts_at=business_time.now() + dt.timedelta(minutes=5))
    answered(change, acting.owner)
    type(acting.owner).objects.filter(pk=acting.owner.pk).update(is_active=False)
    clock.forward(minutes=6)
    work.drain("advance-change")
    change.refresh_from_db()
    assert change.state == State.PROPOSED
    assert asked_of_aws(scenes, change) == []


def test_a_yes_can_be_taken_back_until_it_begins(acting, scenes, clock):
    change = proposed(acting, starts_at=business_time.now() + dt.timedelta(minutes=5))
    answered(change, acting.owner)
    assert approvals.withdraw(change=change, user=acting.owner, at=business_time.now())
    clock.forward(minutes=6)
    work.drain("advance-change")
    change.refresh_from_db()
    assert change.state == State.DECLINED
    assert asked_of_aws(scenes, change) == []


@pytest.mark.parametrize("who", ["developer", "viewer", "stranger", "operator"])
def test_only_whom_the_agreement_names_can_answer(acting, who):
    change = proposed(acting)
    with pytest.raises(NotNow, match="not-you"):
        answered(change, getattr(acting, who))
    change.refresh_from_db()
    assert change.state == State.PROPOSED


def test_where_a_second_factor_is_agreed_a_bare_yes_does_not_count(acting):
    signed(acting, approvals=_rule("server-restart", second_factor=True))
    change = proposed(acting)
    with pytest.raises(NotNow, match="unproven"):
        answered(change, acting.owner)
    answered(change, acting.owner, proven=True)
    assert change.state == State.APPROVED


def test_where_two_are_agreed_one_yes_is_not_enough(acting, clock):
    signed(acting, approvals=_rule("server-restart", two_persons=True))
    change = proposed(acting)
    answered(change, acting.owner)
    assert change.state == State.PROPOSED
    answered(change, acting.approver)
    assert change.state == State.APPROVED


def _rule(action_class: str, **values: bool) -> dict:
    return {action_class: {"role": "approver", "second_factor": False, "two_persons": False, **values}}


def test_nothing_begins_while_it_is_frozen(acting, scenes, clock):
    change = proposed(acting)
    answered(change, acting.owner)
    freeze = freezes.freeze(customer=None, reason="障害調査", at=business_time.now(), by=acting.admin)
    work.drain("advance-change")
    change.refresh_from_db()
    assert (change.state, change.failure) == (State.APPROVED, {"word": "frozen"})
    assert asked_of_aws(scenes, change) == []
    freezes.lift(freeze=freeze, at=business_time.now(), by=acting.admin)
    clock.forward(seconds=30)
    assert let_run(change, clock).state == State.DONE


def test_two_changes_of_one_server_take_turns(acting, scenes, clock):
    first, second = proposed(acting), proposed(acting, "resize-instance", instance_type="m5.large")
    for change in (first, second):
        answered(change, acting.owner)
    work.drain("advance-change")
    states = sorted(Change.objects.values_list("state", flat=True))
    assert states == [State.APPROVED, State.RUNNING]
    waiting = Change.objects.get(state=State.APPROVED)
    assert waiting.failure == {"word": "target-busy"}


def test_called_off_before_its_time_nothing_happens(acting, scenes, clock):
    change = proposed(acting, starts_at=business_time.now() + dt.timedelta(minutes=5))
    answered(change, acting.owner)
    assert changes.cancel(change=change, at=business_time.now(), by=acting.operator)
    clock.forward(minutes=6)
    work.drain("advance-change")
    change.refresh_from_db()
    assert change.state == State.CANCELLED
    assert asked_of_aws(scenes, change) == []


def test_too_late_is_not_begun_at_all(acting, scenes, clock):
    change = proposed(acting)
    answered(change, acting.owner)
    clock.forward(hours=2)
    work.drain("advance-change")
    change.refresh_from_db()
    assert (change.state, change.failure) == (State.LAPSED, {"word": "missed-its-time"})
    assert asked_of_aws(scenes, change) == []


def test_while_the_role_lets_nobody_in_it_waits_says_so_and_gives_up(acting, scenes, clock):
    let_act(scenes, acting.shop_production, external_id="changed-by-the-customer")
    change = proposed(acting)
    answered(change, acting.owner)
    work.drain("advance-change")
    change.refresh_from_db()
    assert (change.state, change.failure["word"]) == (State.RUNNING, "no-entry")
    let_run(change, clock)
    assert (change.state, change.failure["word"]) == (State.FAILED, "no-entry")
    assert asked_of_aws(scenes, change) == []


def test_a_call_that_aws_refuses_ends_it_and_is_not_repeated(acting, scenes, clock):
    scenes.apply("deny", operation="ec2:StopInstances")
    change = proposed(acting)
    answered(change, acting.owner)
    let_run(change, clock)
    assert (change.state, change.failure["operation"]) == (State.FAILED, "ec2:StopInstances")
    assert len(asked_of_aws(scenes, change)) == 1


def test_the_old_type_is_put_back_when_the_new_one_does_not_start(acting, scenes, clock):
    scenes.apply("deny", operation="ec2:StartInstances")
    before = target_of(acting).instance_type
    change = proposed(acting, "resize-instance", instance_type="m5.xlarge")
    answered(change, acting.owner)
    let_run(change, clock)
    assert change.state == State.FAILED
    back = change.steps.filter(undo=True).order_by("number")
    assert [step.state for step in back] == ["done", "failed"]
    assert back[0].parameters["InstanceType"]["Value"] == before


def test_a_stopped_server_is_not_stopped_and_started(acting):
    Server.objects.filter(pk=target_of(acting).pk).update(state="stopped")
    with pytest.raises(changes.Refusal, match="not-running"):
        proposed(acting)
    assert not Change.objects.exists()


def test_without_a_role_to_act_nothing_is_proposed(acting):
    acting.shop_production.act_role_arn = ""
    acting.shop_production.save()
    with pytest.raises(changes.Refusal, match="no-act-role"):
        proposed(acting)


def test_what_is_lost_is_told_by_what_the_server_has(acting):
    server = target_of(acting)
    Server.objects.filter(pk=server.pk).update(public_address="203.0.113.9")
    assert "public-address" in proposed(acting).plan["lost"]


def test_a_reply_that_never_came_is_looked_up_and_nothing_is_called_twice(acting, scenes, clock, monkeypatch):
    lose_replies(monkeypatch)
    change = proposed(acting)
    answered(change, acting.owner)
    let_run(change, clock)
    assert change.state == State.DONE
    assert [row["action"] for row in asked_of_aws(scenes, change)] == ["ec2:StopInstances", "ec2:StartInstances"]


def test_a_call_that_never_left_is_handed_to_a_person(acting, scenes, clock, monkeypatch):
    lose_replies(monkeypatch, before=True)
    change = proposed(acting)
    answered(change, acting.owner)
    let_run(change, clock, until={State.UNSETTLED})
    assert change.failure == {"word": "not-begun", "step": "stop"}
    assert asked_of_aws(scenes, change) == []


def test_a_worker_that_dies_at_any_moment_of_a_change_leaves_it_right(acting, scenes, clock, monkeypatch):
    """A snapshot, with kill -9 before each kind of statement that follows a write: done, with one request; or, where it
    died between marking and calling, with none, and a person is asked.
    """
    signed(acting)
    monkeypatch.setattr(execution, "QUIET", dt.timedelta(0))
    deaths, ends = _statements_of_one(acting, clock), []
    assert len(deaths) > 10
    for number in deaths:
        change = proposed(acting, "take-database-backup", database_of(acting))
        with connection.execute_wrapper(KillAt(number)):
            killed(lambda change=change: let_run(change, clock))
        after_a_death(change, clock, until={State.UNSETTLED})
        ended = change.state, len(asked_of_aws(scenes, change))
        assert ended in {(State.DONE, 1), (State.UNSETTLED, 0)}, f"killed at statement {number}"
        ends.append(ended)
        Change.objects.filter(state=State.UNSETTLED).update(state=State.FAILED, due_at=None)
    assert ends.count((State.DONE, 1)) > len(ends) - 3


@pytest.mark.parametrize(("moment", "ends"), [("before", State.UNSETTLED), ("after", State.DONE)])
def test_a_worker_that_dies_at_the_call_itself_never_has_it_called_again(
    acting, scenes, clock, monkeypatch, moment, ends
):
    signed(acting)
    monkeypatch.setattr(execution, "QUIET", dt.timedelta(0))
    change = proposed(acting, "take-database-backup", database_of(acting))
    with monkeypatch.context() as dying:
        die_at_the_call(dying, moment)
        killed(lambda: let_run(change, clock))
    after_a_death(change, clock, until={State.UNSETTLED})
    assert change.state == ends
    assert len(asked_of_aws(scenes, change)) == (1 if moment == "after" else 0)


def _statements_of_one(acting, clock) -> list[int]:
    change = proposed(acting, "take-database-backup", database_of(acting))
    return deaths_of(lambda: let_run(change, clock), each_kind_once=True)
