"""Lists below an environment renew themselves, and a look for news costs almost nothing."""

import html
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import standings
from customers.models import Poll
from opsportal import business_time

HTMX = {"HX-Request": "true"}
LISTS = ("observations", "readings", "notices", "backups", "alarms")


def seen_on(client, address: str) -> str:
    """The version that a page shows."""
    return re.search(r"seen=([\d.]+)", client.get(address).text)[1]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("who", ["operator", "developer"])
def test_a_list_renews_itself_only_when_something_changed(read, client, name, who):
    client.force_login(getattr(read, who))
    address = reverse(name, args=[read.shop_production.pk])
    seen = seen_on(client, address)
    quiet = client.get(address, {"seen": seen, "after": "", "status": "open"}, headers=HTMX)
    assert quiet.status_code == 204 and quiet.content == b""
    standings.refresh(read.shop_production, business_time.now())
    renewed = client.get(address, {"seen": seen, "status": "open"}, headers=HTMX)
    assert renewed.status_code == 200 and "<html" not in renewed.text
    again = html.unescape(re.search(r'hx-get="([^"]+)"', renewed.text)[1])
    assert again.count("seen=") == 1 and "status=open" in again
    assert client.get(again, headers=HTMX).status_code == 204


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_grew_too_old_says_so_by_itself(read, client, clock, name):
    client.force_login(read.operator)
    address = reverse(name, args=[read.shop_production.pk])
    seen = seen_on(client, address)
    clock.forward(hours=30)
    assert client.get(address, {"seen": seen}, headers=HTMX).status_code == 200


def questions(client, address: str, **query) -> int:
    """How many SELECTs an answer took, less those that only set the walls around it."""
    with CaptureQueriesContext(connection) as asked:
        client.get(address, query, headers=HTMX)
    return len([one for one in asked if one["sql"].startswith("SELECT") and "set_config" not in one["sql"]])


@pytest.mark.parametrize("name", [*LISTS, "customer", "customers", "board"])
def test_a_look_for_news_asks_one_question_besides_who_looks(read, client, name):
    client.force_login(read.operator)
    page = {
        "customers": reverse("customers"),
        "customer": reverse("customer", args=[read.shop.pk]),
        "board": reverse("environment", args=[read.shop_production.pk]),
    }.get(name) or reverse(name, args=[read.shop_production.pk])
    part = reverse("environment-part", args=[read.shop_production.pk, "board"]) if name == "board" else page
    seen = seen_on(client, page)
    assert client.get(part, {"seen": seen}, headers=HTMX).status_code == 204
    # The page of help asks for nothing but who looks.
    assert questions(client, part, seen=seen) <= questions(client, reverse("help")) + 1


def test_the_page_of_readings_tells_ages_and_what_comes_next_without_news(read, client):
    client.force_login(read.operator)
    address = reverse("readings", args=[read.shop_production.pk])
    quiet = client.get(address, {"seen": seen_on(client, address)}, headers=HTMX)
    poll = Poll.objects.get(environment=read.shop_production, reading=Poll.Reading.STATUS)
    told = json.loads(quiet["HX-Trigger"])["ages"]
    assert told["status"] == f"{poll.succeeded_at:%Y-%m-%dT%H:%M:%SZ}"
    assert told["next-status"] == f"{poll.due_at:%Y-%m-%dT%H:%M:%SZ}"


def test_what_reading_costs_comes_by_itself_after_half_an_hour(read, client, clock):
    client.force_login(read.operator)
    address = reverse("readings", args=[read.shop_production.pk])
    Poll.objects.update(trusted_until=None)
    seen = seen_on(client, address)
    clock.forward(minutes=31)
    assert "ドルです" in client.get(address, {"seen": seen}, headers=HTMX).text


def test_the_page_of_a_customer_renews_itself_only_when_something_changed(read, client):
    client.force_login(read.operator)
    address = reverse("customer", args=[read.shop.pk])
    seen = seen_on(client, address)
    standings.refresh(read.inn_production, business_time.now())
    assert client.get(address, {"seen": seen}, headers=HTMX).status_code == 204
    standings.refresh(read.shop_production, business_time.now())
    renewed = client.get(address, {"seen": seen}, headers=HTMX)
    assert renewed.status_code == 200 and "<html" not in renewed.text and "青木 由美" in renewed.text
