"""What botocore raises, in the portal's own terms."""

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

from opsportal.aws.errors import (
    AwsError,
    Broken,
    Denied,
    Expired,
    Incomplete,
    NoCredentials,
    NoEntry,
    Refused,
    RegionOff,
    Skewed,
    Throttled,
    Unreachable,
    Unsettled,
    iam_name,
)

# Everything that botocore raises when a call does not end well.
RAISED = (ClientError, BotoCoreError, ResponseParserError)

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

# Said before anything is begun, although they come with a status that says that AWS is at fault (EC2 API, "Error
# codes").
_NO_CAPACITY = {"InsufficientInstanceCapacity", "InsufficientHostCapacity"}
_SURELY_NOT_BEGUN = {"RequestLimitExceeded", *_NO_CAPACITY}


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
    if found.code in _SURELY_NOT_BEGUN or (400 <= status < 500 and not isinstance(found, Unreachable)):
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
    if code in _OUTAGE or (status >= 500 and code not in _NO_CAPACITY):
        return Unreachable
    return Refused
