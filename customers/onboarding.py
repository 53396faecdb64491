"""Taking on an environment step by step; each step is kept, and nothing is read before the test has passed."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers import (
    agreements,
    connection_tests,
    customers,
    grants,
    invitations,
    logbook,
    places,
    reachability,
    scopes,
)
from customers.models import (
    Agreement,
    ConnectionTest,
    Customer,
    Environment,
    Invitation,
    Member,
    Onboarding,
    Plan,
    User,
)
from customers.narrowing import Choice

Step = Onboarding.Step
STEPS = list(Step)
# Until the environment begins, what was entered may be corrected.
OPEN_STEPS = (Step.PLACE, Step.ROLES, Step.TEST)


def begin(*, customer: Customer, at: dt.datetime, by: User | None, on_behalf_of: User | None = None) -> Onboarding:
    """Begin to take on an environment of a customer; its ExternalId is made here, never chosen by anyone."""
    started = Onboarding.objects.create(
        customer=customer, external_id=uuid.uuid4(), started_at=at, started_by=by, changed_at=at
    )
    logbook.write("onboarding-begun", at=at, by=by, on_behalf_of=on_behalf_of, customer=customer, onboarding=started.pk)
    return started


@transaction.atomic
def begin_with_customer(
    *, name: str, slug: str, kana: str, time_zone: str, at: dt.datetime, by: User | None
) -> Onboarding:
    """Take on a customer and begin with its first environment. Raises ValidationError by field."""
    customer = customers.onboard(name=name, slug=slug, kana=kana, time_zone=time_zone, at=at, by=by)
    return begin(customer=customer, at=at, by=by)


def under_way() -> QuerySet[Onboarding]:
    """What is being taken on, the latest touched first."""
    rows = Onboarding.objects.filter(dropped_at=None).exclude(step=Step.DONE)
    return rows.select_related("customer", "started_by").order_by("-changed_at")


def reachable(onboarding: Onboarding, step: str) -> bool:
    """Whether a step may be looked at: the one it has come to, and those before it that can still be changed."""
    if onboarding.dropped_at:
        return False
    if onboarding.environment_id:
        return step not in OPEN_STEPS and STEPS.index(step) <= STEPS.index(onboarding.step)
    return STEPS.index(step) <= STEPS.index(onboarding.step)


@transaction.atomic
def name_place(
    *,
    onboarding: Onboarding,
    name: str,
    stage: str,
    account_id: str,
    region: str,
    plan: Plan,
    at: dt.datetime,
    by: User | None,
    site_url: str = "",
    site_text: str = "",
) -> Onboarding:
    """Say which environment it is. Raises ValidationError by field; what was tested before is then forgotten."""
    row = _held(onboarding, OPEN_STEPS)
    places.check(row.customer, name=name, account_id=account_id, region=region, site_url=site_url)
    account_id = places.account_number(account_id)
    if (account_id, stage) != (row.account_id, row.stage):
        row.slug = _free_slug(row.customer, stage)
        row.read_role_arn, row.act_role_arn = (
            f"arn:aws:iam::{account_id}:role/OpsPortal{what}-{row.slug}" for what in ("Read", "Act")
        )
    row.name, row.stage, row.account_id, row.region = name, stage, account_id, region
    row.plan, row.site_url, row.site_text = plan, site_url, site_text
    row.full_clean()
    logbook.write(
        "place-named",
        at=at,
        by=by,
        customer=row.customer,
        onboarding=row.pk,
        name=name,
        stage=stage,
        account_id=account_id,
        region=region,
        plan=plan.code,
        site=site_url,
    )
    return _go_on(row, Step.ROLES, at)


def _free_slug(customer: Customer, stage: str) -> str:
    """A short name for addresses, after the stage, with a number when there is more than one of it."""
    taken = set(Environment.objects.filter(customer=customer).values_list("slug", flat=True))
    number = 1
    while (slug := stage if number == 1 else f"{stage}-{number}") in taken:
        number += 1
    return slug


@transaction.atomic
def name_roles(
    *, onboarding: Onboarding, read_role_arn: str, act_role_arn: str, at: dt.datetime, by: User | None
) -> Onboarding:
    """Say that the roles are made, and let them be tested. Raises ValidationError by field."""
    row = _held(onboarding, OPEN_STEPS[1:])
    places.check_roles(row.account_id, read_role_arn=read_role_arn, act_role_arn=act_role_arn)
    row.read_role_arn, row.act_role_arn = read_role_arn.strip(), act_role_arn.strip()
    row = _go_on(row, Step.TEST, at)
    logbook.write(
        "roles-named",
        at=at,
        by=by,
        customer=row.customer,
        onboarding=row.pk,
        read_role=row.read_role_arn,
        act_role=row.act_role_arn,
    )
    connection_tests.ask(row, at, by)
    return row


@transaction.atomic
def test_again(*, onboarding: Onboarding, at: dt.datetime, by: User | None) -> Onboarding:
    """Let the roles be tested once more, after the customer has put something right."""
    row = _held(onboarding, (Step.TEST,))
    connection_tests.ask(row, at, by)
    return row


def tests_of(onboarding: Onboarding) -> dict[str, ConnectionTest]:
    """What the tests found, by role."""
    return {test.role: test for test in ConnectionTest.objects.filter(onboarding=onboarding)}


def is_proven(onboarding: Onboarding, tests: dict[str, ConnectionTest]) -> bool:
    """Whether every role that the plan needs has passed its test."""
    needed = [ConnectionTest.Role.READ]
    if grants.needs_to_act(onboarding.plan):
        needed.append(ConnectionTest.Role.ACT)
    return all(role in tests and tests[role].state == ConnectionTest.State.PASSED for role in needed)


@transaction.atomic
def begin_reading(*, onboarding: Onboarding, at: dt.datetime, by: User | None) -> Onboarding:
    """Make the environment of what was proven, and let its reading begin. Raises ValidationError."""
    row = _held(onboarding, (Step.TEST,))
    tests = tests_of(row)
    if not is_proven(row, tests):
        raise ValidationError(_("The connection test has not passed yet."))
    places.refuse_taken_account(row.account_id, row.customer)
    acts = tests[ConnectionTest.Role.ACT].state == ConnectionTest.State.PASSED
    environment = Environment(
        customer=row.customer,
        name=row.name,
        slug=_free_slug(row.customer, row.stage),
        stage=row.stage,
        account_id=row.account_id,
        region=row.region,
        read_role_arn=row.read_role_arn,
        act_role_arn=row.act_role_arn if acts else "",
        external_id=row.external_id,
        site_url=row.site_url,
        site_text=row.site_text,
    )
    try:
        with transaction.atomic():
            row.environment = customers.begin_environment(environment=environment, at=at, by=by)
    except IntegrityError as error:
        # Somebody took on the same account for another customer at the same moment.
        raise ValidationError(_("This AWS account is already looked after for another customer.")) from error
    return _go_on(row, Step.READING, at)


@transaction.atomic
def go_to_scope(*, onboarding: Onboarding, at: dt.datetime, by: User | None) -> Onboarding:
    """Leave the first reading, once what runs is known."""
    return _go_on(_held(onboarding, (Step.READING,)), Step.SCOPE, at)


@transaction.atomic
def choose_scope(*, onboarding: Onboarding, choice: Choice, at: dt.datetime, by: User | None) -> Onboarding:
    """Say what of the account belongs to the environment. Raises ValidationError by field."""
    row = _held(onboarding, (Step.SCOPE,))
    scopes.choose(environment=row.environment, choice=choice, at=at, by=by)
    return _go_on(row, Step.AGREEMENT, at)


@transaction.atomic
def agree(*, onboarding: Onboarding, plan: Plan, retention_days: int, at: dt.datetime, by: User | None) -> Agreement:
    """Let a first agreement hold from now on. Raises ValidationError by field."""
    row = _held(onboarding, (Step.AGREEMENT,))
    agreement = agreements.agree(
        environment=row.environment, plan=plan, retention_days=retention_days, valid_from=at, at=at, by=by
    )
    row.plan = plan
    _go_on(row, Step.PEOPLE, at)
    return agreement


@transaction.atomic
def invite_owner(
    *, onboarding: Onboarding, email: str, name: str, language: str, at: dt.datetime, by: User | None, address: str = ""
) -> Invitation:
    """Invite who owns the site, and take the environment into operation. Raises ValidationError by field."""
    row = _held(onboarding, (Step.PEOPLE,))
    invitation = invitations.invite(
        email=email, name=name, language=language, role=Member.Role.OWNER, customer=row.customer,
        at=at, by=by, address=address,
    )  # fmt: skip
    finish(onboarding=row, at=at, by=by)
    return invitation


@transaction.atomic
def finish(*, onboarding: Onboarding, at: dt.datetime, by: User | None) -> Onboarding:
    """Take the environment into operation."""
    row = _go_on(_held(onboarding, (Step.PEOPLE,)), Step.DONE, at)
    # Nobody may have named a contact yet: then that is the first thing that needs a hand.
    reachability.judge(row.customer, at)
    logbook.write("onboarding-finished", at=at, by=by, customer=row.customer, environment=row.environment)
    return row


@transaction.atomic
def drop(*, onboarding: Onboarding, at: dt.datetime, by: User | None) -> Onboarding:
    """Give up taking it on; possible until its reading began. Raises ValidationError."""
    row = _held(onboarding, OPEN_STEPS)
    row.dropped_at = row.changed_at = at
    row.save()
    ConnectionTest.objects.filter(onboarding=row).update(due_at=None)
    logbook.write("onboarding-dropped", at=at, by=by, customer=row.customer, onboarding=row.pk)
    return row


def _held(onboarding: Onboarding, steps: tuple[Step, ...]) -> Onboarding:
    """The row as it stands now, locked; two admins at once do not undo each other. Raises ValidationError."""
    row = Onboarding.objects.select_for_update(of=("self",)).select_related("customer", "plan", "environment")
    row = row.get(pk=onboarding.pk)
    if row.dropped_at or row.step not in steps:
        raise ValidationError(_("Somebody has taken this further meanwhile. Look at where it stands now."))
    return row


def _go_on(row: Onboarding, step: Step, at: dt.datetime) -> Onboarding:
    """Keep the row at its next step; what was tested before a correction counts no more."""
    if step in OPEN_STEPS:
        ConnectionTest.objects.filter(onboarding=row).delete()
    row.step, row.changed_at = step, at
    row.save()
    return row
