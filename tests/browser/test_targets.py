"""Everything that can be pressed is large enough: for a thumb on a phone, for a mouse on the desk."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers import customers
from customers.models import Environment, Plan, Poll
from opsportal import business_time
from tests.browser.barriers import THUMB, small, too_small
from tests.browser.places import below, customer_pages, staff_pages
from tests.world import read_now

pytestmark = pytest.mark.browser


@pytest.fixture
def busy(read, scenes):
    """The cast with all that a page can show: needs, notices, an alarm that rings, a denied permission, emptiness."""
    scenes.apply("retire-instance", server="web-1")
    scenes.apply("rds-maintenance")
    scenes.apply("deny", operation="elasticloadbalancing:DescribeLoadBalancers")
    scenes.apply("alarm", server="web-1")
    read_now(read.shop_production)
    at = business_time.now()
    customers.onboard(name="契約したばかりの顧客", slug="fresh", kana="ケイヤク", at=at, by=None)
    read.unread = customers.add_environment(
        customer=read.shop,
        name="検証",
        slug="staging",
        stage=Environment.Stage.STAGING,
        account_id="777788889999",
        region="ap-northeast-3",
        plan=Plan.objects.get(),
        retention_days=7,
        at=at + dt.timedelta(seconds=1),
        by=None,
    )
    assert Poll.objects.filter(environment=read.shop_production).exclude(failures=[]).exists()
    return read


def test_staff_can_press_everything_on_every_page(open_tab, busy):
    assert too_small(open_tab(busy.operator), [*staff_pages(busy), *below(busy.unread.pk)]) == ""


def test_customers_can_press_everything_on_every_page(open_tab, busy):
    assert too_small(open_tab(busy.owner), [*customer_pages(busy), *below(busy.unread.pk)]) == ""
    assert too_small(open_tab(busy.developer), below(busy.shop_production.pk)) == ""


def test_strangers_can_press_everything_at_the_door(open_tab, read):
    assert too_small(open_tab(), [reverse("login")]) == ""
    assert too_small(open_tab(read.owner), ["/no-such-page/"]) == ""
    open_tab.complaints.clear()


def test_what_opens_above_a_page_can_be_pressed(open_tab, read):
    tab = open_tab(read.operator, width=360)
    tab.goto(reverse("home"))
    tab.locator("button[popovertarget=menu]:visible").first.click()
    found = small(tab, THUMB)
    tab.keyboard.press("Escape")
    tab.keyboard.press("?")
    expect(tab.locator("#keys")).to_be_visible()
    found += small(tab, THUMB)
    tab.keyboard.press("Escape")
    tab.keyboard.press("/")
    tab.keyboard.type("web")
    expect(tab.get_by_role("option").first).to_be_visible()
    found += small(tab, THUMB)
    assert found == []


def test_only_links_in_sentences_are_excepted(open_tab, read):
    tab = open_tab(read.operator, width=360)
    tab.goto(reverse("help"))
    texts = '<p><a href="/">手順</a>を見てください。</p><p><a href="/a">一覧</a></p><p>顧 <a href="/b">青葉</a></p>'
    tab.locator(".content").evaluate("(element, texts) => { element.innerHTML = texts; }", texts)
    found = [line for line in small(tab, THUMB) if "<a href" in line]
    assert [line.split('"')[1] for line in found] == ["/a", "/b"]
