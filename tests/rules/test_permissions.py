"""The permissions that a customer is asked for are exactly those that the gateway uses."""

import ast
import inspect
from pathlib import Path

from customers.grants import SERVES
from maintenance.actions import ACTIONS
from maintenance.actions.shape import Action
from opsportal.aws.errors import iam_name
from opsportal.aws.grants import SMALLEST
from opsportal.aws.permissions import ARNS, CHANGES, READ

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


def test_each_kind_of_change_may_do_what_it_calls_and_nothing_else():
    called = {kind: _writes(action) for kind, action in ACTIONS.items()}
    assert called == {kind: set(operations) for kind, operations in CHANGES.items()}
    assert list(CHANGES) == sorted(CHANGES)
    touched = {thing for operations in CHANGES.values() for things in operations.values() for thing in things}
    assert touched == set(ARNS)


def _writes(action: Action) -> set[str]:
    """What the module of a kind of change calls, as IAM spells it."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(action.plan)))
    return {
        iam_name(node.args[1].value, node.args[2].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Call"
    }
