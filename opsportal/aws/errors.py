"""What can go wrong at AWS, in the terms in which the portal reacts to it."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PaginationError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

# Everything that botocore raises when a call does not end well.
RAISED = (ClientError, BotoCoreError, ResponseParserError)

# The IAM prefix of a service where it is not botocore's own name.
_IAM_PREFIX = {"elbv2": "elasticloadbalancing"}

_THROTTLED = {
    "RequestLimitExceeded", "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException",
    "RequestThrottled", "RequestThrottledException", "SlowDown", "BandwidthLimitExceeded", "LimitExceededException",
}  # fmt: skip
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized"}
_REGION_OFF = {"OptInRequired", "InvalidClientTokenId", "AuthFailure", "UnrecognizedClientException"}
_SKEWED = {
    "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed", "SignatureDoesNotMatch",
    "InvalidSignatureException",
}  # fmt: skip
_EXPIRED = {"ExpiredToken", "ExpiredTokenException"}
_OUTAGE = {"ServiceUnavailable", "Unavailable", "InternalError", "InternalFailure", "ServiceException", "500", "503"}


class AwsError(Exception):
    """AWS did not answer as hoped. `word` names the reaction; `operation` is "service:Operation" in IAM's spelling."""

    word = "refused"

    def __init__(self, message: str, *, operation: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message, self.operation, self.code = message, operation, code

    def facts(self) -> dict[str, str]:
        """What a screen needs to say it: word, operation, AWS's code and message (no secret in it)."""
        return {"word": self.word, "operation": self.operation, "code": self.code, "message": self.message[:500]}


class Throttled(AwsError):
    """Too many requests: wait longer before the next."""

    word = "throttled"


class Denied(AwsError):
    """The role lacks the permission named by `operation`."""

    word = "denied"


class NoEntry(AwsError):
    """The role cannot be assumed: it does not exist, does not trust the portal, or the ExternalId differs."""

    word = "no-entry"


class WrongAccount(AwsError):
    """The role leads into another account than the environment promises; nothing was read."""

    word = "wrong-account"


class RegionOff(AwsError):
    """The credentials are good but this region does not take them: it is switched off for the account."""

    word = "region-off"


class Skewed(AwsError):
    """AWS finds the request's time or signature wrong: mostly the portal's clock is off."""

    word = "clock-skew"


class Expired(AwsError):
    """The assumed session ended early."""

    word = "expired"


class Unreachable(AwsError):
    """No answer, or an outage: timeout, broken connection, 5xx."""

    word = "unreachable"


class Incomplete(AwsError):
    """A page in the middle of a list was missing, so that the list must not be used."""

    word = "incomplete"


class NoCredentials(AwsError):
    """The portal itself has no credentials with which it could enter any account."""

    word = "no-credentials"


class Broken(AwsError):
    """The answer could not be understood or kept: a fault of the portal."""

    word = "broken"


class Refused(AwsError):
    """AWS understood and said no for a reason of its own."""

    word = "refused"


class Unsettled(AwsError):
    """A write left and no answer came: it may have happened, or not. To be looked up, never to be repeated."""

    word = "unsettled"


def iam_name(service: str, operation: str) -> str:
    """The operation as IAM spells it, for example rds:DescribeDBInstances."""
    return f"{_IAM_PREFIX.get(service, service)}:{operation}"


def translated(error: Exception, service: str, operation: str) -> AwsError:
    """The portal's own error for what botocore raised."""
    name = iam_name(service, operation)
    if isinstance(error, PaginationError | ResponseParserError):
        return Incomplete(str(error), operation=name)
    if isinstance(error, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        return NoCredentials(str(error), operation=name, code=type(error).__name__)
    if not isinstance(error, ClientError | HTTPClientError | ConnectionError):
        return Broken(str(error), operation=name, code=type(error).__name__)
    if not isinstance(error, ClientError):
        return Unreachable(
            f"{type(error).__name__}: no answer from {service}", operation=name, code=type(error).__name__
        )
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "") or code
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _kind_of(code, status, service)(message, operation=name, code=code)


def outcome(error: Exception, service: str, operation: str) -> AwsError:
    """The portal's own error for what botocore raised at a write: Unsettled unless AWS surely did nothing.

    Surely nothing was done when no connection came about, or when AWS answered with a refusal (4xx, EC2 API Reference,
    "Error codes": client errors are not carried out).
    """
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError):
        return translated(error, service, operation)
    status = 0
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    found = translated(error, service, operation)
    if 400 <= status < 500 and not isinstance(found, Unreachable):
        return found
    return Unsettled(found.message, operation=found.operation, code=found.code)


def _kind_of(code: str, status: int, service: str) -> type[AwsError]:
    if code in _THROTTLED:
        return Throttled
    if code in _DENIED:
        return NoEntry if service == "sts" else Denied
    if code in _EXPIRED:
        return Expired
    if code in _SKEWED:
        return Skewed
    if code in _REGION_OFF:
        return NoEntry if service == "sts" else RegionOff
    if code in _OUTAGE or status >= 500:
        return Unreachable
    return Refused
