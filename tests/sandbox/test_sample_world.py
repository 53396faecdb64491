"""The sample world as it stands: everything in it can be simulated and told apart."""

from collections.abc import Iterator

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from opsportal.sandbox.calls import SERVICES
from opsportal.sandbox.permissions import READ_ACTIONS
from opsportal.sandbox.running import Sandbox, start_sandbox
from opsportal.sandbox.sample import SAMPLE_WORLD
from tests.sandbox.conftest import Hand


@pytest.fixture(scope="module")
def sample() -> Iterator[Sandbox]:
    """The whole sample world."""
    running = start_sandbox()
    yield running
    running.stop()


def test_six_customers_in_seven_accounts(sample: Sandbox) -> None:
    places = Hand(sample).control("world")
    assert len({place["customer"] for place in places}) == 6
    assert len({place["account"] for place in places}) == 7
    assert {place["region"] for place in places} == {"ap-northeast-1", "ap-northeast-3"}


def test_names_and_addresses_are_unique() -> None:
    people = [person.mail for customer in SAMPLE_WORLD.customers for person in customer.people]
    people += [person.mail for person in SAMPLE_WORLD.staff]
    assert len(people) == len(set(people))
    databases = [d.name for c in SAMPLE_WORLD.customers for e in c.environments for d in e.databases]
    assert len(databases) == len(set(databases))


def test_world_begins_with_its_troubles(sample: Sandbox) -> None:
    under_way = Hand(sample).control("status")["under_way"]
    assert [(row["customer"], row["scenario"]) for row in under_way] == [
        ("hokuto", "retire-instance"),
        ("hokuto", "reboot-event"),
        ("hokuto", "rds-maintenance"),
        ("minato", "miss-backup"),
    ]


def test_no_alarm_rings_in_the_beginning(sample: Sandbox) -> None:
    hand = Hand(sample)
    for place in hand.control("world"):
        alarms = hand.by_hand("cloudwatch", place["account"]).describe_alarms()["MetricAlarms"]
        assert alarms
        assert [row["AlarmName"] for row in alarms if row["StateValue"] != "OK"] == []


def test_permissions_of_the_read_role_exist_in_aws() -> None:
    loader = Loader()
    models = {
        service.iam_prefix: ServiceModel(loader.load_service_model(service.model, "service-2"))
        for service in SERVICES.values()
    }
    for action in READ_ACTIONS:
        prefix, operation = action.split(":")
        assert operation in models[prefix].operation_names
