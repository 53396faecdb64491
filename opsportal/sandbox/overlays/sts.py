"""STS: AssumeRole as AWS decides it, by the role's trust policy and the external id."""

from fnmatch import fnmatchcase
from typing import Any

from moto.core.responses import ActionResult
from moto.sts.responses import TokenResponse

from opsportal.sandbox.overlays.answering import Answering, AwsError
from opsportal.sandbox.policies import as_list, find_role, parse_statements
from opsportal.sandbox.principals import Caller, RefusedError


class Sts(Answering, TokenResponse):
    """Gives out sessions; `caller` is who asks."""

    caller: Caller

    def assume_role(self) -> ActionResult:
        """A session of the role, if its trust policy names the caller and asks for the external id given."""
        parameters = self.call.parameters
        arn, name = parameters["RoleArn"], parameters["RoleSessionName"]
        account = arn.split(":")[4] if arn.count(":") >= 5 else ""
        role = find_role(account, arn.rsplit("/", 1)[-1]) if account.isdigit() else None
        if role is None or not self._lets_in(role):
            words = f"User: {self.caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
            raise RefusedError("denied", words)
        seconds = int(parameters.get("DurationSeconds") or 3600)
        longest = int(role.max_session_duration or 3600)
        if not 900 <= seconds <= longest:
            raise AwsError(
                "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
        credentials = self.simulation.principals.open_session(
            role, account, name, seconds, parameters.get("Policy", ""), parameters.get("SourceIdentity", "")
        )
        user = {
            "AssumedRoleId": f"{role.id}:{name}",
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role.name}/{name}",
        }
        return ActionResult({"Credentials": credentials, "AssumedRoleUser": user, "PackedPolicySize": 6})

    def get_caller_identity(self) -> ActionResult:
        """Who calls."""
        identity = {"UserId": self.caller.user_id, "Account": self.caller.account, "Arn": self.caller.arn}
        return ActionResult(identity)

    def _lets_in(self, role: Any) -> bool:
        """Whether the trust policy lets the caller in, and lets it say for whom where it does so."""
        known = {
            "sts:ExternalId": self.call.parameters.get("ExternalId"),
            "sts:SourceIdentity": self.call.parameters.get("SourceIdentity"),
        }
        actions = ["sts:AssumeRole", *(["sts:SetSourceIdentity"] if known["sts:SourceIdentity"] else [])]
        statements = parse_statements(role.assume_role_policy_document)
        return all(self._trusted(statements, action, known) for action in actions)

    def _trusted(self, statements: list[dict[str, Any]], action: str, known: dict[str, str | None]) -> bool:
        trusts = [statement["Effect"] for statement in statements if self._speaks_of(statement, action, known)]
        return "Allow" in trusts and "Deny" not in trusts

    def _speaks_of(self, statement: dict[str, Any], action: str, known: dict[str, str | None]) -> bool:
        if action not in as_list(statement.get("Action", [])):
            return False
        principal = statement.get("Principal") or {}
        named = as_list(principal if principal == "*" else principal.get("AWS", []))
        ours = {"*", self.caller.account, f"arn:aws:iam::{self.caller.account}:root", self.caller.arn}
        return bool(ours & set(named)) and _conditions_hold(statement.get("Condition", {}), known)


def _conditions_hold(conditions: dict[str, dict[str, Any]], known: dict[str, str | None]) -> bool:
    compare = {"StringEquals": str.__eq__, "StringLike": fnmatchcase}
    for operator, tests in conditions.items():
        for key, wanted in tests.items():
            value = known.get(key)
            # A condition that the sandbox cannot judge does not let anybody in.
            if operator not in compare or value is None:
                return False
            if not any(compare[operator](value, pattern) for pattern in as_list(wanted)):
                return False
    return True
