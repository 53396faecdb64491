"""The list of customers: searched, narrowed and sorted by the URL."""

import re

import pytest
from django.urls import reverse

from customers.models import Environment, Standing


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


def test_a_closed_environment_is_not_listed(world, client):
    world.inn_production.state = Environment.State.CLOSED
    world.inn_production.save()
    assert shown(client) == ["試験書店"]


def test_the_page_of_a_customer_lists_environments_and_people(world, client):
    text = client.get(reverse("customer", args=[world.shop.pk])).text
    for words in ("本番", "フルサポート", "青木 由美", "サイト責任者", "owner@shop.example"):
        assert words in text
    assert "北川 千鶴" not in text
