"""Nothing jumps: places are kept for what comes later, charts, lists and news."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from customers.models import Chart, Poll, Standing
from opsportal import work
from opsportal.aws.errors import Denied
from tests.browser.barriers import settle
from tests.world import read_now

pytestmark = pytest.mark.browser

WATCH = """window.moved = []; new PerformanceObserver((list) => { for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    const what = entry.sources.map((source) => (source.node?.outerHTML ?? source.node?.textContent ?? '').slice(0, 80));
    window.moved.push([entry.value, ...what]);
} }).observe({type: 'layout-shift', buffered: true});"""
# Ages grow in their lines, which may push a word by a pixel or two.
STILL = 0.005


def moved(tab: Page) -> float:
    """How far things jumped so far, as browsers count it (the sum, not only the worst second)."""
    return tab.evaluate("window.moved.reduce((sum, [value]) => sum + value, 0)")


def walk_down(tab: Page) -> None:
    """Scroll to the end, a screen at a time, so that everything that waits to be seen is asked for."""
    for _ in range(40):
        tab.mouse.wheel(0, 500)
        tab.wait_for_timeout(60)
    tab.wait_for_load_state("networkidle")


@pytest.mark.parametrize("width", [360, 1280, 2560])
def test_nothing_jumps_while_the_page_of_an_environment_comes_in(open_tab, read, width):
    tab = open_tab(read.operator, width=width)
    tab.add_init_script(WATCH)
    tab.goto(reverse("environment", args=[read.shop_production.pk]))
    tab.wait_for_load_state("networkidle")
    walk_down(tab)
    tab.locator("#charts").scroll_into_view_if_needed()
    expect(tab.get_by_text("CloudWatch から取得中").first).to_be_visible()
    work.drain("fetch-chart")
    expect(tab.locator("#charts canvas").first).to_be_visible(timeout=15_000)
    tab.wait_for_load_state("networkidle")
    assert moved(tab) < STILL, tab.evaluate("window.moved")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps_on_any_other_first_page(open_tab, read, width):
    tab = open_tab(read.operator, width=width)
    tab.add_init_script(WATCH)
    for address in (
        reverse("home"),
        reverse("customers"),
        *(reverse(name, args=[read.shop_production.pk]) for name in ("charts", "readings", "alarms")),
    ):
        tab.goto(address)
        tab.wait_for_load_state("networkidle")
        assert moved(tab) < STILL, (address, tab.evaluate("window.moved"))


def test_a_chart_takes_the_same_place_waiting_drawn_unpublished_and_denied(open_tab, read):
    tab = open_tab(read.operator)
    address = reverse("charts", args=[read.shop_production.pk])
    height = "() => document.querySelector('#charts').offsetHeight"
    tab.goto(address)
    waiting = tab.evaluate(height)
    work.drain("fetch-chart")
    tab.goto(address)
    expect(tab.locator("#charts canvas").first).to_be_visible()
    assert tab.evaluate(height) == waiting
    chart = Chart.objects.filter(subject="server").first()
    Chart.objects.filter(pk=chart.pk).update(lines=[row for row in chart.lines if row["label"] == "CPUUtilization"])
    tab.goto(address)
    expect(tab.get_by_text("このメトリクスは送信されていません").first).to_be_visible()
    assert tab.evaluate(height) == waiting
    Chart.objects.update(lines=[], failure=Denied("no", operation="cloudwatch:GetMetricData").facts())
    tab.goto(address)
    expect(tab.get_by_text("cloudwatch:GetMetricData").first).to_be_visible()
    assert tab.evaluate(height) == waiting


def test_without_javascript_charts_that_are_on_their_way_say_so_and_how_to_see_them(open_tab, read):
    tab = open_tab(read.operator, java_script_enabled=False)
    tab.goto(reverse("environment", args=[read.shop_production.pk]))
    tab.get_by_role("link", name="グラフを表示").click()
    expect(tab.get_by_text("数秒で表示できます")).to_be_visible()
    work.drain("fetch-chart")
    tab.get_by_role("link", name="再読み込み").click()
    expect(tab.locator("svg .chart-line").first).to_be_visible()
    expect(tab.get_by_role("link", name="再読み込み")).to_have_count(0)


def test_news_on_a_list_keep_ones_place_and_open_details(open_tab, read, scenes):
    scenes.apply("deny", operation="elasticloadbalancing:DescribeLoadBalancers")
    read_now(read.shop_production, Poll.Reading.INVENTORY)
    tab = open_tab(read.operator)
    tab.goto(reverse("readings", args=[read.shop_production.pk]))
    message = tab.locator("details", has_text="AWS のメッセージ")
    message.locator("summary").click()
    message.locator("summary").focus()
    Standing.objects.filter(environment=read.shop_production).update(version=99)
    with tab.expect_response(lambda answer: "seen=" in answer.url and answer.status == 200):
        tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    settle(tab)
    expect(message).to_have_attribute("open", "")
    expect(message.locator("summary")).to_be_focused()


def test_new_rows_come_in_above_without_moving_what_is_read(open_tab, read, scenes):
    tab = open_tab(read.operator, width=360)
    tab.goto(reverse("observations", args=[read.shop_production.pk]))
    row = tab.locator("#rows tbody tr").nth(12)
    row.scroll_into_view_if_needed()
    name, before = row.get_attribute("id"), row.bounding_box()["y"]
    scenes.apply("impair-instance", server="web-2")
    read_now(read.shop_production, Poll.Reading.STATUS)
    with tab.expect_response(lambda answer: "seen=" in answer.url and answer.status == 200):
        tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(tab.locator("#rows tbody tr").nth(13)).to_have_attribute("id", name)
    tab.wait_for_timeout(300)
    assert abs(tab.locator(f"#{name}").bounding_box()["y"] - before) < 2
