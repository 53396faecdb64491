"""A forgotten password: a link by mail, once and for half an hour, that tells strangers nothing."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import LogbookEntry, Message
from opsportal import business_time
from tests.customers.test_invitations import PASSWORD as NEW_PASSWORD
from tests.customers.test_invitations import newest_link
from tests.customers.test_log_in import log_in
from tests.customers.test_races import at_once
from tests.world import PASSWORD, give_app

FIELDS = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}


def ask(client: Client, email: str):
    return client.post(reverse("forgot-password"), {"email": email})


def test_the_link_sets_a_new_password_once_and_logs_out_everywhere(world, client):
    logged_in = Client()
    log_in(logged_in, world.owner)
    ask(client, "OWNER@shop.example")
    link = newest_link("password-reset")
    assert client.get(link).status_code == 200
    assert "field-error" in client.post(link, {"new_password1": "short", "new_password2": "short"}).text
    assert "ログイン" in client.post(link, FIELDS).text
    assert logged_in.get(reverse("home")).url.startswith(reverse("login"))
    assert log_in(Client(), world.owner, PASSWORD).status_code == 200
    assert log_in(Client(), world.owner, NEW_PASSWORD).status_code == 302
    assert client.get(link).status_code == 410
    assert {"password-reset-asked", "password-reset"} <= set(LogbookEntry.objects.values_list("verb", flat=True))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_the_link_at_once_one_sets_the_password(world, client):
    for _ in range(3):
        ask(client, world.owner.email)
        link = newest_link("password-reset")
        answers = at_once(*[lambda link=link: Client().post(link, FIELDS).status_code] * 2)
        assert sorted(answers) == [200, 410]
    assert LogbookEntry.objects.filter(verb="password-reset").count() == 3


def test_a_reset_does_not_pass_the_second_factor(world, client):
    give_app(world.owner, business_time.now())
    ask(client, world.owner.email)
    client.post(newest_link("password-reset"), FIELDS)
    assert log_in(client, world.owner, NEW_PASSWORD).url == reverse("second-step")


def test_the_answer_does_not_tell_whether_somebody_has_that_address(world):
    pages = [
        re.sub(r'value="[^"]*"|nonce="[^"]*"', "", ask(Client(), email).text)
        for email in (world.owner.email, "nobody@shop.example")
    ]
    assert pages[0] == pages[1] and Message.objects.filter(kind="password-reset").count() == 1


def test_nobody_floods_a_mailbox(world, client):
    answers = [ask(client, world.owner.email).text for _ in range(5)]
    assert ["field-error" in text for text in answers] == [False] * 3 + [True] * 2
    assert Message.objects.filter(kind="password-reset").count() == 3


def test_a_broken_link_says_so(world, client):
    for uid, token in (("MQ", "x"), ("!", "x"), ("OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "x")):
        assert client.get(reverse("reset-password", args=[uid, token])).status_code == 410
