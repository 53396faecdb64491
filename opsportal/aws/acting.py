"""Writing to a customer's account: minted for the approved calls alone, asked for once, never tried again."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from opsportal.aws import account as accounts
from opsportal.aws.account import Account, boto

# The shortest that AWS gives out; a step takes seconds.
SESSION_SECONDS = 900
# Connecting and waiting for an answer take no longer; a step without an answer after this time has none.
LONGEST_CALL_SECONDS = 25.0

# Members of an answer that may hold what nobody needs to keep.
_KEPT_CHARACTERS = 4000


@dataclass(frozen=True)
class Accepted:
    """AWS took a request: its id, which AWS support asks for, and the answer as plain JSON."""

    request_id: str
    answer: dict[str, Any]


@dataclass
class Hand:
    """A session of the act role that may do only what it was minted for."""

    account: Account
    _session: Any = field(repr=False)

    def once(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Accepted:
        """Send one request. Raises Unsettled when it may have happened, another AwsError when it surely did not."""
        began, error = time.monotonic(), None
        credentials = boto().in_hand.set(self._session.credentials)
        try:
            client = boto().client(service, self.account.region, writes=True)
            answer = getattr(client, boto().method(service, operation))(**parameters)
        except boto().RAISED as raised:
            error = boto().outcome(raised, service, operation)
            raise error from raised
        finally:
            boto().in_hand.reset(credentials)
            self.account.calls += 1
            self.account._note(service, operation, error, time.monotonic() - began)
        told = answer.pop("ResponseMetadata", {})
        return Accepted(told.get("RequestId", ""), _plain(answer))


def account_to_act(*, role_arn: str, external_id: str, region: str, account_id: str, for_whom: str) -> Account:
    """The door of the act role, not entered yet; `for_whom` stands in the customer's own trail (SourceIdentity)."""
    gate = accounts._gate_of(account_id, region)
    return Account(account_id, region, role_arn, external_id, for_whom, _gate=gate)


def take_hand(account: Account, operations: Iterable[str], resources: Iterable[str]) -> Hand:
    """A hand for these operations, as IAM spells them, on these resources (ARNs), in the account proven by AWS.

    `account.for_whom` names in the customer's own trail who approved. Nothing is kept for later. Raises AwsError.
    """
    statement = {"Effect": "Allow", "Action": sorted(set(operations)), "Resource": sorted(set(resources))}
    identity = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement, identity]}, separators=(",", ":"))
    return Hand(account, accounts._assume(account, DurationSeconds=SESSION_SECONDS, Policy=policy))


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(answer, default=str, ensure_ascii=False)
    return json.loads(text) if len(text) <= _KEPT_CHARACTERS else {}
