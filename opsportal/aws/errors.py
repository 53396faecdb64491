"""What can go wrong at AWS, in the terms in which the portal reacts to it."""

# The IAM prefix of a service where it is not botocore's own name.
_IAM_PREFIX = {"elbv2": "elasticloadbalancing"}


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
