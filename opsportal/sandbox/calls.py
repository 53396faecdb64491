"""One call to the simulated AWS: which service, operation, region and key, read as AWS reads it from the request."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import NotFound, get_service_router
from moto.core.utils import get_service_model

from opsportal.sandbox.loopback import Incoming

CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
ACCOUNT_HEADER = "x-moto-account-id"


@dataclass(frozen=True)
class Service:
    """A service that the sandbox simulates: botocore's name for it and the prefix of its actions in IAM."""

    model: str
    iam_prefix: str


# Keyed by the name that a request is signed for.
SERVICES = {
    "ec2": Service("ec2", "ec2"),
    "rds": Service("rds", "rds"),
    "sts": Service("sts", "sts"),
    "iam": Service("iam", "iam"),
    "monitoring": Service("cloudwatch", "cloudwatch"),
    "elasticloadbalancing": Service("elbv2", "elasticloadbalancing"),
    "backup": Service("backup", "backup"),
    "ssm": Service("ssm", "ssm"),
}

READS = ("Describe", "Get", "List", "Lookup", "Search", "AssumeRole", "Decode", "Simulate", "Filter")


@dataclass
class Call:
    """One request to AWS; `account` is whose world it acts in, known once the caller is."""

    incoming: Incoming
    service: str
    region: str
    access_key: str
    operation: str
    model: OperationModel | None
    uri_parameters: Mapping[str, str] = field(default_factory=dict)
    account: str = ""

    @property
    def content_type(self) -> str:
        """The request's content type, which names its protocol."""
        return self.incoming.headers.get("Content-Type", "")

    @property
    def token(self) -> str:
        """The session token sent along, empty for long-lived keys."""
        return self.incoming.headers.get("X-Amz-Security-Token", "")

    @property
    def action(self) -> str:
        """The name that IAM policies use, such as rds:DescribeDBInstances."""
        known = SERVICES.get(self.service)
        return f"{known.iam_prefix if known else self.service}:{self.operation}"

    @property
    def changes_something(self) -> bool:
        """Whether the operation writes; reads are known by their names."""
        return not self.operation.startswith(READS)

    @cached_property
    def request(self) -> Request:
        """The request in the form that moto works on."""
        return _moto_request(self.incoming)

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters as botocore's model names them; empty for an unknown operation."""
        if self.model is None:
            return {}
        protocol = determine_request_protocol(self.model.service_model, self.request.content_type)
        return PROTOCOL_PARSERS[protocol](self.model, map_type=dict).parse(
            {
                "method": self.request.method,
                "values": self.request.values,
                "headers": self.request.headers,
                "body": self.request.data,
                "url_path": self.request.path,
                "url_params": self.uri_parameters,
            }
        )


def read_models() -> None:
    """Read every service's model now: sixteen first calls at once would each read their own."""
    for service in SERVICES.values():
        get_service_model(service.model)


def read_call(incoming: Incoming) -> Call | None:
    """The call that a request makes, or nothing if it is not signed as AWS requests are."""
    signed = CREDENTIAL.search(incoming.headers.get("Authorization", ""))
    if not signed:
        return None
    access_key, region, service = signed.groups()
    operation, uri_parameters = _operation(incoming, service)
    model = None
    if service in SERVICES and operation:
        try:
            model = get_service_model(SERVICES[service].model).operation_model(operation)
        except OperationNotFoundError:
            model = None
    return Call(incoming, service, region, access_key, operation or incoming.path, model, uri_parameters)


def _operation(incoming: Incoming, service: str) -> tuple[str, Mapping[str, str]]:
    target = incoming.headers.get("X-Amz-Target")
    if target:
        return target.rsplit(".", 1)[-1], {}
    if incoming.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(incoming.body.decode())).get("Action", ""), {}
    if "/operation/" in incoming.path:
        return incoming.path.rsplit("/", 1)[-1], {}
    try:
        model, uri_parameters = get_service_router(_model_name(service)).match(_moto_request(incoming))
    except (NotFound, NotImplementedError, UnknownServiceError):
        return "", {}
    return str(model.name), uri_parameters


def _model_name(service: str) -> str:
    # Most services that the sandbox does not know are named in botocore as they are signed for.
    return SERVICES[service].model if service in SERVICES else service


def _moto_request(incoming: Incoming) -> Request:
    parts = urlsplit(incoming.target)
    host = incoming.headers.get("Host", "127.0.0.1")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": incoming.method,
        "PATH_INFO": parts.path,
        "RAW_URI": quote(incoming.target, safe="/%?&=:;,+*@!$'()~-._"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": host.split(":")[0],
        "SERVER_PORT": host.split(":")[-1],
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(incoming.body)),
        "CONTENT_TYPE": incoming.headers.get("Content-Type", ""),
        "wsgi.input": io.BytesIO(incoming.body),
        "wsgi.url_scheme": "http",
    }
    for name, value in incoming.headers.items():
        environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
    request = Request(environ)
    request.from_wsgi_server = True
    return request
