"""Errors as AWS writes them, in the format of each service's protocol."""

import json
from dataclasses import dataclass
from uuid import uuid4
from xml.sax.saxutils import escape

from opsportal.sandbox.calls import Call
from opsportal.sandbox.loopback import Reply

EC2 = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>'
    "</Error></Errors><RequestID>{request_id}</RequestID></Response>"
)
QUERY = (
    "<ErrorResponse><Error><Type>{blame}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    "<RequestId>{request_id}</RequestId></ErrorResponse>"
)


@dataclass(frozen=True)
class Wording:
    """How one kind of refusal is called by the three families of services: code and HTTP status."""

    ec2: tuple[str, int]
    query: tuple[str, int]
    json: tuple[str, int]


WORDINGS = {
    "throttled": Wording(("RequestLimitExceeded", 503), ("Throttling", 400), ("ThrottlingException", 400)),
    "denied": Wording(("UnauthorizedOperation", 403), ("AccessDenied", 403), ("AccessDeniedException", 400)),
    "expired": Wording(("RequestExpired", 400), ("ExpiredToken", 403), ("ExpiredTokenException", 400)),
    "unknown-key": Wording(("AuthFailure", 401), ("InvalidClientTokenId", 403), ("UnrecognizedClientException", 400)),
    "skewed": Wording(("RequestExpired", 400), ("SignatureDoesNotMatch", 403), ("InvalidSignatureException", 400)),
    "broken": Wording(("InternalError", 500), ("InternalFailure", 500), ("InternalServerError", 500)),
    "unavailable": Wording(("Unavailable", 503), ("ServiceUnavailable", 503), ("ServiceUnavailableException", 503)),
    "unknown-operation": Wording(("InvalidAction", 400), ("InvalidAction", 400), ("UnknownOperationException", 400)),
    # A code of our own: botocore does not retry it, so a gap in the sandbox never looks like an outage of AWS.
    "not-simulated": Wording(("NotSimulated", 400), ("NotSimulated", 400), ("NotSimulated", 400)),
}

# Services of the JSON family that still answer with the codes of their old query protocol, in a header.
QUERY_COMPATIBLE = {"monitoring"}


def refuse(call: Call, kind: str, message: str) -> Reply:
    """The error of that kind in the words and the format of the service called."""
    wording = WORDINGS[kind]
    if call.service == "ec2":
        return error_reply(call, *wording.ec2, message)
    if _speaks_query(call):
        return error_reply(call, *wording.query, message)
    return error_reply(call, *wording.json, message, query_code=wording.query[0])


def error_reply(call: Call, code: str, status: int, message: str, query_code: str = "") -> Reply:
    """Any error code of AWS, in the format of the service called."""
    request_id = str(uuid4())
    blame = "Receiver" if status >= 500 else "Sender"
    if call.service == "ec2" or _speaks_query(call):
        template = EC2 if call.service == "ec2" else QUERY
        text = template.format(code=code, message=escape(message), request_id=request_id, blame=blame)
        return Reply(status, text.encode(), "text/xml;charset=UTF-8", {"x-amzn-RequestId": request_id})
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": code}
    if call.service in QUERY_COMPATIBLE:
        headers["x-amzn-query-error"] = f"{query_code or code};{blame}"
    body = json.dumps({"__type": code, "message": message}, ensure_ascii=False)
    return Reply(status, body.encode(), call.content_type or "application/x-amz-json-1.1", headers)


def _speaks_query(call: Call) -> bool:
    return call.content_type.startswith("application/x-www-form-urlencoded")
