"""The control: what can be made to happen, where, and what it says when it cannot."""

import pytest

from opsportal.sandbox.management.commands.sandbox import OPTIONS
from opsportal.sandbox.scenarios.registry import SCENARIOS
from tests.sandbox.conftest import Hand


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_scenario_alone_works_and_is_cleared(hand: Hand, name: str) -> None:
    before = hand.control("status")["under_way"]
    options = {"operation": "rds:DescribeDBSnapshots"} if name == "deny" else {}
    assert hand.control("apply", {"scenario": name, "options": options})["message"].startswith("試験書店 本番")
    shown = [row for row in hand.control("status")["under_way"] if row["scenario"] == name and not row["opening"]]
    assert shown
    assert all(row["customer"] == "shop" for row in shown)
    assert hand.control("clear", {"scenario": name, "customer": "shop"})["cleared"]
    assert hand.control("status")["under_way"] == before
    hand.forward(minutes=10)


def test_every_scenario_is_explained_in_both_languages(hand: Hand) -> None:
    english, japanese = hand.control("scenarios"), hand.control("scenarios", language="ja")
    assert [row["name"] for row in english] == [row["name"] for row in japanese] == list(SCENARIOS)
    for en, ja in zip(english, japanese, strict=True):
        assert en["says"].isascii()
        assert not ja["says"].isascii()


def test_command_knows_every_option() -> None:
    assert {option.name for scenario in SCENARIOS.values() for option in scenario.options} == set(OPTIONS)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"scenario": "no-such"}, "there is no scenario no-such"),
        ({"scenario": "alarm", "customer": "nobody"}, "choose one of shop, cafe"),
        ({"scenario": "alarm", "server": "web-1"}, "add --customer"),
        ({"scenario": "alarm", "server": "web-9"}, "there is no web-9"),
        ({"scenario": "alarm", "customer": "cafe", "environment": "staging"}, "there is no environment staging"),
        ({"scenario": "throttle", "server": "web-1"}, "leave --server out"),
        ({"scenario": "retire-instance", "options": {"days": "soon"}}, "--days 'soon' is not a int"),
        ({"scenario": "retire-instance", "options": {"days": -5}}, "--days is from 0 to 365"),
        ({"scenario": "reboot-event", "options": {"days": -1}}, "--days is from 0 to 365"),
        ({"scenario": "rds-maintenance", "options": {"days": 99999999}}, "--days is from 0 to 365"),
        ({"scenario": "miss-backup", "options": {"nights": 99}}, "--nights is from 1 to"),
        ({"scenario": "throttle", "options": {"times": -1}}, "--times is 0"),
        ({"scenario": "retire-instance", "options": {"rate": 1}}, "takes no --rate"),
        ({"scenario": "deny"}, "write it like rds:DescribeDBSnapshots"),
        ({"scenario": "deny", "options": {"operation": "rds:DescribeNothing"}}, "is no operation"),
        ({"scenario": "fill-disk", "options": {"percent": 140}}, "between 1 and 100"),
        ({"scenario": "rds-maintenance", "server": "web-1"}, "there is no web-1"),
    ],
)
def test_what_cannot_be_done_is_said(hand: Hand, body: dict, words: str) -> None:
    refusal = hand.control("apply", body)
    assert refusal["status"] == 400
    assert words in refusal["error"]
    assert not hand.control("apply", body, language="ja")["error"].isascii()


def test_same_event_twice_is_refused(hand: Hand) -> None:
    hand.happen("retire-instance", server="web-1")
    assert "already has such an event" in hand.happen("retire-instance", server="web-1")["error"]


def test_clear_leaves_what_the_world_began_with(hand: Hand) -> None:
    hand.happen("alarm")
    cleared = hand.control("clear", {})["cleared"]
    assert [row["scenario"] for row in cleared] == ["alarm"]
    assert [row["scenario"] for row in hand.control("status")["under_way"]] == ["miss-backup"]


@pytest.mark.parametrize("later", [{"days": 2}, {"days": 20}])
def test_clear_starts_the_server_that_a_retirement_stopped(hand: Hand, later: dict) -> None:
    hand.happen("retire-instance", server="web-1", days=0)
    assert state_of(hand, "web-1") == "running"
    hand.forward(**later)
    assert state_of(hand, "web-1") == "stopped"
    hand.control("clear", {"scenario": "retire-instance"})
    hand.forward(minutes=1)
    assert state_of(hand, "web-1") == "running"


def state_of(hand: Hand, server: str) -> str:
    """What the customer sees of a server in EC2."""
    named = [{"Name": "tag:Name", "Values": [server]}]
    found = hand.by_hand("ec2").describe_instances(Filters=named)["Reservations"][0]["Instances"]
    return found[0]["State"]["Name"]


def test_clock_never_goes_back(hand: Hand) -> None:
    assert hand.control("clock", {"forward_seconds": -60})["status"] == 400
    before = hand.control("status")["offset_seconds"]
    assert hand.control("clock", {"forward_seconds": 60})["offset_seconds"] == before + 60


def test_unknown_control_is_not_found(hand: Hand) -> None:
    assert hand.control("nonsense")["status"] == 404
    assert hand.control("ready") == {"ready": True, "customers": 2}
