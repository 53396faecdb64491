"""A small simulated world, reached by boto3 through the door that the portal uses."""

import datetime as dt
import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest
from botocore.config import Config

from opsportal.sandbox.clock import SandboxClock
from opsportal.sandbox.running import Sandbox, start_sandbox
from opsportal.sandbox.world import Customer, Database, Environment, Opening, Person, Rhythm, Server, Site, World

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
REGION = "ap-northeast-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/OpsPortalRead"
EXTERNAL_ID = "an-external-id"

SITE = Site("試験書店", "試験の店", "#335577", ("お知らせ",))
OWNER = (Person("試験 太郎", "シケン タロウ", "owner@shop.example", "owner"),)
SHOP = Customer(
    slug="shop",
    name="試験書店",
    kana="シケンショテン",
    plan="full_support",
    people=OWNER,
    environments=(
        Environment(
            slug="production",
            name="本番",
            account=ACCOUNT,
            site=SITE,
            servers=(
                Server("web-1"),
                Server("web-2", zone="c"),
                Server("batch-1", job="batch", elastic_address=True),
            ),
            databases=(Database("shop-db", multi_az=True),),
            load_balancer=True,
            rhythm=Rhythm(4, 40, "evening"),
            backup="aws-backup",
        ),
    ),
)
CAFE = Customer(
    slug="cafe",
    name="試験喫茶",
    kana="シケンキッサ",
    plan="full_support",
    people=OWNER,
    environments=(
        Environment(
            slug="production",
            name="本番",
            account=OTHER_ACCOUNT,
            site=SITE,
            servers=(Server("web-1", data_disk_gib=50),),
            databases=(Database("cafe-db", maintenance_window="sat:19:00-sat:19:30"),),
            backup="images",
            openings=(Opening("miss-backup", "web-1", {"nights": 2}),),
        ),
    ),
)
WORLD = World(customers=(SHOP, CAFE))

# One for all modules: it keeps the service models that it has read.
SESSION = boto3.Session(region_name=REGION)
ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5, connect_timeout=2)


class Hand:
    """What a test does to the sandbox: call AWS as somebody, and use the control."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._credentials: dict[str, dict[str, str]] = {}
        self._clients: dict[Any, Any] = {}

    def by_hand(self, service: str, account: str = ACCOUNT) -> Any:
        """A client that acts as the customer itself."""
        region = next(row["region"] for row in self.control("world") if row["account"] == account)
        client = self._client(service, f"hand-{account}", "customer", None, region=region)
        client.meta.events.register(
            "before-sign.*", lambda request, **_: request.headers.__setitem__("x-moto-account-id", account), "account"
        )
        return client

    def portal(self, service: str = "sts", key: str = "sandbox") -> Any:
        """A client with the portal's own base credentials."""
        return self._client(service, key, "sandbox", None)

    def assumed(self, service: str, account: str = ACCOUNT, config: Config = ONCE, region: str = REGION) -> Any:
        """A client with the credentials of the account's role."""
        found = self._credentials.get(account)
        if found is None:
            found = self._credentials[account] = self.portal().assume_role(
                RoleArn=f"arn:aws:iam::{account}:role/OpsPortalRead", RoleSessionName="poll", ExternalId=EXTERNAL_ID
            )["Credentials"]
        keys = (found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        return self._client(service, *keys, config=config, region=region)

    def client(self, service: str, access_key: str, secret: str, token: str | None) -> Any:
        """A client with any credentials."""
        return self._client(service, access_key, secret, token)

    def make_role(self, account: str = ACCOUNT, statements: list[dict] | None = None, **trust: Any) -> None:
        """The customer's part: a role that trusts the portal, with the external id."""
        iam = self.by_hand("iam", account)
        principal = trust.get("principal", "arn:aws:iam::123456789012:root")
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": principal},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
                }
            ],
        }
        iam.create_role(RoleName="OpsPortalRead", AssumeRolePolicyDocument=json.dumps(document))
        allowed = statements or [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
        policy = {"Version": "2012-10-17", "Statement": allowed}
        iam.put_role_policy(RoleName="OpsPortalRead", PolicyName="read", PolicyDocument=json.dumps(policy))

    def control(self, path: str, body: dict[str, Any] | None = None, language: str = "en") -> Any:
        """One control request; its JSON, also of a refusal."""
        request = urllib.request.Request(
            f"{self.sandbox.url}/sandbox/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Accept-Language": language, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:
                return json.load(reply)
        except HTTPError as refused:
            return json.load(refused) | {"status": refused.code}

    def happen(self, scenario: str, customer: str = "shop", server: str = "", **options: Any) -> Any:
        """Let a scenario happen."""
        return self.control("apply", {"scenario": scenario, "customer": customer, "server": server, "options": options})

    def forward(self, **by: float) -> None:
        """Move the sandbox's clock ahead."""
        self.control("clock", {"forward_seconds": dt.timedelta(**by).total_seconds()})

    def instance_id(self, name: str, account: str = ACCOUNT) -> str:
        """The id of a server of the world."""
        place = next(row for row in self.control("world") if row["account"] == account)
        return place["servers"][name]

    def _client(
        self,
        service: str,
        access_key: str,
        secret: str,
        token: str | None,
        config: Config = ONCE,
        region: str = REGION,
    ) -> Any:
        key = (service, access_key, region, id(config))
        if key not in self._clients:
            self._clients[key] = SESSION.client(
                service,
                endpoint_url=self.sandbox.url,
                region_name=region,
                aws_access_key_id=access_key,
                aws_secret_access_key=secret,
                aws_session_token=token,
                config=config,
            )
        return self._clients[key]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A running sandbox of its own for each test module: moto's state is one for the whole process."""
    folder = tmp_path_factory.mktemp("sandbox")
    running = start_sandbox(folder, SandboxClock(folder / "clock"), world=WORLD)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def settled(sandbox: Sandbox) -> Hand:
    """The hand of a module, with the customers' roles in place."""
    hand = Hand(sandbox)
    hand.make_role(ACCOUNT)
    hand.make_role(OTHER_ACCOUNT)
    # Sessions are opened before any trouble begins, as those of a portal that has been running.
    hand.assumed("sts", ACCOUNT)
    hand.assumed("sts", OTHER_ACCOUNT)
    return hand


@pytest.fixture
def hand(settled: Hand) -> Iterator[Hand]:
    """The hand for one test; what the test made happen is put right afterwards."""
    yield settled
    settled.control("clear", {})


@pytest.fixture
def restart(tmp_path: Path) -> Iterator[Callable[[], Hand]]:
    """Starts a sandbox on the same folder again and again."""
    running: list[Sandbox] = []

    def again() -> Hand:
        while running:
            running.pop().stop()
        running.append(start_sandbox(tmp_path, SandboxClock(tmp_path / "clock"), world=WORLD))
        return Hand(running[0])

    yield again
    while running:
        running.pop().stop()
