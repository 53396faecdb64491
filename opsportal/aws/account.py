"""One customer's AWS account and region, entered by AssumeRole.

The web tier imports this module with the domain and never calls it: boto3 is loaded with the first call.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings

from opsportal.aws import outage
from opsportal.aws.errors import AwsError, Expired, Incomplete, Skewed, Unreachable, WrongAccount, iam_name

logger = logging.getLogger(__name__)

SESSION_SECONDS = 3600
# Sessions are dropped while they are still good, so that no call is signed with one that ends on its way.
RENEW_BEFORE = dt.timedelta(minutes=15)
PAGES_AT_MOST = 500


@cache
def boto() -> ModuleType:
    """What makes the calls; loaded by whoever makes the first one."""
    return import_module("opsportal.aws.boto")


@dataclass(frozen=True)
class _Session:
    credentials: Any = field(repr=False)
    ends_at: dt.datetime


@dataclass
class Account:
    """An open door into one account and region. Counts its calls, so that their cost can be told."""

    account_id: str
    region: str
    role_arn: str
    external_id: str = field(repr=False)
    for_whom: str = ""
    calls: int = 0
    metrics_requested: int = 0
    _gate: threading.BoundedSemaphore = field(repr=False, default=None)  # type: ignore[assignment]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer of one read operation, for example call("ec2", "DescribeAddresses"). Raises AwsError.

        Reads may be tried twice, so anything else is refused here.
        """
        if not operation.startswith(("Describe", "List", "Get")):
            raise ValueError(f"{operation} is no read operation")
        return self._ask(
            service, operation, lambda client: getattr(client, boto().method(service, operation))(**parameters)
        )

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> list[Any]:
        """All items under `key` of every page of a list operation. Raises AwsError; never returns a part of a list."""

        def whole_list(client: Any) -> list[Any]:
            items: list[Any] = []
            pages = boto().paginator(client, boto().method(service, operation)).paginate(**parameters)
            for number, page in enumerate(pages, 1):
                if number > PAGES_AT_MOST:
                    raise Incomplete("the list does not end", operation=iam_name(service, operation))
                if number > 1:
                    self.calls += 1
                items.extend(page.get(key) or ())
            return items

        return self._ask(service, operation, whole_list)

    def _ask(self, service: str, operation: str, request: Callable[[Any], Any]) -> Any:
        """What the request answers; one whose session ended early is made again under a fresh one."""
        try:
            with self._asking(service, operation) as client:
                return request(client)
        except (Expired, Skewed):
            # EC2 says "request expired" of an ended session and of a wrong clock alike: the second answer tells.
            with self._asking(service, operation) as client:
                return request(client)

    @contextmanager
    def _asking(self, service: str, operation: str) -> Iterator[Any]:
        """Credentials in hand, calls bounded, botocore's errors made ours, one log line a call."""
        if not outage.may_ask(settings.AWS_ENDPOINT_URL, self.region):
            raise Unreachable(f"{self.region} does not answer at present", operation=iam_name(service, operation))
        began, error = time.monotonic(), None
        with self._gate:
            credentials = boto().in_hand.set(_session_for(self).credentials)
            self.calls += 1
            try:
                yield boto().client(service, self.region)
            except boto().RAISED as raised:
                error = boto().translated(raised, service, operation)
                raise error from raised
            except AwsError as raised:
                error = raised
                raise
            finally:
                boto().in_hand.reset(credentials)
                self._note(service, operation, error, time.monotonic() - began)

    def _note(self, service: str, operation: str, error: AwsError | None, seconds: float) -> None:
        if isinstance(error, Expired | Skewed):
            forget_session(self)
        if isinstance(error, Unreachable):
            outage.silent(settings.AWS_ENDPOINT_URL, self.region, self.account_id)
        else:
            outage.answered(settings.AWS_ENDPOINT_URL, self.region)
        logger.log(
            logging.INFO if error else logging.DEBUG,
            "aws %s %s %s:%s %.0f ms %s",
            self.account_id,
            self.region,
            service,
            operation,
            1000 * seconds,
            error.word if error else "ok",
        )


def open_account(*, role_arn: str, external_id: str, region: str, account_id: str, for_whom: str = "") -> Account:
    """The account, entered and proven to be the promised one. Raises NoEntry, WrongAccount or another AwsError.

    `for_whom` stands in the customer's own trail (SourceIdentity); the act role lets nobody in without it.
    """
    account = Account(account_id, region, role_arn, external_id, for_whom, _gate=_gate_of(account_id, region))
    _session_for(account)
    return account


def forget_session(account: Account) -> None:
    """Make the next call assume the role anew."""
    with _sessions_lock:
        _sessions.pop(_session_key(account), None)


_sessions: dict[tuple[str, ...], _Session] = {}
_sessions_lock = threading.Lock()
_session_locks: dict[tuple[str, ...], threading.Lock] = {}


def _session_key(account: Account) -> tuple[str, ...]:
    role = (account.role_arn, account.external_id, account.for_whom)
    return settings.AWS_ENDPOINT_URL, *role, account.account_id, account.region


def _session_for(account: Account) -> _Session:
    key = _session_key(account)
    with _sessions_lock:
        held = _session_locks.setdefault(key, threading.Lock())
    with held:
        session = _sessions.get(key)
        if session is None or session.ends_at - RENEW_BEFORE < dt.datetime.now(dt.UTC):
            session = _assume(account)
            with _sessions_lock:
                _sessions[key] = session
        return session


def _assume(account: Account, **narrowed: Any) -> _Session:
    """A fresh session, kept only when AWS itself says that it is in the promised account."""
    if not outage.may_ask(settings.AWS_ENDPOINT_URL, account.region):
        raise Unreachable(f"{account.region} does not answer at present", operation="sts:AssumeRole")
    account.calls += 2
    began, operation, error = time.monotonic(), "AssumeRole", None
    try:
        answer = (
            boto()
            .portal_client()
            .assume_role(
                RoleArn=account.role_arn,
                RoleSessionName="opsportal-act" if account.for_whom else "opsportal-read",
                ExternalId=account.external_id,
                **{"DurationSeconds": SESSION_SECONDS, **narrowed},
                **({"SourceIdentity": account.for_whom} if account.for_whom else {}),
            )["Credentials"]
        )
        credentials = boto().credentials_from(answer)
        operation = "GetCallerIdentity"
        found = _account_of(credentials, account.region)
    except boto().RAISED as raised:
        error = boto().translated(raised, "sts", operation)
        raise error from raised
    finally:
        account._note("sts", operation, error, time.monotonic() - began)
    if found != account.account_id:
        raise WrongAccount(f"expected account {account.account_id}, found {found}", operation="sts:GetCallerIdentity")
    return _Session(credentials, answer["Expiration"])


def _account_of(credentials: Any, region: str) -> str:
    token = boto().in_hand.set(credentials)
    try:
        return boto().client("sts", region).get_caller_identity()["Account"]
    finally:
        boto().in_hand.reset(token)


_gates: dict[tuple[str, str], threading.BoundedSemaphore] = {}


def _gate_of(account_id: str, region: str) -> threading.BoundedSemaphore:
    """The door of one account and region: AWS throttles by it, and the customer's own tools share the budget."""
    with _sessions_lock:
        return _gates.setdefault((account_id, region), threading.BoundedSemaphore(settings.AWS_CALLS_PER_ACCOUNT))
