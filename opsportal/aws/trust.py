"""Whom a role lets in: the portal with the right ExternalId, and nobody without it."""

from uuid import uuid4

from django.conf import settings

from opsportal.aws import outage
from opsportal.aws.account import boto
from opsportal.aws.errors import NoEntry, Unreachable

# The shortest session that AWS gives out; a proof does not use it.
SHORTEST_SECONDS = 900


def refusal(role_arn: str, external_id: str | None, *, for_whom: str = "") -> NoEntry | None:
    """Try to enter a role with this ExternalId or with none; None when it lets the portal in.

    Whatever is neither entry nor refusal (throttling, no answer) raises AwsError: nothing is proven by it.
    """
    if not outage.may_ask(settings.AWS_ENDPOINT_URL, settings.AWS_REGION):
        raise Unreachable(f"{settings.AWS_REGION} does not answer at present", operation="sts:AssumeRole")
    given = {"ExternalId": external_id} if external_id else {}
    if for_whom:
        given["SourceIdentity"] = for_whom
    try:
        boto().portal_client().assume_role(
            RoleArn=role_arn, RoleSessionName="opsportal-proof", DurationSeconds=SHORTEST_SECONDS, **given
        )
    except boto().RAISED as raised:
        error = boto().translated(raised, "sts", "AssumeRole")
        if isinstance(error, NoEntry):
            return error
        raise error from raised
    return None


def openings(role_arn: str, *, for_whom: str = "") -> list[str]:
    """In which ways the role lets in somebody without the right ExternalId: "missing", "wrong". Raises AwsError."""
    tries = {"missing": None, "wrong": str(uuid4())}
    return [way for way, external_id in tries.items() if refusal(role_arn, external_id, for_whom=for_whom) is None]
