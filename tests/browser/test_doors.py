"""The ways in, and the pages where people are managed, keep nobody out."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from customers import invitations
from customers.models import Message
from customers.sealed import secrets_of
from opsportal import business_time
from tests.browser.barriers import THUMB, barriers, settle, sideways, small
from tests.world import PASSWORD

pytestmark = pytest.mark.browser


def link(read) -> str:
    """The page behind an invitation's link."""
    invitations.invite(
        email="new@shop.example", name="新田 蒼", role="owner", customer=read.shop,
        at=business_time.now(), by=read.admin,
    )  # fmt: skip
    return re.search(r"/invitations/.*", secrets_of(Message.objects.latest("pk"))["link"])[0]


def just_proven(tab: Page) -> None:
    tab.goto(f"{reverse('confirm')}?next={reverse('home')}")
    tab.locator("input[type=password]").fill(PASSWORD)
    tab.locator("form[action='/account/confirm/'] button").click()
    tab.wait_for_url(re.compile(r"//[^/]+/$"))


def faults(tab: Page, addresses: list[str]) -> list[str]:
    """Barriers, small targets and sideways scrolling, even with longer words."""
    found = []
    for address in addresses:
        tab.set_viewport_size({"width": 360, "height": 900})
        tab.goto(address)
        settle(tab)
        found += barriers(tab) + small(tab, THUMB) + sideways(tab)
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_ways_in_have_no_barrier(open_tab, read, language):
    tab = open_tab(language=language)
    assert faults(tab, [reverse("login"), reverse("forgot-password"), link(read)]) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pages_of_people_have_no_barrier(open_tab, read, language):
    link(read)
    tab = open_tab(read.admin, language=language)
    just_proven(tab)
    names = ("staff", "emergencies", "account", "change-password", "second-factor", "recovery-codes")
    assert faults(tab, [*map(reverse, names), reverse("people", args=[read.shop.pk])]) == []


def test_an_app_is_set_up_on_a_narrow_screen(open_tab, read):
    tab = open_tab(read.owner, width=360)
    just_proven(tab)
    assert faults(tab, [reverse("second-factor"), reverse("set-up-app")]) == []
