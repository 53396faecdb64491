"""Plays the customer who makes a CloudFormation stack: the roles of a template, made by hand in the account."""

import json
from collections.abc import Iterable
from typing import Any

from opsportal.sandbox.client import AwsRefusedError, SandboxClient, SandboxError


def apply_template(
    sandbox: SandboxClient,
    account: str,
    text: str,
    *,
    without: Iterable[str] = (),
    lets_in_anybody: bool = False,
) -> list[str]:
    """Make the template's roles, or make them anew; returns their ARNs.

    A careless customer leaves permissions out (`without`) or the conditions of the trust (`lets_in_anybody`).
    Raises SandboxError for a file that is no template.
    """
    try:
        document = json.loads(text)
        values = {name: row["Default"] for name, row in document["Parameters"].items()}
        roles = [row["Properties"] for row in document["Resources"].values() if row["Type"] == "AWS::IAM::Role"]
    except (ValueError, KeyError, TypeError) as error:
        raise SandboxError(f"this is not the portal's template with its values: {error!r}") from error
    values |= {"AWS::AccountId": account, "AWS::Partition": "aws"}
    left_out = set(without)
    return [_make(sandbox, account, _resolved(role, values), left_out, lets_in_anybody) for role in roles]


def _make(sandbox: SandboxClient, account: str, role: dict[str, Any], without: set[str], lets_in_anybody: bool) -> str:
    name, trust = role["RoleName"], role["AssumeRolePolicyDocument"]
    if lets_in_anybody:
        for statement in trust["Statement"]:
            statement.pop("Condition", None)
    document = json.dumps(trust)
    try:
        sandbox.by_hand(account, "CreateRole", RoleName=name, AssumeRolePolicyDocument=document)
    except AwsRefusedError as refused:
        if refused.code != "EntityAlreadyExists":
            raise
        sandbox.by_hand(account, "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=document)
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            statement["Action"] = [action for action in statement["Action"] if action not in without]
        document = json.dumps(policy["PolicyDocument"])
        sandbox.by_hand(
            account, "PutRolePolicy", RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document
        )
    return f"arn:aws:iam::{account}:role/{name}"


def _resolved(value: Any, values: dict[str, str]) -> Any:
    """The value with every Ref and Fn::Sub replaced, as CloudFormation does it."""
    if isinstance(value, list):
        return [_resolved(one, values) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return values[value["Ref"]]
    if set(value) == {"Fn::Sub"}:
        text = value["Fn::Sub"]
        for name, known in values.items():
            text = text.replace(f"${{{name}}}", known)
        return text
    return {name: _resolved(one, values) for name, one in value.items()}
