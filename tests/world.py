"""The cast of every test: two customers with people and an AWS account each, and the provider's staff.

The portal's side is made by domain functions, AWS's side by a sandbox; nothing is inserted past them.
"""

import datetime as dt
import ipaddress
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.test import override_settings

from customers import agreements, customers, second_factors
from customers.models import Customer, Duty, Environment, Message, Poll, User
from opsportal import business_time, work
from opsportal.aws import permissions
from opsportal.sandbox import world as simulated
from opsportal.sandbox.clock import SandboxClock
from opsportal.sandbox.running import Sandbox, start_sandbox
from opsportal.sandbox.scenarios import apply_scenario, clear_scenario

PASSWORD = "correct-horse-battery"
ACCOUNTS = {"shop": "111122223333", "inn": "444455556666"}
_SITE = simulated.Site("試験書店オンライン", "試験の店", "#335577", ("お知らせ",))


def _simulated(slug: str, name: str, servers: tuple[str, ...], backup: str) -> simulated.Customer:
    environment = simulated.Environment(
        slug="production",
        name="本番",
        account=ACCOUNTS[slug],
        site=_SITE,
        servers=tuple(simulated.Server(server) for server in servers),
        databases=(simulated.Database(f"{slug}-db"),),
        load_balancer=slug == "shop",
        backup=backup,
    )
    return simulated.Customer(
        slug=slug, name=name, kana=name, plan="full_support", people=(), environments=(environment,)
    )


WORLD = simulated.World(
    customers=(
        _simulated("shop", "試験書店", ("web-1", "web-2"), "snapshots"),
        _simulated("inn", "試験旅館", ("web-1",), "aws-backup"),
    )
)


@dataclass
class Cast:
    """Who takes part. `shop` is ours in most tests, `inn` is the other tenant."""

    shop: Customer
    shop_production: Environment
    inn: Customer
    inn_production: Environment
    operator: User
    admin: User
    owner: User
    approver: User
    developer: User
    viewer: User
    stranger: User


class Scenes:
    """Makes things happen in the simulated AWS, and puts them right."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def apply(self, name: str, customer: str = "shop", server: str = "", **options: Any) -> None:
        """Let a scenario begin."""
        apply_scenario(self.sandbox.simulation, name, customer=customer, server=server, options=options)

    def clear(self) -> None:
        """End every scenario."""
        clear_scenario(self.sandbox.simulation)

    def start_all(self) -> None:
        """Let every server run again, whatever a test did to it; takes a minute or two of AWS's time."""
        simulation = self.sandbox.simulation
        for place in simulation.estate:
            for server in place.servers:
                simulation.states.start(server.instance_id, simulation.clock.now())


class BusinessClock:
    """Moves the portal's business time and the simulated AWS together."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock

    def now(self) -> dt.datetime:
        """The present moment of business time."""
        return business_time.now()

    def forward(self, **span: float) -> None:
        """Go ahead, for example forward(hours=8)."""
        self._clock.forward(dt.timedelta(**span))
        business_time._offset_in.cache_clear()


@pytest.fixture(scope="module")
def simulated_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, SandboxClock, Path]]:
    """A sandbox of this module's own: moto holds its state in the process."""
    offset = tmp_path_factory.mktemp("clock") / "offset"
    clock = SandboxClock(offset)
    clock.forward(_until_mid_morning(clock.now()))
    sandbox = start_sandbox(None, clock, WORLD)
    yield sandbox, clock, offset
    sandbox.stop()


def _until_mid_morning(now: dt.datetime) -> dt.timedelta:
    """How far it is to ten in the morning in Tokyo: nights are over, and no test depends on when it runs."""
    morning = now.replace(hour=1, minute=0, second=0, microsecond=0)
    return morning + dt.timedelta(days=1 if morning <= now else 0) - now


@pytest.fixture(autouse=True)
def sites_on_this_machine() -> Iterator[None]:
    """Sites answer on loopback here, where the portal otherwise never goes."""
    with override_settings(OUTWARD_NETWORKS=[ipaddress.ip_network("127.0.0.0/8")]):
        yield


@pytest.fixture
def scenes(simulated_aws, settings) -> Iterator[Scenes]:
    """The simulated AWS as the portal's AWS; whatever a test made happen is put right after it."""
    settings.AWS_ENDPOINT_URL = simulated_aws[0].url
    made = Scenes(simulated_aws[0])
    yield made
    made.clear()


@pytest.fixture
def clock(simulated_aws, settings) -> BusinessClock:
    """Business time that a test can move forward, AWS's clock with it."""
    settings.BUSINESS_CLOCK_FILE = str(simulated_aws[2])
    business_time._offset_in.cache_clear()
    return BusinessClock(simulated_aws[1])


