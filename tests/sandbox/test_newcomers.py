"""Fresh accounts, and the customer who applies the portal's template in one."""

import json

import pytest
from botocore.exceptions import ClientError

from opsportal.aws.template import Roles, template
from opsportal.sandbox.client import SandboxClient, SandboxError
from opsportal.sandbox.principals import PORTAL_USER
from opsportal.sandbox.stacks import apply_template

ID = "11111111-2222-3333-4444-555555555555"
ROLES = Roles(ID, "ap-northeast-1", PORTAL_USER, PORTAL_USER, "OpsPortalRead-new", "OpsPortalAct-new")


def enter(hand, arn: str, **given):
    return hand.portal().assume_role(RoleArn=arn, RoleSessionName="try", **given)["Credentials"]


def test_a_new_account_runs_servers_and_is_there_again_after_a_restart(restart):
    hand = restart()
    made = hand.control("new-account", {})
    assert {"web-1", "web-2", "staging-1"} == set(made["servers"]) and made["databases"]
    again = restart()
    assert made["servers"] == next(
        row["servers"] for row in again.control("world") if row["account"] == made["account"]
    )
    assert again.control("new-account", {})["account"] != made["account"]


def test_the_roles_of_the_template_let_in_the_portal_and_nobody_else(hand, sandbox):
    account = hand.control("new-account", {})["account"]
    read, act = apply_template(SandboxClient(sandbox.url), account, template(ROLES))
    assert enter(hand, read, ExternalId=ID)
    for given in ({}, {"ExternalId": "wrong"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            enter(hand, read, **given)
    assert enter(hand, act, ExternalId=ID, SourceIdentity="approver")
    for given in ({"ExternalId": ID}, {"SourceIdentity": "approver"}, {}):
        with pytest.raises(ClientError, match="AccessDenied"):
            enter(hand, act, **given)


def test_a_careless_customer_lets_in_anybody_or_grants_too_little(hand, sandbox):
    account = hand.control("new-account", {})["account"]
    client = SandboxClient(sandbox.url)
    read, _act = apply_template(client, account, template(ROLES), lets_in_anybody=True)
    assert enter(hand, read)
    apply_template(client, account, template(ROLES), without=["ec2:DescribeVolumes"])
    keys = enter(hand, read, ExternalId=ID)
    reader = hand.client("ec2", keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    assert reader.describe_instances()["Reservations"]
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        reader.describe_volumes()


@pytest.mark.parametrize("text", ["", "{}", "[]", json.dumps({"Parameters": {"A": {}}, "Resources": {}})])
def test_a_file_that_is_no_template_is_told(sandbox, text):
    with pytest.raises(SandboxError, match="not the portal's template"):
        apply_template(SandboxClient(sandbox.url), "111122223333", text)
