"""What a connection test found, ready for a page."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import grants, words
from customers.models import ConnectionTest, Duty, Onboarding
from opsportal.aws.permissions import READ

CHECKS: dict[str, str | Promise] = {
    "entry": _("The portal can enter with the right ExternalId"),
    "account": _("It leads into the promised AWS account"),
    "missing": _("Nobody enters without an ExternalId"),
    "wrong": _("Nobody enters with a wrong ExternalId"),
    "nameless": _("Nobody enters without saying for whom"),
    "region": _("The region is switched on"),
}
_OF_ROLE = {
    ConnectionTest.Role.READ: ("entry", "account", "missing", "wrong", "region"),
    ConnectionTest.Role.ACT: ("entry", "account", "missing", "wrong", "nameless"),
}


@dataclass(frozen=True)
class Line:
    """One check or permission: ok, act, watch (lacking, but not needed by the plan), unknown (not yet looked at)."""

    name: str
    label: str | Promise
    state: str
    word: str | Promise
    trouble: words.Said | None
    message: str
    duties: list[Duty]


@dataclass(frozen=True)
class Found:
    """What is known of one role."""

    test: ConnectionTest
    sign: str
    needed: bool
    checks: list[Line]
    permissions: list[Line]

    @property
    def granted(self) -> int:
        """How many permissions were granted."""
        return sum(line.state == "ok" for line in self.permissions)


def version(tests: dict[str, ConnectionTest]) -> str:
    """Another whenever something more is known."""
    return ".".join(f"{test.wanted_at:%H%M%S}{test.state}{len(str(test.found))}" for test in tests.values()) or "none"


def settled(tests: dict[str, ConnectionTest]) -> bool:
    """Whether every test has come to its end."""
    return all(test.state != ConnectionTest.State.WAITING for test in tests.values())


def wanted(onboarding: Onboarding) -> list[dict[str, Any]]:
    """Every permission that the template grants for reading, and the duties of the plan that need it."""
    return [{"name": name, "duties": grants.duties_served(name, onboarding.plan)} for name in READ]


def of(onboarding: Onboarding, tests: dict[str, ConnectionTest]) -> list[Found]:
    """What is known of the read role and of the act role."""
    return [_of_role(onboarding, tests[role]) for role in ConnectionTest.Role if role in tests]


def _of_role(onboarding: Onboarding, test: ConnectionTest) -> Found:
    reads = test.role == ConnectionTest.Role.READ
    waits = test.state == ConnectionTest.State.WAITING
    needed = reads or grants.needs_to_act(onboarding.plan)
    checks = [_check(name, test.found, waits, needed) for name in _OF_ROLE[ConnectionTest.Role(test.role)]]
    told = test.found.get("permissions", {})
    permissions = [_permission(name, told, waits, onboarding) for name in READ] if reads else []
    failed = "act" if needed else "watch"
    sign = {ConnectionTest.State.PASSED: "ok", ConnectionTest.State.FAILED: failed}.get(test.state, "unknown")
    return Found(test, sign, needed, checks, permissions)


def _check(name: str, found: dict[str, Any], waits: bool, needed: bool) -> Line:
    return _line(name, CHECKS[name], found.get(name), waits, "act" if needed else "watch", [])


def _permission(name: str, told: dict[str, Any], waits: bool, onboarding: Onboarding) -> Line:
    duties = grants.duties_served(name, onboarding.plan)
    return _line(name, name, told.get(name), waits, "act" if duties else "watch", duties)


def _line(
    name: str, label: str | Promise, facts: dict[str, Any] | None, waits: bool, bad: str, duties: list[Duty]
) -> Line:
    if facts is None:
        return Line(name, label, "unknown", _("Being looked at") if waits else _("Not looked at"), None, "", duties)
    if not facts:
        return Line(name, label, "ok", _("Granted") if name in READ else _("Yes"), None, "", duties)
    word = (_("Missing") if facts["word"] == "denied" else _("Not known")) if name in READ else _("No")
    return Line(name, label, bad, word, words.failure_said(facts), facts.get("message", ""), duties)