@pytest.fixture
def world(db, simulated_aws, clock) -> Cast:
    """The cast, onboarded; no reading has been made yet."""
    at = business_time.now()
    plan = agreements.add_plan(code="full", name_ja="フルサポート", name_en="Full support", provider_duties=list(Duty))
    shop, inn = (
        customers.onboard(name=name, slug=slug, kana=kana, at=at, by=None)
        for name, slug, kana in (("試験書店", "shop", "シケンショテン"), ("試験旅館", "inn", "シケンリョカン"))
    )
    environments = [
        customers.add_environment(
            customer=customer,
            name="本番",
            slug="production",
            stage=Environment.Stage.PRODUCTION,
            account_id=ACCOUNTS[customer.slug],
            region="ap-northeast-1",
            plan=plan,
            retention_days=7,
            at=at,
            by=None,
            site_url=f"{simulated_aws[0].sites_url}/{customer.slug}-production/",
            site_text=_SITE.title,
        )
        for customer in (shop, inn)
    ]
    staff = [
        customers.add_staff(email=f"{role}@msp.example", name=name, staff_role=role, password=PASSWORD, at=at, by=None)
        for role, name in (("operator", "佐藤 健"), ("admin", "高橋 葵"))
    ]
    for person in staff:
        give_app(person, at)
    members = [
        customers.add_member(
            customer=customer,
            email=f"{role}@{customer.slug}.example",
            name=name,
            role=role,
            password=PASSWORD,
            at=at,
            by=None,
        ).user
        for customer, role, name in (
            (shop, "owner", "青木 由美"),
            (shop, "approver", "大塚 修"),
            (shop, "developer", "森田 直樹"),
            (shop, "viewer", "川口 恵"),
            (inn, "owner", "北川 千鶴"),
        )
    ]
    return Cast(shop, environments[0], inn, environments[1], *staff, *members)


def give_app(user: User, at: dt.datetime) -> str:
    """Set up an authenticator app, as the person would; its seed."""
    app = second_factors.begin_app(user)
    code = second_factors.digits(app.seed, second_factors.present_step() - 1)
    assert second_factors.confirm_app(user=user, begun=app.key, code=code, at=at, address="192.0.2.1")
    # Read and thrown away: tests begin with an empty outbox.
    Message.objects.filter(kind="account-notice", user=user).delete()
    return app.seed


@pytest.fixture
def connected(world: Cast, scenes: Scenes) -> Cast:
    """The cast with AWS roles that trust the portal; still no reading has been made."""
    for environment in (world.shop_production, world.inn_production):
        trust(scenes, environment)
    return world


@pytest.fixture
def read(connected: Cast) -> Cast:
    """The cast after the first round of readings."""
    read_everything()
    return connected


def trust(
    scenes: Scenes, environment: Environment, *, external_id: str | None = None, withheld: tuple[str, ...] = ()
) -> None:
    """Play the customer: make the role that trusts the portal under its ExternalId, less the withheld actions."""
    document = permissions.trust_policy(
        f"arn:aws:iam::{simulated.PORTAL_ACCOUNT}:root", external_id or str(environment.external_id)
    )
    _make_role(scenes, environment, simulated.ROLE_NAME, document, withheld)


def let_act(scenes: Scenes, environment: Environment, *, external_id: str | None = None) -> None:
    """Play the customer: make the role that lets the portal act, for those who say for whom."""
    document = permissions.trust_policy(
        f"arn:aws:iam::{simulated.PORTAL_ACCOUNT}:root",
        external_id or str(environment.external_id),
        names_who_acts=True,
    )
    _make_role(scenes, environment, simulated.ACT_ROLE_NAME, document, ())
    environment.act_role_arn = f"arn:aws:iam::{environment.account_id}:role/{simulated.ACT_ROLE_NAME}"
    environment.save(update_fields=["act_role_arn"])


def _make_role(
    scenes: Scenes, environment: Environment, name: str, trusting: dict[str, Any], withheld: tuple[str, ...]
) -> None:
    iam = boto3.client(
        "iam",
        region_name="us-east-1",
        endpoint_url=scenes.sandbox.url,
        aws_access_key_id="customer",
        aws_secret_access_key="customer",
    )
    account = environment.account_id
    iam.meta.events.register(
        "before-sign.*", lambda request, **_: request.headers.__setitem__("x-moto-account-id", account)
    )
    document = json.dumps(trusting)
    try:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)
    allowed = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    denied = [{"Effect": "Deny", "Action": list(withheld), "Resource": "*"}] if withheld else []
    iam.put_role_policy(
        RoleName=name,
        PolicyName="portal",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed + denied}),
    )


@pytest.fixture
def acting(read: Cast, scenes: Scenes, clock: BusinessClock) -> Iterator[Cast]:
    """The cast, read once, whose AWS lets the portal act as well; afterwards every server runs again."""
    for environment in (read.shop_production, read.inn_production):
        let_act(scenes, environment)
    yield read
    scenes.clear()
    # What is stopping has stopped by then.
    clock.forward(minutes=2)
    scenes.start_all()
    clock.forward(minutes=3)


def read_everything() -> None:
    """Let every due reading be made, and those that new servers and databases made due again."""
    for _ in range(2):
        for kind in work.kinds():
            work.drain(kind)


def read_now(environment: Environment, *readings: Poll.Reading) -> None:
    """Make readings of one environment due, and let them be made."""
    polls = Poll.objects.filter(environment=environment)
    (polls.filter(reading__in=readings) if readings else polls).update(due_at=business_time.now())
    read_everything()
