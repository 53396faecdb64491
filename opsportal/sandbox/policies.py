"""What a role's policies allow: Effect, Action with wildcards, Resource by pattern."""

import json
from collections.abc import Iterable, Iterator
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.models import Role, iam_backends


class Verdict(Enum):
    """What the policies say about one action on one resource."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "because no identity-based policy allows the {action} action"
    DENIED = "with an explicit deny in an identity-based policy"


def find_role(account: str, name: str) -> Role | None:
    """The role of that name in an account, if the customer has made one."""
    roles = iam_backends[account]["aws"].roles.values()
    return next((role for role in roles if role.name == name), None)


def judge(statements: Iterable[dict[str, Any]], action: str, resource: str) -> Verdict:
    """Whether the statements let the action happen on the resource; a Deny wins over every Allow."""
    verdict = Verdict.NOT_ALLOWED
    for statement in statements:
        if not _covers(statement, action, resource):
            continue
        if statement["Effect"] == "Deny":
            return Verdict.DENIED
        verdict = Verdict.ALLOWED
    return verdict


def statements_of(role: Role) -> Iterator[dict[str, Any]]:
    """Every statement of the role's own and attached policies."""
    for document in role.policies.values():
        yield from parse_statements(document)
    for policy in role.managed_policies.values():
        yield from parse_statements(policy.document)


def parse_statements(document: str | dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a policy document, which may hold a single one outside a list."""
    parsed = json.loads(document) if isinstance(document, str) else document
    return as_list(parsed["Statement"])


def as_list(value: Any) -> list[Any]:
    """The value as IAM reads it: one thing stands for a list of one."""
    return value if isinstance(value, list) else [value]


def _covers(statement: dict[str, Any], action: str, resource: str) -> bool:
    if "NotAction" in statement:
        acts = not _matches(statement["NotAction"], action)
    else:
        acts = _matches(statement.get("Action", []), action)
    return acts and _matches_resource(statement.get("Resource", "*"), resource)


def _matches(patterns: Any, action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in as_list(patterns))


def _matches_resource(patterns: Any, resource: str) -> bool:
    return any(pattern == "*" or fnmatchcase(resource, pattern) for pattern in as_list(patterns))
