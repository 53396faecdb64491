"""Taking a customer on: the company, its people, its environments."""

import datetime as dt
import uuid
import zoneinfo
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import addresses, agreements, logbook, polls, refusals, standings, trust
from customers.models import Customer, Environment, Member, Plan, Poll, User
from customers.models.user import folded


@transaction.atomic
def onboard(
    *,
    name: str,
    slug: str,
    at: dt.datetime,
    by: User | None,
    kana: str = "",
    time_zone: str = "Asia/Tokyo",
    note: str = "",
) -> Customer:
    """Take on a customer. Raises ValidationError when a name is taken or the time zone unknown."""
    check(name=name, slug=slug, kana=kana, time_zone=time_zone, note=note, created_at=at)
    customer = Customer(name=name, slug=slug, kana=kana, time_zone=time_zone, note=note, created_at=at)
    customer.save()
    logbook.write("customer-onboarded", at=at, by=by, customer=customer, name=name)
    return customer


def check(**given: Any) -> None:
    """Everything that is wrong with the facts of a new customer; what is not given is not asked about.

    Raises ValidationError by field.
    """
    not_given = {field.name for field in Customer._meta.fields} - set(given)
    zone = given.get("time_zone", "UTC")
    refusals.all_of(partial(_known_zone, zone), partial(Customer(**given).full_clean, exclude=not_given))


def _known_zone(time_zone: str) -> None:
    if time_zone not in zoneinfo.available_timezones():
        raise ValidationError({"time_zone": _("This time zone is not known. Choose one such as Asia/Tokyo.")})


@transaction.atomic
def add_environment(
    *,
    customer: Customer,
    name: str,
    slug: str,
    stage: str,
    account_id: str,
    region: str,
    plan: Plan,
    retention_days: int,
    at: dt.datetime,
    by: User | None,
    read_role_name: str = "OpsPortalRead",
    act_role_name: str = "",
    site_url: str = "",
    site_text: str = "",
) -> Environment:
    """Add an AWS account and region under a first agreement; the ExternalId is made here, never chosen by anyone.

    Reading begins at once; until the customer's role trusts the portal, the polls say so.
    """
    addresses.site_at("site_url", site_url)
    environment = Environment(
        customer=customer,
        name=name,
        slug=slug,
        stage=stage,
        account_id=account_id,
        region=region,
        read_role_arn=f"arn:aws:iam::{account_id}:role/{read_role_name}",
        act_role_arn=f"arn:aws:iam::{account_id}:role/{act_role_name}" if act_role_name else "",
        external_id=uuid.uuid4(),
        site_url=site_url,
        site_text=site_text,
    )
    begin_environment(environment=environment, at=at, by=by)
    agreements.agree(environment=environment, plan=plan, retention_days=retention_days, valid_from=at, at=at, by=by)
    return environment


@transaction.atomic
def begin_environment(*, environment: Environment, at: dt.datetime, by: User | None) -> Environment:
    """Let the portal read a new environment from now on, and prove daily whom its roles let in."""
    environment.created_at = at
    environment.full_clean()
    environment.save()
    standings.begin(environment, at)
    polls.begin(environment, at)
    trust.begin(environment, at)
    logbook.write(
        "environment-added",
        at=at,
        by=by,
        customer=environment.customer,
        environment=environment,
        account_id=environment.account_id,
        region=environment.region,
        read_role=environment.read_role_arn,
        act_role=environment.act_role_arn,
    )
    return environment


@transaction.atomic
def name_act_role(*, environment: Environment, act_role_arn: str, at: dt.datetime, by: User | None) -> Environment:
    """Say with which role the portal acts from now on, and let its trust be proven at once."""
    environment.act_role_arn = act_role_arn
    environment.full_clean()
    environment.save(update_fields=["act_role_arn"])
    trust.begin(environment, at)
    logbook.write(
        "act-role-named", at=at, by=by, customer=environment.customer, environment=environment, act_role=act_role_arn
    )
    return environment


@transaction.atomic
def add_member(
    *, customer: Customer, email: str, name: str, role: str, password: str | None, at: dt.datetime, by: User | None
) -> Member:
    """Give a person of the customer's a log-in and a role."""
    user = add_user(email=email, name=name, password=password)
    member = Member(customer=customer, user=user, role=role)
    member.full_clean()
    member.save()
    logbook.write("member-added", at=at, by=by, customer=customer, email=email, role=role)
    return member


@transaction.atomic
def add_staff(
    *, email: str, name: str, staff_role: str, password: str | None, at: dt.datetime, by: User | None
) -> User:
    """Give one of the provider's own people a log-in."""
    user = add_user(email=email, name=name, password=password, staff_role=staff_role)
    logbook.write("staff-added", at=at, by=by, email=email, role=staff_role)
    return user


def add_user(*, email: str, name: str, password: str | None, staff_role: str = "") -> User:
    """A log-in; without a password it cannot be used until one is set. Raises ValidationError."""
    user = User(email=folded(email), name=name, staff_role=staff_role)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.full_clean()
    user.save()
    return user


@transaction.atomic
def change(
    *,
    customer: Customer,
    name: str,
    kana: str,
    time_zone: str,
    note: str,
    at: dt.datetime,
    by: User,
    on_behalf_of: User | None = None,
) -> Customer:
    """Correct what is known of a customer; lists follow at once. Raises ValidationError, such as for a taken name."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    given = {"name": name, "kana": kana, "time_zone": time_zone, "note": note}
    changed = sorted(field for field, value in given.items() if getattr(held, field) != value)
    for field, value in given.items():
        setattr(held, field, value)
    held.full_clean()
    held.save(update_fields=given)
    standings.rename(held, at)
    if changed:
        logbook.write(
            "customer-changed", at=at, by=by, on_behalf_of=on_behalf_of, customer=held, fields=changed, name=name
        )
    return held


@transaction.atomic
def close(*, customer: Customer, at: dt.datetime, by: User, on_behalf_of: User | None = None) -> Customer:
    """End a contract: nothing is read from now on and nobody of the customer gets in; what was recorded stays.

    Closing twice is closing once.
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if held.closed_at is not None:
        return held
    held.closed_at = at
    held.save(update_fields=["closed_at"])
    Environment.objects.filter(customer=held).update(state=Environment.State.CLOSED)
    # A reading that is under way loses its lease, and with it the right to keep what it saw.
    Poll.objects.filter(environment__customer=held).update(due_at=None, lease=None, leased_until=None)
    logbook.write("customer-closed", at=at, by=by, on_behalf_of=on_behalf_of, customer=held, name=held.name)
    return held
