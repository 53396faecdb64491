"""The calls to AWS themselves; the only module that imports boto3, loaded by those who make a call.

One client per service and region serves every account of the process: the signer asks for credentials at each
request, and gets those of the account in hand from a context variable. A client per account would cost 3 MB each.
"""

import threading
from contextvars import ContextVar
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from django.conf import settings

from opsportal.aws.timestamps import timestamp
from opsportal.aws.translation import RAISED, outcome, translated

__all__ = [
    "RAISED", "client", "credentials_from", "in_hand", "method", "outcome", "paginator", "portal_client", "translated",
]  # fmt: skip

_READ_CONFIG = Config(
    connect_timeout=3,
    read_timeout=15,
    # A second try for a broken connection; throttling is answered by the poll, which waits longer each time.
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=64,
    user_agent_extra="opsportal",
)

# A write leaves once: what became of one without an answer is looked up, never tried again.
# `total_max_attempts`, since `max_attempts` counts the tries after the first.
_WRITE_CONFIG = _READ_CONFIG.merge(Config(read_timeout=20, retries={"mode": "standard", "total_max_attempts": 1}))

in_hand: ContextVar[ReadOnlyCredentials] = ContextVar("aws_credentials")


class _CredentialsInHand(Credentials):
    """Answers with the credentials of the account in hand; outside of one it raises, never falls back."""

    def __init__(self) -> None:
        super().__init__("unset", "unset")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return in_hand.get()

    @property
    def token(self) -> str:
        return in_hand.get().token

    @token.setter
    def token(self, value: str | None) -> None:
        pass


def credentials_from(answer: dict[str, Any]) -> ReadOnlyCredentials:
    """What AssumeRole gave, as the signer takes it."""
    return ReadOnlyCredentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], None)


_client_lock = threading.Lock()
_clients: dict[tuple[str, ...], Any] = {}


def client(service: str, region: str, *, writes: bool = False) -> Any:
    """The client of a service in a region, which signs for the account in hand; one that writes asks only once."""
    key = (service, region, settings.AWS_ENDPOINT_URL, *(["writes"] if writes else []))
    made = _clients.get(key)
    if made is None:
        # Making a client is not safe while another thread makes one.
        with _client_lock:
            made = _clients.get(key) or _boto_session().client(
                service,
                region_name=region,
                endpoint_url=settings.AWS_ENDPOINT_URL or None,
                config=_WRITE_CONFIG if writes else _READ_CONFIG,
            )
            _clients[key] = made
    return made


@cache
def _boto_session() -> boto3.Session:
    core = botocore.session.get_session()
    core._credentials = _CredentialsInHand()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    return boto3.Session(botocore_session=core)


def portal_client() -> Any:
    """STS under the portal's own principal: the machine's role, found by botocore's usual chain."""
    key = ("portal", settings.AWS_REGION, settings.AWS_ENDPOINT_URL)
    made = _clients.get(key)
    if made is None:
        with _client_lock:
            made = _clients.get(key) or boto3.Session(region_name=settings.AWS_REGION).client(
                "sts", endpoint_url=settings.AWS_ENDPOINT_URL or None, config=_READ_CONFIG
            )
            _clients[key] = made
    return made


@cache
def method(service: str, operation: str) -> str:
    """botocore's Python name of an operation."""
    return {v: k for k, v in client(service, settings.AWS_REGION).meta.method_to_api_mapping.items()}[operation]


@cache
def paginator(client: Any, method: str) -> Any:
    """How a list is paged; botocore makes a new class each time it is asked."""
    return client.get_paginator(method)
