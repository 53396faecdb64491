"""Trouble on the way to AWS, as boto3 sees it; operations that the sandbox lacks."""

import time
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.sandbox.conftest import ACCOUNT, EXTERNAL_ID, OTHER_ACCOUNT, ROLE, Hand

PATIENT = Config(retries={"total_max_attempts": 4, "mode": "standard"})
READS = {
    "ec2": "describe_instances",
    "rds": "describe_db_instances",
    "cloudwatch": "describe_alarms",
    "elbv2": "describe_load_balancers",
    "backup": "list_backup_jobs",
    "ssm": "describe_instance_information",
}


def read(hand: Hand, service: str, account: str = ACCOUNT, **parameters: Any) -> Any:
    """One read of a service."""
    return getattr(hand.assumed(service, account), READS[service])(**parameters)


def code_of(hand: Hand, service: str) -> tuple[str, int]:
    """Error code and HTTP status of a read."""
    with pytest.raises(ClientError) as caught:
        read(hand, service)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("service", "code", "status"),
    [
        ("ec2", "RequestLimitExceeded", 503),
        ("rds", "Throttling", 400),
        ("elbv2", "Throttling", 400),
        ("cloudwatch", "Throttling", 400),
        ("backup", "ThrottlingException", 400),
        ("ssm", "ThrottlingException", 400),
    ],
)
def test_throttled(hand: Hand, service: str, code: str, status: int) -> None:
    hand.happen("throttle")
    assert code_of(hand, service) == (code, status)
    read(hand, service, OTHER_ACCOUNT)
    hand.control("clear", {"scenario": "throttle", "customer": "shop"})
    read(hand, service)


def test_throttled_a_number_of_times_is_overcome_by_retries(hand: Hand) -> None:
    hand.happen("throttle", times=2, operation="ec2:DescribeInstances")
    reply = hand.assumed("ec2", config=PATIENT).describe_instances()
    assert reply["ResponseMetadata"]["RetryAttempts"] == 2
    hand.assumed("ec2").describe_volumes()


def test_assuming_the_role_is_throttled_too(hand: Hand) -> None:
    hand.happen("throttle", operation="sts:AssumeRole")
    with pytest.raises(ClientError, match="Throttling"):
        hand.portal().assume_role(RoleArn=ROLE, RoleSessionName="poll", ExternalId=EXTERNAL_ID)


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("rds", "rds:DescribeDBInstances", "AccessDenied"),
        ("ec2", "ec2:describeinstances", "UnauthorizedOperation"),
        ("backup", "backup:ListBackupJobs", "AccessDeniedException"),
    ],
)
def test_denied_operation(hand: Hand, service: str, operation: str, code: str) -> None:
    assert "denied" in hand.happen("deny", operation=operation)["message"]
    assert code_of(hand, service)[0] == code
    hand.assumed("ec2").describe_volumes()


def test_slow_answer_runs_into_the_timeout_and_holds_nobody_else_up(hand: Hand) -> None:
    hand.happen("slow", seconds=2)
    impatient = Config(retries={"total_max_attempts": 1}, read_timeout=0.5)
    began = time.monotonic()
    with pytest.raises(ReadTimeoutError):
        hand.assumed("rds", config=impatient).describe_db_instances()
    read(hand, "rds", OTHER_ACCOUNT)
    assert time.monotonic() - began < 1.9


def test_region_that_is_down_closes_connections_but_sts_answers(hand: Hand) -> None:
    hand.happen("region-down")
    with pytest.raises(ConnectionClosedError):
        read(hand, "ec2")
    assert hand.assumed("sts").get_caller_identity()["Account"] == ACCOUNT
    assert hand.assumed("rds", region="us-east-1").describe_db_instances()["DBInstances"] == []
    read(hand, "ec2", OTHER_ACCOUNT)


def test_region_that_is_unavailable(hand: Hand) -> None:
    hand.happen("region-down", how="unavailable")
    assert code_of(hand, "rds") == ("ServiceUnavailable", 503)
    assert code_of(hand, "ec2") == ("Unavailable", 503)


def test_region_that_is_switched_off(hand: Hand) -> None:
    hand.happen("region-down", how="off")
    assert code_of(hand, "rds") == ("InvalidClientTokenId", 403)
    assert code_of(hand, "ec2") == ("AuthFailure", 401)
    assert hand.assumed("sts").get_caller_identity()["Account"] == ACCOUNT


def test_mixed_up_account_ends_sessions_and_answers_as_another(hand: Hand) -> None:
    old = hand.assumed("rds")
    hand.happen("wrong-account")
    with pytest.raises(ClientError, match="ExpiredToken"):
        old.describe_db_instances()
    keys = hand.portal().assume_role(RoleArn=ROLE, RoleSessionName="poll", ExternalId=EXTERNAL_ID)["Credentials"]
    given = (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    assert hand.client("sts", *given).get_caller_identity()["Account"] == "999900001111"
    assert hand.client("rds", *given).describe_db_instances()["DBInstances"] == []
    hand.control("clear", {})
    assert old.describe_db_instances()["DBInstances"]


def test_second_page_fails(hand: Hand) -> None:
    hand.happen("break-page")
    ec2 = hand.assumed("ec2")
    assert len(ec2.describe_instances()["Reservations"]) == 1
    with pytest.raises(ClientError, match="InternalError"):
        ec2.get_paginator("describe_instances").paginate().build_full_result()
    assert len(hand.assumed("ec2", OTHER_ACCOUNT).describe_security_groups()["SecurityGroups"]) > 1


@pytest.mark.parametrize(
    ("service", "code"),
    [("ec2", "RequestExpired"), ("rds", "SignatureDoesNotMatch"), ("ssm", "InvalidSignatureException")],
)
def test_skewed_clock(hand: Hand, service: str, code: str) -> None:
    hand.happen("skew")
    assert code_of(hand, service)[0] == code


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action"),
    [
        ("ec2", "describe_reserved_instances", {}, "ec2:DescribeReservedInstances"),
        ("rds", "describe_db_recommendations", {}, "rds:DescribeDBRecommendations"),
        ("cloudwatch", "describe_alarm_history", {}, "cloudwatch:DescribeAlarmHistory"),
        ("ssm", "describe_patch_groups", {}, "ssm:DescribePatchGroups"),
        ("backup", "list_protected_resources", {}, "backup:ListProtectedResources"),
        ("guardduty", "list_detectors", {}, "guardduty:ListDetectors"),
        ("health", "describe_events", {}, "health:DescribeEvents"),
        ("wafv2", "list_web_acls", {"Scope": "REGIONAL"}, "wafv2:ListWebACLs"),
        ("cloudtrail", "lookup_events", {}, "cloudtrail:LookupEvents"),
        ("sns", "list_topics", {}, "sns:ListTopics"),
    ],
)
def test_operation_that_is_missing_says_so_and_is_not_retried(
    hand: Hand, service: str, operation: str, parameters: dict[str, Any], action: str
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(hand.assumed(service, config=PATIENT), operation)(**parameters)
    response = caught.value.response
    assert response["Error"] == {"Code": "NotSimulated", "Message": f"{action} is not simulated"} | {
        key: value for key, value in response["Error"].items() if key not in ("Code", "Message")
    }
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["ResponseMetadata"]["RetryAttempts"] == 0


def test_request_without_a_signature_is_turned_away(hand: Hand) -> None:
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(hand.sandbox.url + "/", data=b"Action=DescribeInstances", timeout=5)
