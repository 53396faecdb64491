"""Databases: pending maintenance and its window, statuses that take time, what the events tell."""

import datetime as dt
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import OTHER_ACCOUNT, Hand


def pending(hand: Hand) -> list[dict[str, Any]]:
    """The pending actions of the café's database."""
    rows = hand.assumed("rds", OTHER_ACCOUNT).describe_pending_maintenance_actions()["PendingMaintenanceActions"]
    return [action for row in rows for action in row["PendingMaintenanceActionDetails"]]


def database(hand: Hand) -> dict[str, Any]:
    """The café's database."""
    return hand.assumed("rds", OTHER_ACCOUNT).describe_db_instances()["DBInstances"][0]


@pytest.fixture
def waiting(hand: Hand) -> str:
    """A database with an update pending; its ARN."""
    hand.happen("rds-maintenance", "cafe", days=12)
    return database(hand)["DBInstanceArn"]


def opt_in(hand: Hand, arn: str, how: str) -> Any:
    """Answer the pending action."""
    return hand.assumed("rds", OTHER_ACCOUNT).apply_pending_maintenance_action(
        ResourceIdentifier=arn, ApplyAction="system-update", OptInType=how
    )


def test_action_has_its_dates(hand: Hand, waiting: str) -> None:
    action = pending(hand)[0]
    assert action["Action"] == "system-update"
    assert action["AutoAppliedAfterDate"] <= action["CurrentApplyDate"] < action["ForcedApplyDate"]
    assert (action["CurrentApplyDate"].weekday(), action["CurrentApplyDate"].hour) == (5, 19)
    assert "OptInStatus" not in action


def test_next_maintenance_is_applied_when_the_clock_reaches_the_window(hand: Hand, waiting: str) -> None:
    left = opt_in(hand, waiting, "next-maintenance")["ResourcePendingMaintenanceActions"]
    action = left["PendingMaintenanceActionDetails"][0]
    assert action["OptInStatus"] == "next-maintenance"
    window = action["CurrentApplyDate"]
    now = dt.datetime.fromisoformat(hand.control("status")["now"])
    assert dt.timedelta(0) < window - now <= dt.timedelta(days=7)
    hand.forward(seconds=(window - now).total_seconds() - 60)
    assert pending(hand)
    hand.forward(seconds=120)
    assert pending(hand) == []
    assert database(hand)["DBInstanceStatus"] == "maintenance"
    hand.forward(minutes=15)
    assert database(hand)["DBInstanceStatus"] == "available"
    events = hand.assumed("rds", OTHER_ACCOUNT).describe_events(Duration=60, EventCategories=["maintenance"])["Events"]
    assert [row["Message"] for row in events] == [
        "Applying system-update maintenance",
        "Finished applying system-update",
    ]


def test_immediate_is_applied_at_once(hand: Hand, waiting: str) -> None:
    left = opt_in(hand, waiting, "immediate")["ResourcePendingMaintenanceActions"]
    assert left.get("PendingMaintenanceActionDetails", []) == []
    assert database(hand)["DBInstanceStatus"] == "maintenance"
    hand.forward(minutes=15)


def test_undo_takes_it_out_of_the_window_again(hand: Hand, waiting: str) -> None:
    planned = pending(hand)[0]["CurrentApplyDate"]
    opt_in(hand, waiting, "next-maintenance")
    assert pending(hand)[0]["CurrentApplyDate"] < planned
    opt_in(hand, waiting, "undo-opt-in")
    action = pending(hand)[0]
    assert action["CurrentApplyDate"] == planned
    assert "OptInStatus" not in action


def test_unknown_action_is_refused(hand: Hand) -> None:
    rds = hand.assumed("rds", OTHER_ACCOUNT)
    with pytest.raises(rds.exceptions.ResourceNotFoundFault):
        opt_in(hand, database(hand)["DBInstanceArn"], "immediate")


def test_reboot_takes_time_and_is_told(hand: Hand) -> None:
    rds = hand.assumed("rds", OTHER_ACCOUNT)
    assert rds.reboot_db_instance(DBInstanceIdentifier="cafe-db")["DBInstance"]["DBInstanceStatus"] == "rebooting"
    with pytest.raises(ClientError, match="InvalidDBInstanceState"):
        rds.reboot_db_instance(DBInstanceIdentifier="cafe-db")
    hand.forward(minutes=1)
    assert database(hand)["DBInstanceStatus"] == "available"
    messages = [row["Message"] for row in rds.describe_events(Duration=10)["Events"]]
    assert "DB instance restarted" in messages


def test_support_dates_of_engines_are_told(hand: Hand) -> None:
    row = hand.assumed("rds").describe_db_major_engine_versions(Engine="mysql", MajorEngineVersion="8.0")
    lifecycles = row["DBMajorEngineVersions"][0]["SupportedEngineLifecycles"]
    ends = {life["LifecycleSupportName"]: life["LifecycleSupportEndDate"].date() for life in lifecycles}
    assert ends["open-source-rds-standard-support"] == dt.date(2026, 7, 31)
