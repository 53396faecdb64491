"""Loading the sample world: through the portal's verbs, again and again without doubling anything."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from customers import agreements, business_hours
from customers.models import (
    Agreement,
    BusinessHours,
    Customer,
    Environment,
    LogbookEntry,
    Member,
    Plan,
    Poll,
    SpecialDay,
    TrustProof,
    User,
)
from opsportal import business_time, work
from opsportal.aws.account import open_account
from opsportal.aws.errors import Denied, NoEntry
from opsportal.sandbox.management.commands.load_sample_world import Command
from opsportal.sandbox.running import Sandbox, start_sandbox

COUNTED = (
    Customer, Environment, Member, Plan, User, Agreement, Poll, LogbookEntry, BusinessHours, SpecialDay, TrustProof,
)  # fmt: skip


@pytest.fixture(scope="module")
def sample() -> Iterator[Sandbox]:
    """The whole sample world."""
    running = start_sandbox()
    yield running
    running.stop()


@pytest.fixture
def loaded(db, sample: Sandbox, settings) -> Sandbox:
    """The sample world, loaded into the portal."""
    settings.SANDBOX_URL = settings.AWS_ENDPOINT_URL = sample.url
    call_command(Command(), verbosity=0)
    return sample


def counts() -> dict[str, int]:
    """How many rows of each kind there are."""
    return {model.__name__: model.objects.count() for model in COUNTED}


def test_everybody_is_there(loaded: Sandbox) -> None:
    assert Customer.objects.count() == 6
    assert Environment.objects.count() == 7
    assert set(User.objects.exclude(staff_role="").values_list("email", "staff_role")) == {
        ("admin@opsportal.example", "admin"),
        ("operator@opsportal.example", "operator"),
    }
    roles = Member.objects.filter(customer__slug="aoba").values_list("role", flat=True)
    assert sorted(roles) == ["approver", "developer", "owner", "viewer"]
    assert User.objects.get(email="owner@minato.example").check_password("opsportal-demo")
    environment = Environment.objects.get(customer__slug="marunouchi", slug="staging")
    assert (environment.stage, environment.region) == ("staging", "ap-northeast-3")
    assert environment.site_url == f"{loaded.sites_url}/marunouchi-staging/"


def test_every_environment_runs_under_a_signed_agreement_and_every_customer_has_hours(loaded: Sandbox) -> None:
    at = business_time.now()
    for environment in Environment.objects.select_related("customer"):
        holding = agreements.agreement_at(environment, at)
        assert holding.state == Agreement.State.SIGNED
        assert holding.signed_by.email == f"owner@{environment.customer.slug}.example"
        assert business_hours.hours_of(environment.customer).weekly
    choices = {
        slug: agreements.agreement_at(Environment.objects.get(customer__slug=slug), at).night_choices
        for slug in ("aoba", "hokuto", "sakurai")
    }
    night = {slug: found["service-restart"]["night"]["choice"] for slug, found in choices.items()}
    assert night == {"aoba": "recover-first", "hokuto": "call-first", "sakurai": "notify-only"}
    assert [row.environment.customer.slug for row in Agreement.objects.filter(state="proposed")] == ["hokuto"]


def test_loading_again_changes_nothing(loaded: Sandbox) -> None:
    before = counts()
    call_command(Command(), verbosity=0)
    assert counts() == before


def test_portal_gets_in_everywhere_with_the_rights_that_each_customer_gives(loaded: Sandbox) -> None:
    from customers.environments import open_aws

    for environment in Environment.objects.select_related("customer"):
        account = open_aws(environment)
        assert account.call("rds", "DescribeDBInstances")["DBInstances"]
    sakurai = open_aws(Environment.objects.get(customer__slug="sakurai"))
    with pytest.raises(Denied, match="backup:ListBackupJobs"):
        sakurai.call("backup", "ListBackupJobs")
    with pytest.raises(Denied, match="rds:DescribePendingMaintenanceActions"):
        sakurai.call("rds", "DescribePendingMaintenanceActions")


def test_customers_whose_plan_makes_the_provider_act_gave_it_a_role_for_that(loaded: Sandbox) -> None:
    for _ in range(10):
        work.drain("prove-act-trust")
    proofs = TrustProof.objects.filter(role="act").select_related("environment__customer")
    assert all(proof.proven_at and proof.openings == [] for proof in proofs)
    acting = {proof.environment.customer.slug for proof in proofs}
    assert "sakurai" not in acting and {"aoba", "hokuto", "minato"} <= acting
    for environment in (proof.environment for proof in proofs):
        account = open_account(
            role_arn=environment.act_role_arn,
            external_id=str(environment.external_id),
            region=environment.region,
            account_id=environment.account_id,
            for_whom="somebody",
        )
        with pytest.raises(Denied):
            account.call("ec2", "DescribeInstances")


def test_role_follows_the_external_id_of_a_portal_that_started_afresh(loaded: Sandbox) -> None:
    import uuid

    from customers.environments import open_aws

    environment = Environment.objects.get(customer__slug="aoba")
    environment.external_id = uuid.uuid4()
    environment.save()
    with pytest.raises(NoEntry):
        open_aws(environment)
    call_command(Command(), verbosity=0)
    assert open_aws(environment).account_id == environment.account_id


def test_without_a_sandbox_it_says_what_to_do(db, settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="make demo"):
        call_command(Command(), verbosity=0)
    assert Customer.objects.count() == 0
