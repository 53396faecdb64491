"""Plans and what is known of a customer, changed on the screen by admins."""

import pytest
from django.urls import reverse

from customers import agreements
from customers.models import Customer, Environment, LogbookEntry, Plan, Poll
from opsportal import business_time
from tests.world import read_now


@pytest.fixture
def sent(world, client):
    """Sends a form as somebody."""

    def send(who, name, data, *arguments):
        client.force_login(getattr(world, who))
        return client.post(reverse(name, args=arguments), data)

    return send


NEW = {"code": "light", "name_ja": "ライト", "name_en": "Light", "provider_duties": ["N1", "I1"]}


def test_a_plan_is_added_and_changed_and_agreements_keep_what_they_were_made_with(world, sent, client):
    assert sent("admin", "add-plan", NEW).status_code == 302
    assert Plan.objects.get(code="light").provider_duties == ["I1", "N1"]
    full = Plan.objects.get(code="full")
    assert (
        sent("admin", "plan", NEW | {"code": "other", "name_ja": "全部", "name_en": "All"}, full.pk).status_code == 302
    )
    full.refresh_from_db()
    assert (full.code, full.name_ja, full.provider_duties) == ("full", "全部", ["I1", "N1"])
    held = agreements.agreement_at(world.shop_production, business_time.now())
    assert agreements.performers(held)["N5"] == "provider"
    client.force_login(world.operator)
    page = client.get(reverse("plans"))
    assert dict(page.context["rows"])[full] == 2 and "ライト" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "full"}, "code"),
        ({"code": "<script>"}, "code"),
        ({"name_ja": "フルサポート"}, "name_ja"),
        ({"name_en": "長" * 10_000}, "name_en"),
        ({"provider_duties": ["N9"]}, "provider_duties"),
    ],
)
def test_a_wrong_plan_is_told_at_its_field(world, sent, wrong, field):
    response = sent("admin", "add-plan", NEW | wrong)
    assert list(response.context["form"].errors) == [field]
    assert Plan.objects.count() == 1


@pytest.mark.parametrize("who", ["operator", "owner"])
def test_only_admins_change_plans_and_customers(world, sent, who):
    assert sent(who, "add-plan", NEW).status_code == 404
    assert sent(who, "edit-customer", {}, world.shop.pk).status_code == 404
    assert sent(who, "close-customer", {"name": world.shop.name}, world.shop.pk).status_code == 404


GIVEN = {"name": "新しい書店", "kana": "アタラシイショテン", "time_zone": "Asia/Tokyo", "note": "社員用のメモ"}


def test_a_customer_is_renamed_everywhere(world, sent, client):
    assert sent("admin", "edit-customer", GIVEN, world.shop.pk).status_code == 302
    assert "新しい書店" in client.get(reverse("customers")).content.decode()
    assert LogbookEntry.objects.get(verb="customer-changed").facts["fields"] == ["kana", "name", "note"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "試験旅館"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "長" * 10_000}, "name"),
        ({"time_zone": "Asia/Tokio"}, "time_zone"),
        ({"note": "長" * 4001}, "note"),
    ],
)
def test_what_is_wrong_about_a_customer_is_told_at_its_field(world, sent, wrong, field):
    response = sent("admin", "edit-customer", GIVEN | wrong, world.shop.pk)
    assert list(response.context["form"].errors) == [field]
    assert Customer.objects.get(pk=world.shop.pk).name == "試験書店"


def test_a_closed_customer_is_read_no_more_and_its_people_are_out(read, sent, client):
    assert "name" in sent("admin", "close-customer", {"name": "試験旅館"}, read.shop.pk).context["form"].errors
    assert sent("admin", "close-customer", {"name": "試験書店"}, read.shop.pk).status_code == 302
    client.force_login(read.owner)
    assert client.get(reverse("environment", args=[read.shop_production.pk])).status_code == 404
    assert Environment.objects.get(pk=read.shop_production.pk).state == Environment.State.CLOSED
    assert not Poll.objects.filter(environment=read.shop_production).exclude(due_at=None).exists()
    before = LogbookEntry.objects.count()
    sent("admin", "close-customer", {"name": "試験書店"}, read.shop.pk)
    assert LogbookEntry.objects.count() == before
    read_now(read.inn_production)
    client.force_login(read.operator)
    assert reverse("customer", args=[read.shop.pk]) not in client.get(reverse("customers")).content.decode()
