"""Who gets in: trust policies, external ids, sessions that end, policies that do not allow."""

import datetime as dt
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import ACCOUNT, EXTERNAL_ID, OTHER_ACCOUNT, ROLE, Hand


def refused(call: Any, **parameters: Any) -> tuple[str, int, str]:
    """Code, HTTP status and message of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


@pytest.mark.parametrize(
    ("role", "external_id"),
    [(ROLE, None), (ROLE, "another-id"), (ROLE.replace("OpsPortalRead", "nobody"), EXTERNAL_ID), ("x", EXTERNAL_ID)],
    ids=["external id absent", "external id wrong", "no such role", "no arn"],
)
def test_role_is_not_given_to_whoever_cannot_name_the_external_id(hand: Hand, role: str, external_id: Any) -> None:
    parameters = {"RoleArn": role.ljust(20, "x"), "RoleSessionName": "poll"}
    if external_id:
        parameters["ExternalId"] = external_id
    code, status, message = refused(hand.portal().assume_role, **parameters)
    assert (code, status) == ("AccessDenied", 403)
    assert message.startswith(
        "User: arn:aws:iam::123456789012:user/opsportal is not authorized to perform: sts:AssumeRole on resource: "
    )


def test_role_is_not_given_to_another_account(hand: Hand) -> None:
    stranger = hand.by_hand("sts", OTHER_ACCOUNT)
    code, _, _ = refused(stranger.assume_role, RoleArn=ROLE, RoleSessionName="poll", ExternalId=EXTERNAL_ID)
    assert code == "AccessDenied"


def test_session_says_who_it_is(hand: Hand) -> None:
    identity = hand.assumed("sts").get_caller_identity()
    assert identity["Account"] == ACCOUNT
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/OpsPortalRead/poll"
    assert hand.portal().get_caller_identity()["Account"] == "123456789012"


def test_longer_session_than_the_role_allows_is_refused(hand: Hand) -> None:
    code, _, message = refused(
        hand.portal().assume_role,
        RoleArn=ROLE,
        RoleSessionName="poll",
        ExternalId=EXTERNAL_ID,
        DurationSeconds=7200,
    )
    assert code == "ValidationError"
    assert "MaxSessionDuration" in message


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("rds", "describe_db_instances", "InvalidClientTokenId", 403),
        ("ec2", "describe_instances", "AuthFailure", 401),
        ("ssm", "describe_instance_information", "UnrecognizedClientException", 400),
    ],
)
def test_unknown_key_is_refused(hand: Hand, service: str, operation: str, code: str, status: int) -> None:
    client = hand.client(service, "ASIAQQQQQQQQQQQQQQQQ", "secret", "IQoJgarbage")
    assert refused(getattr(client, operation))[:2] == (code, status)


def test_session_ends_by_real_time(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    rds, ec2 = hand.assumed("rds"), hand.assumed("ec2")
    rds.describe_db_instances()
    hand.forward(hours=3)
    rds.describe_db_instances()
    late = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1, seconds=5)
    monkeypatch.setattr(hand.sandbox.simulation.clock, "real_now", lambda: late)
    assert refused(rds.describe_db_instances)[:2] == ("ExpiredToken", 403)
    assert refused(ec2.describe_instances)[:2] == ("RequestExpired", 400)


@pytest.mark.parametrize(
    ("service", "operation", "action", "code"),
    [
        ("rds", "describe_pending_maintenance_actions", "rds:DescribePendingMaintenanceActions", "AccessDenied"),
        ("ec2", "describe_instances", "ec2:DescribeInstances", "UnauthorizedOperation"),
        ("backup", "list_backup_jobs", "backup:ListBackupJobs", "AccessDeniedException"),
        ("cloudwatch", "describe_alarms", "cloudwatch:DescribeAlarms", "AccessDenied"),
        ("elbv2", "describe_load_balancers", "elasticloadbalancing:DescribeLoadBalancers", "AccessDenied"),
    ],
)
def test_action_that_the_role_does_not_allow_is_denied(
    hand: Hand, service: str, operation: str, action: str, code: str
) -> None:
    allowed = {"Effect": "Allow", "Action": ["ssm:*", "rds:DescribeDB*"], "Resource": "*"}
    with_policy(hand, [allowed])
    try:
        found, _, message = refused(getattr(hand.assumed(service), operation))
        assert found == code
        assert (
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/OpsPortalRead/poll is not authorized to perform: {action}"
            in message
        )
        assert f"because no identity-based policy allows the {action} action" in message
        assert hand.assumed("rds").describe_db_instances()["DBInstances"]
    finally:
        with_policy(hand, [{"Effect": "Allow", "Action": "*", "Resource": "*"}])


def test_deny_wins_over_allow(hand: Hand) -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    with_policy(hand, [everything, {"Effect": "Deny", "Action": "rds:*", "Resource": "*"}])
    try:
        _, _, message = refused(hand.assumed("rds").describe_db_instances)
        assert message.endswith("with an explicit deny in an identity-based policy")
    finally:
        with_policy(hand, [everything])


def test_session_policy_narrows_the_role(hand: Hand) -> None:
    narrow = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}'
    keys = hand.portal().assume_role(
        RoleArn=ROLE, RoleSessionName="act", ExternalId=EXTERNAL_ID, Policy=narrow, DurationSeconds=900
    )["Credentials"]
    given = (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    assert hand.client("ec2", *given).describe_instances()["Reservations"]
    assert refused(hand.client("rds", *given).describe_db_instances)[0] == "AccessDenied"
    assert dt.timedelta(seconds=880) < keys["Expiration"] - dt.datetime.now(dt.UTC) <= dt.timedelta(seconds=900)


def test_customers_own_hand_is_free_in_its_account(hand: Hand) -> None:
    assert hand.by_hand("ec2", OTHER_ACCOUNT).describe_instances()["Reservations"]


def test_accounts_see_only_their_own(hand: Hand) -> None:
    began = time.monotonic()
    mine = {row["DBInstanceIdentifier"] for row in hand.assumed("rds").describe_db_instances()["DBInstances"]}
    theirs = hand.assumed("rds", OTHER_ACCOUNT).describe_db_instances()["DBInstances"]
    assert mine == {"shop-db"}
    assert {row["DBInstanceIdentifier"] for row in theirs} == {"cafe-db"}
    assert hand.assumed("rds", region="us-east-1").describe_db_instances()["DBInstances"] == []
    assert time.monotonic() - began < 5


def with_policy(hand: Hand, statements: list[dict[str, Any]]) -> None:
    """Replace what the role allows."""
    import json

    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    hand.by_hand("iam").put_role_policy(RoleName="OpsPortalRead", PolicyName="read", PolicyDocument=document)
