"""Who makes a call: the portal's own account, an assumed role, or the customer's own hand."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from opsportal.sandbox.calls import ACCOUNT_HEADER, Call
from opsportal.sandbox.clock import SandboxClock
from opsportal.sandbox.policies import Verdict, find_role, judge, parse_statements, statements_of
from opsportal.sandbox.touching import resources_of
from opsportal.sandbox.world import PORTAL_ACCOUNT

PORTAL_KEY = "sandbox"
PORTAL_USER = f"arn:aws:iam::{PORTAL_ACCOUNT}:user/opsportal"


class RefusedError(Exception):
    """The caller may not; `kind` is a key of the wordings of errors."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = self.code = kind
        self.message = message


@dataclass(frozen=True)
class Caller:
    """Who calls, as GetCallerIdentity tells it; `role` is empty for whoever may do everything in the account."""

    account: str
    arn: str
    user_id: str
    role: str = ""
    session_policy: str = ""
    for_whom: str = ""
    issued_at: float = 0.0


class Principals:
    """Gives out session credentials and recognises them again, also after a restart: the token carries its facts."""

    def __init__(self, token_key: str, clock: SandboxClock) -> None:
        self._key = token_key.encode()
        self._clock = clock

    def open_session(
        self, role: Any, account: str, name: str, seconds: int, policy: str, for_whom: str = ""
    ) -> dict[str, Any]:
        """New credentials of a role, good for so many seconds of real time; `for_whom` is the SourceIdentity."""
        now = self._clock.real_now()
        ends = (now + dt.timedelta(seconds=seconds)).replace(microsecond=0)
        facts = {
            "a": account,
            "r": role.name,
            "i": role.id,
            "n": name,
            "b": now.timestamp(),
            "e": ends.timestamp(),
            "p": policy,
            "w": for_whom,
        }
        payload = base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")
        token = f"IQoJ{payload}.{self._seal(payload)}"
        access_key = self._access_key(token)
        secret = base64.b64encode(hmac.digest(self._key, access_key.encode(), "sha256")).decode()[:40]
        return {"AccessKeyId": access_key, "SecretAccessKey": secret, "SessionToken": token, "Expiration": ends}

    def recognise(self, call: Call) -> Caller:
        """The caller, or RefusedError in AWS's words."""
        by_hand = call.incoming.headers.get(ACCOUNT_HEADER)
        if by_hand:
            return Caller(by_hand, f"arn:aws:iam::{by_hand}:root", by_hand)
        if call.access_key == PORTAL_KEY:
            return Caller(PORTAL_ACCOUNT, PORTAL_USER, "AIDAOPSPORTALSANDBOX")
        facts = self._facts(call.token)
        if facts is None or self._access_key(call.token) != call.access_key:
            raise RefusedError("unknown-key", unknown_key(call))
        if facts["e"] <= self._clock.real_now().timestamp():
            raise session_ended(call)
        if find_role(facts["a"], facts["r"]) is None:
            raise RefusedError("unknown-key", unknown_key(call))
        return Caller(
            account=facts["a"],
            arn=f"arn:aws:sts::{facts['a']}:assumed-role/{facts['r']}/{facts['n']}",
            user_id=f"{facts['i']}:{facts['n']}",
            role=facts["r"],
            session_policy=facts["p"],
            for_whom=facts.get("w", ""),
            issued_at=facts["b"],
        )

    def _facts(self, token: str) -> dict[str, Any] | None:
        payload, _, seal = token.removeprefix("IQoJ").partition(".")
        if not payload or not hmac.compare_digest(self._seal(payload).encode(), seal.encode()):
            return None
        return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))

    def _seal(self, payload: str) -> str:
        return hmac.new(self._key, payload.encode(), hashlib.sha256).hexdigest()

    def _access_key(self, token: str) -> str:
        digest = hmac.digest(self._key, token.encode(), "sha256")
        return "ASIA" + base64.b32encode(digest).decode()[:16]


def authorize(call: Call, caller: Caller) -> None:
    """Let the call pass if the caller's role allows it, else RefusedError as the service words it."""
    if not caller.role or call.action == "sts:GetCallerIdentity":
        return
    role = find_role(caller.account, caller.role)
    for resource in resources_of(call):
        verdict = judge(statements_of(role), call.action, resource)
        if verdict is Verdict.ALLOWED and caller.session_policy:
            verdict = judge(parse_statements(caller.session_policy), call.action, resource)
        if verdict is not Verdict.ALLOWED:
            raise RefusedError("denied", denial(call, caller, verdict))


def denial(call: Call, caller: Caller, verdict: Verdict) -> str:
    """AWS's own sentence for a call that the policies do not let pass."""
    reason = verdict.value.format(action=call.action)
    if call.service == "ec2":
        return (
            f"You are not authorized to perform this operation. User: {caller.arn} is not authorized to perform: "
            f"{call.action} {reason}"
        )
    return (
        f"User: {caller.arn} is not authorized to perform: {call.action} on resource: {resources_of(call)[0]} {reason}"
    )


def unknown_key(call: Call) -> str:
    """AWS's own sentence for credentials that it does not know, or not in this region."""
    if call.service == "ec2":
        return "AWS was not able to validate the provided access credentials"
    return "The security token included in the request is invalid."


def session_ended(call: Call) -> RefusedError:
    """The refusal of a session that is over."""
    words = "Request has expired." if call.service == "ec2" else "The security token included in the request is expired"
    return RefusedError("expired", words)
