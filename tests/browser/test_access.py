"""Nobody is kept out: contrast, names, headings, targets, narrow screens, longer words, no JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers import second_factors
from opsportal.secrets_at_rest import unseal
from tests.browser.barriers import barriers, settle, sideways
from tests.browser.places import customer_pages, staff_pages

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_page_of_staff_has_a_barrier(open_tab, read, language):
    tab = open_tab(read.operator, language=language)
    found = []
    for address in staff_pages(read):
        tab.goto(address)
        settle(tab)
        found += barriers(tab)
    assert found == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_page_of_customers_has_a_barrier_on_a_phone(open_tab, read, language):
    tab = open_tab(read.owner, language=language, width=360)
    found = []
    for address in customer_pages(read):
        tab.goto(address)
        settle(tab)
        found += barriers(tab)
    assert found == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_opens_above_a_page_has_no_barrier(open_tab, read, language):
    stranger = open_tab(language=language)
    stranger.goto(reverse("login"))
    found = barriers(stranger)
    tab = open_tab(read.operator, language=language)
    tab.goto(reverse("home"))
    tab.keyboard.press("?")
    expect(tab.locator("#keys")).to_be_visible()
    found += barriers(tab)
    tab.keyboard.press("Escape")
    tab.keyboard.press("/")
    tab.keyboard.type("web")
    expect(tab.get_by_role("option").first).to_be_visible()
    found += barriers(tab)
    tab.keyboard.press("Escape")
    tab.locator("button[popovertarget=menu]:visible").first.click()
    found += barriers(tab)
    assert found == []


def test_no_page_scrolls_sideways_even_with_longer_words(open_tab, read):
    found = []
    for user, addresses in ((read.operator, staff_pages(read)), (read.owner, customer_pages(read))):
        tab = open_tab(user, language="en", width=360)
        for address in addresses:
            tab.goto(address)
            found += sideways(tab)
    assert found == []


def test_everything_but_the_refresh_works_without_javascript(open_tab, read, live_server):
    from tests.world import PASSWORD

    tab = open_tab(java_script_enabled=False)
    tab.goto(reverse("environment", args=[read.shop_production.pk]))
    tab.get_by_label("メールアドレス").fill("operator@msp.example")
    tab.get_by_label("パスワード").fill(PASSWORD)
    tab.get_by_role("button", name="ログイン", exact=True).click()
    seed = unseal(read.operator.authenticator_app, "seed")
    tab.get_by_label("確認コード").fill(second_factors.digits(seed, second_factors.present_step()))
    tab.get_by_role("button", name="ログイン", exact=True).click()
    expect(tab.get_by_role("heading", name="業務ボード")).to_be_visible()
    expect(tab.get_by_role("heading", name="web-1").first).to_be_visible()
    tab.get_by_role("link", name="グラフを表示").click()
    expect(tab.get_by_role("heading", level=1, name="グラフ")).to_be_visible()
    tab.goto(reverse("customers"))
    tab.get_by_label("顧客名・環境名").fill("書店")
    tab.get_by_role("button", name="検索").click()
    expect(tab.get_by_role("link", name="試験書店")).to_be_visible()
    expect(tab.get_by_role("link", name="試験旅館")).to_have_count(0)


def test_a_print_has_no_frame_around_it(open_tab, read):
    tab = open_tab(read.operator, theme="dark")
    tab.goto(reverse("environment", args=[read.shop_production.pk]))
    tab.emulate_media(media="print")
    for frame in (".top", ".side", ".bottom"):
        expect(tab.locator(frame)).to_be_hidden()
    expect(tab.get_by_role("heading", name="業務ボード")).to_be_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
