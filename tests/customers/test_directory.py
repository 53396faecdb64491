"""The list of customers: searched, narrowed and sorted by the URL."""

import re

import pytest
from django.urls import reverse

from customers import customers
from customers.models import Environment, Standing
from opsportal import business_time


def shown(client, **query) -> list[str]:
    text = client.get(reverse("customers"), query).text
    return re.findall(r'<th scope="row"><a [^>]+>([^<]+)</a>', text)


@pytest.fixture(autouse=True)
def as_operator(world, client):
    """An operator looks."""
    client.force_login(world.operator)
    Standing.objects.filter(environment=world.inn_production).update(level=Standing.Level.ACT, needs=3)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["試験旅館", "試験書店"]),
        ({"sort": "name"}, ["試験書店", "試験旅館"]),
        ({"sort": "needs"}, ["試験旅館", "試験書店"]),
        ({"sort": "nonsense"}, ["試験旅館", "試験書店"]),
        ({"q": "書店"}, ["試験書店"]),
        ({"q": "シケンリョ 本番"}, ["試験旅館"]),
        ({"q": "しけんりょ"}, ["試験旅館"]),
        ({"q": "１１１１２２２２３３３３"}, ["試験書店"]),
        ({"q": "no such"}, []),
        ({"level": "1"}, ["試験旅館"]),
        ({"level": "9"}, ["試験旅館", "試験書店"]),
        ({"stage": "staging"}, []),
        ({"plan": "full"}, ["試験旅館", "試験書店"]),
        ({"plan": "no-such-plan"}, ["試験旅館", "試験書店"]),
    ],
)
def test_the_url_says_what_is_shown(client, query, names):
    assert shown(client, **query) == names


def test_the_list_renews_itself_only_when_something_changed(world, client):
    headers, query = {"HX-Request": "true"}, {"sort": "name", "q": "書店"}
    part = client.get(reverse("customers"), query, headers=headers).text
    assert "<html" not in part and part.count("sort=needs") == 1
    seen = re.search(r"seen=([0-9.]+)", part)[1]
    assert client.get(reverse("customers"), {**query, "seen": seen}, headers=headers).status_code == 204
    Standing.objects.filter(environment=world.inn_production).update(version=99)
    renewed = client.get(reverse("customers"), {**query, "seen": seen}, headers=headers)
    assert renewed.status_code == 200 and renewed.text.count("seen=") == 1


def test_a_closed_environment_is_not_listed_and_leaves_its_customer_without_one(world, client):
    world.inn_production.state = Environment.State.CLOSED
    world.inn_production.save()
    assert shown(client) == ["試験旅館", "試験書店"]
    assert reverse("environment", args=[world.inn_production.pk]) not in client.get(reverse("customers")).text
    world.inn.closed_at = business_time.now()
    world.inn.save()
    assert shown(client) == ["試験書店"]


@pytest.fixture
def fresh(world):
    """A customer that was taken on a moment ago."""
    return customers.onboard(name="新緑書房", slug="fresh", kana="シンリョク", at=business_time.now(), by=None)


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ({}, True),
        ({"sort": "needs"}, True),
        ({"sort": "deadline"}, True),
        ({"q": "シンリョ"}, True),
        ({"level": "0"}, True),
        ({"level": "3"}, False),
        ({"stage": "production"}, False),
        ({"plan": "full"}, False),
        ({"q": "新緑 本番"}, False),
        ({"level": "0", "stage": "production"}, False),
    ],
)
def test_a_customer_without_environment_is_listed_where_it_belongs(fresh, client, query, listed):
    assert (fresh.name in shown(client, **query)) is listed


def test_a_customer_without_environment_says_so_and_what_to_do(fresh, client):
    row = client.get(reverse("customers"), {"level": "0"}).text.split(f'id="row--{fresh.pk}"')[1].split("</tr>")[0]
    assert "環境なし" in row and "管理者が顧客の AWS アカウントとリージョンを登録すると" in row
    assert reverse("customer", args=[fresh.pk]) in row


def test_the_list_renews_itself_when_a_customer_is_taken_on(world, client):
    seen = re.search(r"seen=([\d.]+)", client.get(reverse("customers")).text)[1]
    ask = {"path": reverse("customers"), "data": {"seen": seen}, "headers": {"HX-Request": "true"}}
    assert client.get(**ask).status_code == 204
    customers.onboard(name="新緑書房", slug="fresh", kana="シンリョク", at=business_time.now(), by=None)
    assert "新緑書房" in client.get(**ask).text


def test_the_stage_is_told_only_where_the_name_does_not_say_it(world, client):
    page = client.get(reverse("customer", args=[world.shop.pk])).text
    assert page.count("本番") == 1
    Environment.objects.filter(pk=world.shop_production.pk).update(stage="staging")
    assert "検証" in client.get(reverse("customer", args=[world.shop.pk])).text


def test_the_page_of_a_customer_lists_environments_and_people(world, client):
    text = client.get(reverse("customer", args=[world.shop.pk])).text
    for words in ("本番", "フルサポート", "青木 由美", "サイト責任者", "owner@shop.example"):
        assert words in text
    assert "北川 千鶴" not in text
