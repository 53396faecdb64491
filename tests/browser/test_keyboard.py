"""Everything by keyboard: search from anywhere, jumps, help; single keys can be switched off."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def home(open_tab, read):
    """The first page of an operator."""
    tab = open_tab(read.operator)
    tab.goto(reverse("home"))
    return tab


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_a_server_is_found_by_its_address_and_opened(home, read, keys):
    from customers.models import Server

    server = Server.objects.get(environment=read.shop_production, name="web-2")
    home.keyboard.press(keys)
    expect(home.get_by_role("combobox")).to_be_focused()
    home.keyboard.type(server.aws_id)
    expect(home.get_by_role("option")).to_have_count(1)
    home.keyboard.press("Enter")
    expect(home).to_have_url(
        re.compile(f"{reverse('environment', args=[read.shop_production.pk])}#server-{server.pk}$")
    )


def test_arrows_choose_and_escape_leaves(home):
    home.keyboard.press("/")
    expect(home.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    home.keyboard.press("ArrowDown")
    expect(home.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    expect(home.get_by_role("combobox")).to_have_attribute("aria-activedescendant", "palette-1")
    home.keyboard.press("Escape")
    expect(home.locator("#palette")).to_be_hidden()


def test_the_enter_that_ends_japanese_input_opens_nothing(home):
    home.keyboard.press("/")
    expect(home.get_by_role("option").first).to_be_visible()
    home.get_by_role("combobox").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    home.wait_for_timeout(300)
    expect(home).to_have_url(re.compile(r"/$"))


def test_a_search_after_the_session_ended_leads_to_log_in_and_back_to_the_page(home):
    home.goto(reverse("customers"))
    home.context.clear_cookies()
    home.keyboard.press("/")
    home.wait_for_url(f"**{reverse('login')}?next=%2Fcustomers%2F")
    expect(home.get_by_label("メールアドレス")).to_be_visible()


def test_g_and_a_letter_jump(home):
    home.keyboard.press("g")
    home.keyboard.press("c")
    expect(home).to_have_url(re.compile(f"{reverse('customers')}$"))
    home.keyboard.press("g")
    home.keyboard.press("h")
    expect(home).to_have_url(re.compile(r":\d+/$"))


def test_letters_typed_into_a_field_are_only_letters(home):
    home.goto(reverse("customers"))
    home.get_by_label("顧客名・環境名").click()
    home.keyboard.type("g h ? /")
    expect(home.get_by_label("顧客名・環境名")).to_have_value("g h ? /")
    expect(home.locator("dialog[open]")).to_have_count(0)


def test_single_keys_can_be_switched_off(home):
    home.keyboard.press("?")
    home.get_by_label(re.compile("1 文字のショートカット")).uncheck()
    home.keyboard.press("Escape")
    home.keyboard.press("/")
    home.keyboard.press("?")
    expect(home.locator("dialog[open]")).to_have_count(0)
    home.reload()
    home.keyboard.press("/")
    expect(home.locator("dialog[open]")).to_have_count(0)
    home.keyboard.press("Control+k")
    expect(home.locator("#palette")).to_be_visible()


def test_the_first_tab_leads_past_the_frame(home):
    home.keyboard.press("Tab")
    expect(home.get_by_role("link", name="本文へ移動")).to_be_focused()
    home.keyboard.press("Enter")
    expect(home.locator("#main")).to_be_focused()


def test_the_theme_changes_at_once_and_stays(home):
    home.locator("button[popovertarget=menu]:visible").first.click()
    with home.expect_response(lambda answer: answer.url.endswith(reverse("choose-theme"))):
        home.get_by_role("button", name="ダーク").click()
    expect(home.locator("html")).to_have_attribute("data-theme", "dark")
    home.reload()
    expect(home.locator("html")).to_have_attribute("data-theme", "dark")
    assert home.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 19, 25)"


def test_the_language_changes_everywhere(home):
    home.locator("button[popovertarget=menu]:visible").first.click()
    home.get_by_role("button", name="English").click()
    expect(home.get_by_role("heading", level=1, name="What needs a hand now")).to_be_visible()
    assert home.evaluate("document.documentElement.lang") == "en"
