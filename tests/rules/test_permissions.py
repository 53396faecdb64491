"""The permissions that a customer is asked for are exactly those that the gateway uses."""

import ast
from pathlib import Path

from customers.grants import SERVES
from opsportal.aws.errors import iam_name
from opsportal.aws.grants import SMALLEST
from opsportal.aws.permissions import CHANGES, READ, act_policy

GATEWAY = Path(__file__).resolve().parents[2] / "opsportal" / "aws"


def test_every_operation_called_is_listed_and_no_other():
    called = {
        iam_name(node.args[0].value, node.args[1].value)
        for path in GATEWAY.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("call", "pages")
        and len(node.args) > 1
        and all(isinstance(argument, ast.Constant) for argument in node.args[:2])
    }
    assert called == set(READ)
    assert list(READ) == sorted(READ)


def test_each_permission_can_be_tried_and_serves_a_duty():
    assert set(SMALLEST) == set(READ) == set(SERVES)
    assert all(SERVES.values())


def test_a_change_may_touch_only_kinds_of_things_whose_arns_are_known():
    policy = act_policy(lambda service, end: f"{service} {end}")
    allowed = {(action, row["Resource"]) for row in policy["Statement"] for action in row["Action"]}
    assert ("ec2:RebootInstances", "ec2 instance/*") in allowed
    assert ("rds:RebootDBInstance", "rds db:*") in allowed
    assert len(allowed) == sum(map(len, CHANGES.values()))
    assert list(CHANGES) == sorted(CHANGES)
