"""manage.py load_sample_world: takes on the six customers, and does the customers' part in the simulated AWS."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from customers import agreements, customers, environments, grants
from customers.models import Customer, Environment, Plan, User
from opsportal import business_time
from opsportal.sandbox import agreed, sample_contacts, world
from opsportal.sandbox.client import AwsRefusedError, SandboxClient, SandboxError
from opsportal.sandbox.permissions import act_document, act_trust_document, read_document, trust_document
from opsportal.sandbox.sample import SAMPLE_WORLD

PASSWORD = "opsportal-demo"
PLANS = (
    ("full_support", "フルサポート", "Full support", ["N1", "N2", "N3", "N4", "N5", "I1", "I2", "I3"]),
    ("incident_only", "障害対応のみ", "Incidents only", ["I1", "I2", "I3"]),
    ("notify_only", "通知のみ", "Notification only", ["I1"]),
)


class Command(BaseCommand):
    """Everything through domain functions; run again, it adds only what is missing."""

    help = "Loads the sample world, and lets the portal into the simulated AWS accounts. Safe to run at every start."

    def handle(self, *args: Any, **options: Any) -> None:
        """Plans, staff, customers with their people and environments, and each environment's role in AWS."""
        at = business_time.now()
        sandbox = SandboxClient(settings.SANDBOX_URL)
        try:
            places = {(row["customer"], row["environment"]): row for row in sandbox.get("world")}
            with transaction.atomic():
                plans = {code: _plan(code, *words) for code, *words in PLANS}
                for person in SAMPLE_WORLD.staff:
                    _staff(person, at)
                admin = User.objects.filter(staff_role=User.StaffRole.ADMIN).order_by("pk").first()
                loaded = [_customer(customer, plans, places, at, admin) for customer in SAMPLE_WORLD.customers]
                for customer in SAMPLE_WORLD.customers:
                    sample_contacts.load(customer, at)
            for pairs in loaded:
                for environment, sample in pairs:
                    _let_in(sandbox, environment, sample)
        except SandboxError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 0:
            self.stdout.write(f"{len(loaded)} customers, {sum(map(len, loaded))} environments")


def _plan(code: str, name_ja: str, name_en: str, duties: list[str]) -> Plan:
    return agreements.add_plan(code=code, name_ja=name_ja, name_en=name_en, provider_duties=duties)


def _staff(person: world.Person, at: dt.datetime) -> None:
    if not User.objects.filter(email=person.mail).exists():
        customers.add_staff(
            email=person.mail, name=person.name, staff_role=person.role, password=PASSWORD, at=at, by=None
        )


def _customer(
    sample: world.Customer, plans: dict[str, Plan], places: dict[tuple[str, str], dict], at: dt.datetime, admin: User
) -> list[tuple[Environment, world.Environment]]:
    customer = Customer.objects.filter(slug=sample.slug).first() or customers.onboard(
        name=sample.name, slug=sample.slug, kana=sample.kana, at=at, by=None
    )
    _people(customer, sample, at)
    agreed.keep_hours(customer, sample, at, admin)
    pairs = [
        (
            _environment(customer, environment, plans[sample.plan], places[sample.slug, environment.slug], at),
            environment,
        )
        for environment in sample.environments
    ]
    for environment, _sample in pairs:
        agreed.keep_agreement(environment, sample, at, admin)
    return pairs


def _people(customer: Customer, sample: world.Customer, at: dt.datetime) -> None:
    for person in sample.people:
        if person.role and not User.objects.filter(email=person.mail).exists():
            customers.add_member(
                customer=customer,
                email=person.mail,
                name=person.name,
                role=person.role,
                password=PASSWORD,
                at=at,
                by=None,
            )


def _environment(
    customer: Customer, sample: world.Environment, plan: Plan, place: dict[str, Any], at: dt.datetime
) -> Environment:
    # Only where the plan makes the provider change anything does the customer give it a role for that.
    act_role_name = f"{world.ACT_ROLE_NAME}-{sample.slug}" if grants.needs_to_act(plan) else ""
    found = Environment.objects.filter(customer=customer, slug=sample.slug).first()
    if found is None:
        return customers.add_environment(
            customer=customer,
            name=sample.name,
            slug=sample.slug,
            stage=sample.stage,
            account_id=sample.account,
            region=sample.region,
            plan=plan,
            retention_days=sample.agreed_retention_days,
            at=at,
            by=None,
            read_role_name=world.ROLE_NAME,
            act_role_name=act_role_name,
            site_url=place["site_url"],
            site_text=sample.site.title,
        )
    if found.site_url != place["site_url"]:
        # The simulated sites answer on another port than last time.
        environments.move_site(environment=found, site_url=place["site_url"], at=at, by=None)
    if act_role_name and not found.act_role_arn:
        arn = f"arn:aws:iam::{sample.account}:role/{act_role_name}"
        customers.name_act_role(environment=found, act_role_arn=arn, at=at, by=None)
    return found


def _let_in(sandbox: SandboxClient, environment: Environment, sample: world.Environment) -> None:
    """The customer's part: roles that trust the portal with the external id that the portal made."""
    external_id = str(environment.external_id)
    policy = read_document(sample.withheld_actions)
    _make_role(sandbox, sample.account, world.ROLE_NAME, trust_document(external_id), policy)
    if environment.act_role_arn:
        policy = act_document(sample.account, sample.region)
        name = environment.act_role_arn.rpartition("/")[2]
        _make_role(sandbox, sample.account, name, act_trust_document(external_id), policy)


def _make_role(sandbox: SandboxClient, account: str, name: str, trust: str, policy: str) -> None:
    try:
        sandbox.by_hand(account, "CreateRole", RoleName=name, AssumeRolePolicyDocument=trust)
    except AwsRefusedError as refused:
        if refused.code != "EntityAlreadyExists":
            raise
        sandbox.by_hand(account, "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=trust)
    sandbox.by_hand(account, "PutRolePolicy", RoleName=name, PolicyName=name, PolicyDocument=policy)
