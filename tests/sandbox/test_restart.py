"""A restarted sandbox is the same world: same ids, same events, same states, roles and sessions."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from opsportal.sandbox.loopback import PortBusyError
from opsportal.sandbox.running import start_sandbox
from tests.sandbox.conftest import WORLD, Hand


def everything(hand: Hand) -> dict[str, Any]:
    """What an account looks like, by ids."""
    ec2, rds, elb = (hand.by_hand(service) for service in ("ec2", "rds", "elbv2"))
    instances = [row["Instances"][0] for row in ec2.describe_instances()["Reservations"]]
    return {
        "instances": [(row["InstanceId"], row["PrivateIpAddress"], row.get("PublicIpAddress")) for row in instances],
        "volumes": sorted(row["VolumeId"] for row in ec2.describe_volumes()["Volumes"]),
        "snapshots": [row["SnapshotId"] for row in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]],
        "groups": sorted(row["GroupId"] for row in ec2.describe_security_groups()["SecurityGroups"]),
        "rules": sorted(r["SecurityGroupRuleId"] for r in ec2.describe_security_group_rules()["SecurityGroupRules"]),
        "addresses": [(row["AllocationId"], row["PublicIp"]) for row in ec2.describe_addresses()["Addresses"]],
        "databases": [
            (r["DbiResourceId"], r["InstanceCreateTime"]) for r in rds.describe_db_instances()["DBInstances"]
        ],
        "balancers": [row["LoadBalancerArn"] for row in elb.describe_load_balancers()["LoadBalancers"]],
        "targets": [row["TargetGroupArn"] for row in elb.describe_target_groups()["TargetGroups"]],
    }


def test_ids_are_the_same_after_a_restart(restart: Callable[[], Hand]) -> None:
    assert everything(restart()) == everything(restart())


def test_what_happened_is_still_so(restart: Callable[[], Hand]) -> None:
    hand = restart()
    hand.make_role()
    hand.happen("retire-instance", server="web-2")
    hand.assumed("ec2").stop_instances(InstanceIds=[hand.instance_id("web-1")])
    hand.forward(minutes=2)
    hand.happen("rds-maintenance")
    before = hand.control("status")
    keys = hand._credentials

    again = restart()
    again._credentials = keys
    after = again.control("status")
    assert after["under_way"] == before["under_way"]
    assert after["offset_seconds"] == before["offset_seconds"]
    rows = again.assumed("ec2").describe_instance_status(IncludeAllInstances=True)["InstanceStatuses"]
    states = {row["InstanceId"]: row["InstanceState"]["Name"] for row in rows}
    assert states[again.instance_id("web-1")] == "stopped"
    assert again.control("requests")[-1]["action"] == "ec2:StopInstances"


def test_openings_happen_once_in_the_life_of_a_world(restart: Callable[[], Hand]) -> None:
    hand = restart()
    assert [row["scenario"] for row in hand.control("status")["under_way"]] == ["miss-backup"]
    hand.control("clear", {"scenario": "miss-backup"})
    assert restart().control("status")["under_way"] == []


def test_role_that_the_customer_deletes_is_gone(restart: Callable[[], Hand]) -> None:
    hand = restart()
    hand.make_role()
    rds = hand.assumed("rds")
    iam = hand.by_hand("iam")
    iam.delete_role_policy(RoleName="OpsPortalRead", PolicyName="read")
    with pytest.raises(ClientError, match="AccessDenied"):
        rds.describe_db_instances()
    iam.delete_role(RoleName="OpsPortalRead")
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        rds.describe_db_instances()
    with pytest.raises(ClientError, match="AccessDenied"):
        Hand(restart().sandbox).assumed("rds")


def test_busy_port_is_refused_in_words(restart: Callable[[], Hand]) -> None:
    hand = restart()
    port = int(hand.sandbox.url.rsplit(":", 1)[-1])
    hand.sandbox.stop()
    import socket

    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortBusyError, match=f"port {port}"):
        start_sandbox(world=WORLD, port=port)


def test_one_process_holds_one_sandbox(restart: Callable[[], Hand]) -> None:
    restart()
    with pytest.raises(RuntimeError, match="already runs"):
        start_sandbox(world=WORLD)
