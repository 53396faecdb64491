"""Pages renew themselves: news without a touch, without losing one's place, at rest while nobody looks."""

import datetime as dt

import pytest
from django.db.models import F
from django.urls import reverse
from playwright.sync_api import Page, expect

from customers.models import Chart, Poll, Standing
from tests.browser.barriers import settle
from tests.world import read_now

pytestmark = pytest.mark.browser

HIDE = "() => Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})"
SHOW = """() => {
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => false});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def look_again(tab: Page) -> None:
    """What a tab does when somebody comes back to it: renew everything at once."""
    tab.evaluate(SHOW)


def asked(tab: Page) -> list[str]:
    """Collects the parts that the tab asks for from now on."""
    found: list[str] = []
    tab.on("request", lambda request: found.append(request.url) if "HX-Request" in str(request.headers) or
           request.headers.get("hx-request") else None)  # fmt: skip
    return found


def test_a_new_notice_appears_on_both_pages_without_a_touch(open_tab, read, scenes):
    page = open_tab(read.operator)
    page.goto(reverse("environment", args=[read.shop_production.pk]))
    home = open_tab(read.operator)
    home.goto(reverse("home"))
    expect(page.get_by_text("AWS からの予告はありません")).to_be_visible()
    scenes.apply("retire-instance", server="web-1")
    read_now(read.shop_production, Poll.Reading.STATUS)
    expect(page.locator("#notices").get_by_text("ハードウェアの使用終了")).to_be_visible(timeout=15_000)
    expect(page.locator("#duties").get_by_text("予告 1 件")).to_be_visible()
    expect(home.locator("#needs").get_by_text("ハードウェアの使用終了")).to_be_visible(timeout=15_000)


def test_focus_and_scroll_outlive_a_refresh(open_tab, read):
    tab = open_tab(read.operator)
    tab.goto(reverse("environment", args=[read.shop_production.pk]))
    link = tab.get_by_role("link", name="すべてのバックアップ")
    link.scroll_into_view_if_needed()
    settle(tab)
    link.focus()
    before = tab.evaluate("window.scrollY")
    Standing.objects.filter(environment=read.shop_production).update(version=99)
    with tab.expect_response(lambda answer: "parts/backups" in answer.url):
        look_again(tab)
    settle(tab)
    expect(link).to_be_focused()
    assert abs(tab.evaluate("window.scrollY") - before) < 2


def test_without_news_only_the_ages_move(open_tab, read):
    tab = open_tab(read.operator)
    tab.goto(reverse("environment", args=[read.shop_production.pk]))
    settle(tab)
    with tab.expect_response(lambda answer: "parts/board" in answer.url) as told:
        look_again(tab)
    assert told.value.status == 204
    assert "ages" in told.value.headers["hx-trigger"]


def test_ages_grow_by_themselves_and_shrink_when_read_again(open_tab, read, clock):
    tab = open_tab(read.operator)
    tab.clock.install()
    tab.goto(reverse("environment", args=[read.shop_production.pk]))
    age = tab.locator("time[data-reading=status]").first
    expect(age).to_have_text("たった今")
    # No part asks while time flies: it would seem to have waited three minutes for its answer.
    settle(tab)
    tab.evaluate("document.querySelectorAll('[data-live]').forEach((part) => { part.dataset.live = 1e9; })")
    tab.clock.fast_forward("03:00")
    tab.evaluate("document.dispatchEvent(new CustomEvent('ages', {detail: {}}))")
    expect(age).to_have_text("3 分前")
    fresh = "new Date(portal.now()).toISOString().slice(0, 19) + 'Z'"
    tab.evaluate(f"document.dispatchEvent(new CustomEvent('ages', {{detail: {{status: {fresh}}}}}))")
    expect(age).to_have_text("たった今")


def test_a_page_keeps_its_language_though_another_tab_chose_a_new_one(open_tab, read):
    page = open_tab(read.operator)
    page.goto(reverse("environment", args=[read.shop_production.pk]))
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    read.operator.language = "en"
    read.operator.save()
    Standing.objects.update(version=F("version") + 1)
    with page.expect_response(lambda answer: "seen=" in answer.url and answer.status == 200) as told:
        look_again(page)
    assert told.value.headers["content-language"] == "ja"


def test_a_hidden_tab_asks_for_nothing(open_tab, read):
    tab = open_tab(read.operator)
    tab.goto(reverse("home"))
    tab.evaluate("document.querySelector('[data-live]').dataset.live = '1'")
    tab.evaluate(HIDE)
    found = asked(tab)
    tab.wait_for_timeout(2_500)
    assert found == []
    look_again(tab)
    tab.wait_for_timeout(1_500)
    assert found


def test_a_portal_that_does_not_answer_is_said_and_unsaid(open_tab, read):
    tab = open_tab(read.operator)
    tab.goto(reverse("home"))
    tab.context.set_offline(True)
    look_again(tab)
    expect(tab.locator("#stale")).to_be_visible()
    expect(tab.locator("#needs")).to_be_visible()
    tab.context.set_offline(False)
    look_again(tab)
    expect(tab.locator("#stale")).to_be_hidden()
    open_tab.complaints.clear()


def test_a_page_whose_session_ended_goes_to_log_in_and_comes_back(open_tab, read):
    tab = open_tab(read.operator)
    address = reverse("environment", args=[read.shop_production.pk])
    tab.goto(address)
    settle(tab)
    tab.context.clear_cookies()
    look_again(tab)
    tab.wait_for_url(f"**{reverse('login')}?next=**")
    expect(tab.get_by_label("メールアドレス")).to_be_visible()


def test_charts_come_in_when_somebody_looks(open_tab, read):
    from opsportal import work

    tab = open_tab(read.operator)
    tab.goto(reverse("environment", args=[read.shop_production.pk]))
    with tab.expect_response(lambda answer: "/charts/" in answer.url):
        tab.locator("#charts").scroll_into_view_if_needed()
    expect(tab.get_by_text("CloudWatch から取得中").first).to_be_visible()
    work.drain("fetch-chart")
    expect(tab.locator("#charts canvas").first).to_be_visible(timeout=15_000)
    Chart.objects.update(fetched_at=F("fetched_at") + dt.timedelta(seconds=1))
    with tab.expect_response(lambda answer: "/charts/" in answer.url and answer.status == 200):
        look_again(tab)
    settle(tab)
    expect(tab.locator("#charts canvas").first).to_be_visible()
    with tab.expect_response(lambda answer: "/charts/" in answer.url) as told:
        look_again(tab)
    assert told.value.status == 204
    first = tab.locator("#charts figure").first
    first.get_by_text("数値を表で見る").click()
    expect(first.get_by_role("table")).to_be_visible()
