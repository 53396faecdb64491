"""Instances: states that take time, events that stop and start settles, addresses that change."""

import datetime as dt
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import ACCOUNT, Hand


def state(hand: Hand, instance_id: str) -> dict[str, Any]:
    """The instance as DescribeInstances tells it."""
    return hand.assumed("ec2").describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]


def status(hand: Hand, instance_id: str) -> dict[str, Any]:
    """The instance as DescribeInstanceStatus tells it."""
    found = hand.assumed("ec2").describe_instance_status(InstanceIds=[instance_id], IncludeAllInstances=True)
    return found["InstanceStatuses"][0]


def test_stop_and_start_take_time_and_settle_a_retirement(hand: Hand) -> None:
    ec2, instance = hand.assumed("ec2"), hand.instance_id("web-1")
    hand.happen("retire-instance", server="web-1", days=9)
    event = status(hand, instance)["Events"][0]
    assert event["Code"] == "instance-retirement"
    assert event["NotBefore"].hour == 17
    assert "NotBeforeDeadline" not in event
    before = state(hand, instance)

    change = ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"][0]
    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == ("running", "stopping")
    assert state(hand, instance)["State"]["Name"] == "stopping"
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        ec2.start_instances(InstanceIds=[instance])
    hand.forward(seconds=41)
    stopped = state(hand, instance)
    assert stopped["State"]["Name"] == "stopped"
    assert stopped["StateTransitionReason"].startswith("User initiated (")
    assert stopped["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert "PublicIpAddress" not in stopped

    assert ec2.start_instances(InstanceIds=[instance])["StartingInstances"][0]["CurrentState"]["Name"] == "pending"
    hand.forward(seconds=31)
    running = state(hand, instance)
    assert running["State"]["Name"] == "running"
    assert running["PublicIpAddress"] != before["PublicIpAddress"]
    assert running["PrivateIpAddress"] == before["PrivateIpAddress"]
    assert running["LaunchTime"] > before["LaunchTime"]
    assert status(hand, instance)["InstanceStatus"]["Status"] == "initializing"
    hand.forward(seconds=80)
    good = status(hand, instance)
    assert good["InstanceStatus"]["Status"] == "ok"
    assert good["Events"][0]["Description"].startswith("[Completed] ")
    assert hand.control("status")["under_way"][-1]["detail"] == "instance-retirement completed"
    hand.forward(days=8)
    assert "Events" not in status(hand, instance)
    assert "retire-instance" not in {row["scenario"] for row in hand.control("status")["under_way"]}


def test_elastic_address_stays_over_stop_and_start(hand: Hand) -> None:
    ec2, instance = hand.assumed("ec2"), hand.instance_id("batch-1")
    before = state(hand, instance)["PublicIpAddress"]
    ec2.stop_instances(InstanceIds=[instance])
    hand.forward(minutes=1)
    ec2.start_instances(InstanceIds=[instance])
    hand.forward(minutes=1)
    assert state(hand, instance)["PublicIpAddress"] == before
    hand.forward(minutes=2)


def test_stopped_instance_is_left_out_unless_asked_for(hand: Hand) -> None:
    hand.happen("stop-instance", server="web-2")
    hand.forward(minutes=1)
    ec2, instance = hand.assumed("ec2"), hand.instance_id("web-2")
    shown = {row["InstanceId"] for row in ec2.describe_instance_status()["InstanceStatuses"]}
    assert instance not in shown
    assert status(hand, instance)["InstanceStatus"]["Status"] == "not-applicable"
    hand.control("clear", {"scenario": "stop-instance"})
    hand.forward(minutes=3)
    assert status(hand, instance)["InstanceStatus"]["Status"] == "ok"


def test_reboot_starts_the_checks_over_and_settles_an_instance_reboot(hand: Hand) -> None:
    instance = hand.instance_id("web-1")
    hand.happen("reboot-event", server="web-1", code="instance-reboot")
    hand.assumed("ec2").reboot_instances(InstanceIds=[instance])
    after = status(hand, instance)
    assert (after["InstanceState"]["Name"], after["SystemStatus"]["Status"]) == ("running", "initializing")
    assert after["Events"][0]["Description"].startswith("[Completed] ")
    hand.forward(minutes=3)
    assert status(hand, instance)["SystemStatus"]["Status"] == "ok"


def test_system_reboot_is_carried_out_when_nobody_does_anything(hand: Hand) -> None:
    instance = hand.instance_id("web-2")
    hand.happen("reboot-event", server="web-2", days=3)
    event = status(hand, instance)["Events"][0]
    assert event["NotBeforeDeadline"] - event["NotBefore"] == dt.timedelta(days=7)
    hand.forward(days=4)
    assert status(hand, instance)["Events"][0]["Description"] == "[Completed] scheduled reboot"


def test_retirement_stops_the_instance_on_its_day(hand: Hand) -> None:
    instance = hand.instance_id("web-1")
    hand.happen("retire-instance", server="web-1", days=2)
    hand.forward(days=3)
    retired = state(hand, instance)
    assert retired["State"]["Name"] == "stopped"
    assert retired["StateReason"]["Code"] == "Server.ScheduledStop"
    hand.assumed("ec2").start_instances(InstanceIds=[instance])
    hand.forward(minutes=3)


def test_impaired_server_fails_its_check_and_its_target(hand: Hand) -> None:
    instance = hand.instance_id("web-1")
    hand.happen("impair-instance", server="web-1")
    found = status(hand, instance)
    assert (found["InstanceStatus"]["Status"], found["SystemStatus"]["Status"]) == ("impaired", "ok")
    assert target_states(hand)[instance] == "unhealthy"


def test_target_health_follows_the_instance(hand: Hand) -> None:
    first, second = hand.instance_id("web-1"), hand.instance_id("web-2")
    assert target_states(hand)[first] == "healthy"
    hand.happen("stop-instance", server="web-1")
    assert target_states(hand)[first] == "unused"
    assert target_states(hand)[second] == "healthy"
    hand.control("clear", {})
    hand.forward(seconds=40)
    assert target_states(hand)[first] == "initial"
    hand.forward(minutes=3)
    assert target_states(hand)[first] == "healthy"


def test_dry_run_changes_nothing(hand: Hand) -> None:
    instance = hand.instance_id("web-1")
    with pytest.raises(ClientError, match="DryRunOperation"):
        hand.assumed("ec2").stop_instances(InstanceIds=[instance], DryRun=True)
    assert state(hand, instance)["State"]["Name"] == "running"


def test_unknown_instance_is_not_found(hand: Hand) -> None:
    with pytest.raises(ClientError, match=r"InvalidInstanceID\.NotFound"):
        hand.assumed("ec2").stop_instances(InstanceIds=["i-0123456789abcdef0"])


def test_managed_instance_loses_its_connection_with_the_server(hand: Hand) -> None:
    hand.happen("stop-instance", server="web-2")
    hand.forward(minutes=6)
    rows = hand.assumed("ssm").describe_instance_information()["InstanceInformationList"]
    pings = {row["InstanceId"]: row["PingStatus"] for row in rows}
    assert pings[hand.instance_id("web-2")] == "ConnectionLost"
    assert pings[hand.instance_id("web-1")] == "Online"


def test_changes_are_in_the_journal_and_reads_are_not(hand: Hand) -> None:
    instance = hand.instance_id("web-1")
    hand.assumed("ec2").describe_instances()
    hand.assumed("ec2").reboot_instances(InstanceIds=[instance])
    rows = hand.control(f"requests?account={ACCOUNT}")
    assert rows[-1]["action"] == "ec2:RebootInstances"
    assert rows[-1]["parameters"]["InstanceIds"] == [instance]
    assert rows[-1]["caller"].endswith("assumed-role/OpsPortalRead/poll")
    assert rows[-1]["outcome"] == "ok"
    assert not any("Describe" in row["action"] for row in rows)
    with pytest.raises(ClientError):
        hand.assumed("ec2").start_instances(InstanceIds=["i-0123456789abcdef0"])
    assert hand.control(f"requests?account={ACCOUNT}")[-1]["outcome"] != "ok"


def target_states(hand: Hand) -> dict[str, str]:
    """The health of each target of the one target group."""
    elb = hand.assumed("elbv2")
    group = elb.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    rows = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return {row["Target"]["Id"]: row["TargetHealth"]["State"] for row in rows}
