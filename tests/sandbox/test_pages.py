"""Pages are real: no more rows than asked for, every row once, no row lost."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import Hand

LISTS = [
    ("ec2", "describe_instances", "Reservations", 5, {}),
    ("ec2", "describe_instance_status", "InstanceStatuses", 5, {}),
    ("ec2", "describe_volumes", "Volumes", 5, {}),
    ("ec2", "describe_snapshots", "Snapshots", 5, {"OwnerIds": ["self"]}),
    ("ec2", "describe_images", "Images", 5, {"Owners": ["self"]}),
    ("ec2", "describe_security_groups", "SecurityGroups", 5, {}),
    ("ec2", "describe_security_group_rules", "SecurityGroupRules", 5, {}),
    ("rds", "describe_db_snapshots", "DBSnapshots", 20, {}),
    ("rds", "describe_events", "Events", 20, {"Duration": 20160}),
    ("rds", "describe_db_instances", "DBInstances", 20, {}),
    ("elbv2", "describe_load_balancers", "LoadBalancers", 1, {}),
    ("cloudwatch", "describe_alarms", "MetricAlarms", 3, {}),
    ("cloudwatch", "list_metrics", "Metrics", None, {}),
    ("backup", "list_backup_jobs", "BackupJobs", 7, {}),
    ("backup", "list_recovery_points_by_backup_vault", "RecoveryPoints", 4, {"BackupVaultName": "Default"}),
    ("ssm", "describe_instance_information", "InstanceInformationList", 5, {}),
]


@pytest.mark.parametrize(("service", "operation", "key", "size", "parameters"), LISTS)
def test_pages_hold_every_row_once(
    hand: Hand, service: str, operation: str, key: str, size: int | None, parameters: dict[str, Any]
) -> None:
    client = hand.assumed(service)
    whole = getattr(client, operation)(**parameters)[key]
    paging = {"PageSize": size} if size else {}
    pages = list(client.get_paginator(operation).paginate(**parameters, PaginationConfig=paging))
    rows = [row for page in pages for row in page[key]]
    assert [_identity(row) for row in rows] == [_identity(row) for row in whole]
    if size:
        assert all(len(page[key]) <= size for page in pages)
        assert len(pages) == -(-len(whole) // size)


def _identity(row: dict[str, Any]) -> str:
    # What an alarm says of its datapoints moves on with every minute.
    return row.get("AlarmName") or str(row)


def test_forged_token_is_refused(hand: Hand) -> None:
    with pytest.raises(ClientError, match="pagination token"):
        hand.assumed("ec2").describe_volumes(NextToken="forged", MaxResults=5)


def test_page_size_below_the_least_is_refused(hand: Hand) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        hand.assumed("ec2").describe_volumes(MaxResults=2)
