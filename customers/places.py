"""Where in AWS an environment may be: account numbers, regions, role names."""

import re
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers import addresses, refusals
from customers.models import Customer, Environment

# The regions of the commercial partition, those of Japan first.
REGIONS = (
    "ap-northeast-1", "ap-northeast-3",
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-2", "ap-south-1", "ap-south-2",
    "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-7",
    "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2",
    "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
    "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/(?:[\w+=,.@/-]{1,128}/)?[\w+=,.@-]{1,64}", re.ASCII)


def check(customer: Customer, **given: Any) -> None:
    """Everything that is wrong with where an environment is to be; what is not given is not asked about.

    Raises ValidationError by field.
    """
    checks = {
        "name": lambda name: free_name(name, customer),
        "account_id": lambda written: refuse_taken_account(account_number(written), customer),
        "region": known_region,
        "site_url": lambda url: addresses.site_at("site_url", url),
    }
    refusals.all_of(*(partial(checks[fact], given[fact]) for fact in checks if fact in given))


def free_name(name: str, customer: Customer) -> str:
    """The name. Raises ValidationError when the customer calls another environment so."""
    if Environment.objects.filter(customer=customer, name=name).exists():
        raise ValidationError({"name": _("This customer already has an environment of this name.")})
    return name


def account_number(written: str) -> str:
    """The twelve digits, however they were grouped. Raises ValidationError at `account_id`."""
    digits = re.sub(r"[\s-]", "", written)
    if not re.fullmatch(r"[0-9]{12}", digits):
        raise ValidationError({"account_id": _("An AWS account number has 12 digits. Copy it from the AWS console.")})
    return digits


def refuse_taken_account(account_id: str, customer: Customer) -> None:
    """Raise ValidationError when the account belongs to another customer; which one is not told."""
    taken = Environment.objects.filter(account_id=account_id).exclude(state=Environment.State.CLOSED)
    if taken.exclude(customer=customer).exists():
        raise ValidationError(
            {"account_id": _("This AWS account is already looked after for another customer. Check the number.")}
        )


def known_region(region: str) -> str:
    """The region. Raises ValidationError when there is none of that name."""
    if region not in REGIONS:
        raise ValidationError({"region": _("There is no AWS region of this name.")})
    return region


def check_roles(account_id: str, **given: str) -> None:
    """Everything that is wrong with the roles in an account, by field. Raises ValidationError."""
    refusals.all_of(*(partial(role_of, field, arn, account_id) for field, arn in given.items()))
    arns = [arn.strip() for arn in given.values()]
    if len(arns) > len(set(arns)):
        raise ValidationError({"act_role_arn": _("Reading and acting need two different roles.")})


def role_of(field: str, written: str, account_id: str) -> str:
    """The ARN of a role in this account. Raises ValidationError at the field."""
    arn = written.strip()
    found = _ROLE.fullmatch(arn)
    if not found:
        words = _("This is not the ARN of a role. It looks like arn:aws:iam::123456789012:role/OpsPortalRead.")
        raise ValidationError({field: words})
    if found[1] != account_id:
        words = _("This role is in account %(found)s, but the environment is in %(wanted)s.")
        raise ValidationError({field: words % {"found": found[1], "wanted": account_id}})
    return arn
