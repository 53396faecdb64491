"""What a customer makes the roles of the portal with: the template, and the ways to apply it."""

import datetime as dt
from typing import Any

from django.conf import settings

from customers import logbook
from customers.models import Onboarding, User
from opsportal.aws.template import STACK, Roles, command, quick_create_link, template


def roles_of(onboarding: Onboarding) -> Roles | None:
    """What the customer's stack is made with; None while the portal's own principals are not set."""
    if not (settings.PORTAL_READ_PRINCIPAL and settings.PORTAL_ACT_PRINCIPAL):
        return None
    return Roles(
        external_id=str(onboarding.external_id),
        region=onboarding.region,
        read_principal=settings.PORTAL_READ_PRINCIPAL,
        act_principal=settings.PORTAL_ACT_PRINCIPAL,
        read_role=onboarding.read_role_arn.rpartition("/")[2],
        act_role=onboarding.act_role_arn.rpartition("/")[2],
    )


def handed_over(*, onboarding: Onboarding, at: dt.datetime, by: User | None) -> tuple[str, str]:
    """Name and text of the template of one onboarding. Raises LookupError while the principals are not set."""
    roles = roles_of(onboarding)
    if roles is None:
        raise LookupError("PORTAL_READ_PRINCIPAL and PORTAL_ACT_PRINCIPAL are not set")
    logbook.write(
        "role-template-downloaded",
        at=at,
        by=by,
        customer=onboarding.customer,
        onboarding=onboarding.pk,
        account_id=onboarding.account_id,
    )
    return f"{_stack(onboarding)}.json", template(roles)


def ways_to_make(onboarding: Onboarding) -> dict[str, Any]:
    """The quick-create link (where a shared copy of the template lies) and the command; empty without principals."""
    roles = roles_of(onboarding)
    if roles is None:
        return {}
    stack = _stack(onboarding)
    url = settings.TEMPLATE_BUCKET_URL
    return {
        "command": command(roles, f"{stack}.json", stack),
        "link": quick_create_link(roles, url, stack) if url else "",
    }


def _stack(onboarding: Onboarding) -> str:
    return f"{STACK}-{onboarding.customer.slug}-{onboarding.slug}"
