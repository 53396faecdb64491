"""The ways in, and the pages where people are managed, keep nobody out."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from customers import invitations
from customers.models import Message
from opsportal import business_time
from tests.browser.test_access import LONGER, LOOKS, barriers
from tests.browser.test_targets import MOUSE, SMALL, THUMB
from tests.world import PASSWORD

pytestmark = pytest.mark.browser


def link(read) -> str:
    """The page behind an invitation's link."""
    invitations.invite(
        email="new@shop.example", name="新田 蒼", role="owner", customer=read.shop,
        at=business_time.now(), by=read.admin,
    )  # fmt: skip
    return re.search(r"/invitations/.*", Message.objects.latest("pk").secrets["link"])[0]


def just_proven(tab: Page) -> None:
    tab.goto(f"{reverse('confirm')}?next={reverse('home')}")
    tab.locator("input[type=password]").fill(PASSWORD)
    tab.locator("form[action='/account/confirm/'] button").click()
    tab.wait_for_url(re.compile(r"//[^/]+/$"))


def faults(tab: Page, addresses: list[str]) -> list[str]:
    """Barriers, small targets and sideways scrolling, even with longer words."""
    found = []
    for address in addresses:
        tab.goto(address)
        tab.wait_for_load_state("networkidle")
        least = THUMB if tab.viewport_size["width"] < 1000 else MOUSE
        found += barriers(tab) + [f"{address} {line}" for line in tab.evaluate(SMALL, least)]
        tab.evaluate(LONGER)
        over = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{address} {over} px"] if over > 0 else []
    return found


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_ways_in_have_no_barrier(open_tab, read, language, theme):
    tab = open_tab(language=language, theme=theme, width=360)
    assert faults(tab, [reverse("login"), reverse("forgot-password"), link(read)]) == []


@pytest.mark.parametrize(("language", "theme"), LOOKS)
@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_of_people_have_no_barrier(open_tab, read, language, theme, width):
    link(read)
    tab = open_tab(read.admin, language=language, theme=theme, width=width)
    just_proven(tab)
    names = ("staff", "emergencies", "account", "change-password", "second-factor", "recovery-codes")
    assert faults(tab, [*map(reverse, names), reverse("people", args=[read.shop.pk])]) == []


def test_an_app_is_set_up_on_a_narrow_screen(open_tab, read):
    tab = open_tab(read.owner, width=360)
    just_proven(tab)
    assert faults(tab, [reverse("second-factor"), reverse("set-up-app")]) == []
