"""Every kind of change, from its proposal to its verified end, and with a reply that never came."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from maintenance.actions import ACTIONS
from maintenance.models import Change
from opsportal.aws import permissions
from opsportal.aws.acting import account_to_act, take_hand
from opsportal.aws.errors import Denied
from tests.maintenance.changing import (
    answered,
    asked_of_aws,
    database_of,
    let_run,
    lose_replies,
    proposed,
    target_of,
)

State = Change.State


@dataclass
class Kind:
    """How one kind of change is tried: what it is done to, with which parameters, what AWS must be told.

    `prepared(world, scenes)` makes what it needs happen; `found_again` is whether a lost reply can be looked up.
    """

    name: str
    asks: list[str]
    target: Callable[[Any], Any] = target_of
    given: Callable[[Any], dict[str, Any]] = field(default=lambda world: {})
    prepared: Callable[[Any, Any], None] = field(default=lambda world, scenes: None)
    found_again: bool = True

    def __str__(self) -> str:
        return self.name


KINDS = [
    Kind("reboot-instance", ["ec2:RebootInstances"]),
    Kind("reboot-database", ["rds:RebootDBInstance"], database_of),
]


def _begun(kind: Kind, world, scenes) -> Change:
    kind.prepared(world, scenes)
    change = proposed(world, kind.name, kind.target(world), **kind.given(world))
    if change.state == State.PROPOSED:
        answered(change, world.owner)
    return change


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_change_ends_verified_after_just_the_calls_shown(acting, scenes, clock, kind):
    change = let_run(_begun(kind, acting, scenes), clock)
    assert (change.state, change.failure) == (State.DONE, {})
    asked = asked_of_aws(scenes, change)
    assert [row["action"] for row in asked] == kind.asks
    assert [row["outcome"] for row in asked] == ["ok"] * len(kind.asks)
    assert {row["for_whom"] for row in asked} != {""}


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_reply_that_never_came_is_looked_up_and_never_asked_again(acting, scenes, clock, monkeypatch, kind):
    lose_replies(monkeypatch)
    change = _begun(kind, acting, scenes)
    let_run(change, clock, until=set() if kind.found_again else {State.UNSETTLED})
    assert change.state == (State.DONE if kind.found_again else State.UNSETTLED)
    assert [row["action"] for row in asked_of_aws(scenes, change)] == kind.asks


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_request_that_never_arrived_is_put_before_a_person_and_not_repeated(acting, scenes, clock, monkeypatch, kind):
    lose_replies(monkeypatch, before=True)
    change = _begun(kind, acting, scenes)
    let_run(change, clock, until={State.UNSETTLED})
    assert change.failure["word"] in ("unclear", "not-begun")
    clock.forward(minutes=20)
    let_run(change, clock, until={State.UNSETTLED})
    assert asked_of_aws(scenes, change) == []


def test_every_kind_is_tried():
    elsewhere = {"stop-start", "resize-instance", "take-database-backup"}
    assert {kind.name for kind in KINDS} | elsewhere == set(ACTIONS)


def test_a_hand_for_one_call_on_one_server_is_refused_everything_else(acting, scenes):
    environment, other = acting.shop_production, target_of(acting, "web-2")
    account = account_to_act(
        role_arn=environment.act_role_arn, external_id=str(environment.external_id), region=environment.region,
        account_id=environment.account_id, for_whom="owner-1",
    )  # fmt: skip
    server = target_of(acting).aws_id
    touched = permissions.touched_by(
        "ec2:RebootInstances", "reboot-instance", {"InstanceIds": [server]}, environment.region, environment.account_id
    )
    hand = take_hand(account, ["ec2:RebootInstances"], touched)
    for operation, parameters in (
        ("RebootInstances", {"InstanceIds": [other.aws_id]}),
        ("RebootInstances", {"InstanceIds": [server, other.aws_id]}),
        ("StopInstances", {"InstanceIds": [server]}),
    ):
        with pytest.raises(Denied):
            hand.once("ec2", operation, parameters)
    with pytest.raises(Denied):
        hand.once("rds", "RebootDBInstance", {"DBInstanceIdentifier": database_of(acting).aws_id})
    hand.once("ec2", "RebootInstances", {"InstanceIds": [server]})
    told = scenes.sandbox.simulation.journal.recent(environment.account_id)[-1]
    assert (told["action"], told["outcome"], told["for_whom"]) == ("ec2:RebootInstances", "ok", "owner-1")
