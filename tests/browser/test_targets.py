"""Everything that can be pressed is large enough: for a thumb on a phone, for a mouse on the desk."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from customers import customers
from customers.models import Environment, Plan, Poll
from opsportal import business_time
from tests.browser.places import below, customer_pages, staff_pages
from tests.world import read_now

pytestmark = pytest.mark.browser

THUMB, MOUSE = 44, 24
# Measures what answers to a press, not what is drawn: the box of the element, and that a cross of the least size
# around its middle is really its own. A link in running text is excepted, as WCAG 2.5.8 has it: it is laid out inline,
# and the block around it is a sentence: words of its own besides the links in it, and a full stop at its end.
SMALL = """(least) => {
    const pressed = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], '
        + '[tabindex]:not([tabindex="-1"])';
    const inText = (element) => {
        if (getComputedStyle(element).display !== 'inline') return false;
        let block = element.parentElement;
        while (getComputedStyle(block).display === 'inline') block = block.parentElement;
        const rest = block.cloneNode(true);
        rest.querySelectorAll(pressed).forEach((one) => one.remove());
        return /[\\p{L}]/u.test(rest.textContent) && /[。.!?！？]$/.test(block.textContent.trim());
    };
    const found = [];
    document.querySelectorAll('details').forEach((one) => { one.open = true; });
    const layer = document.querySelector('dialog[open], :popover-open') ?? document;
    for (const element of layer.querySelectorAll(pressed)) {
        if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true}) || inText(element)) continue;
        const target = element.matches('[type=checkbox], [type=radio]') ? element.closest('label') : element;
        target.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
        const box = target.getBoundingClientRect();
        const name = `${target.outerHTML.replace(/\\s+/g, ' ').slice(0, 110)} ${box.width}x${box.height}`;
        if (box.width < least - 0.5 || box.height < least - 0.5) { found.push(`small: ${name}`); continue; }
        const [x, y, half] = [box.x + box.width / 2, box.y + box.height / 2, least / 2 - 1];
        const ends = [[0, 0], [-half, 0], [half, 0], [0, -half], [0, half]];
        const missed = ends.filter(([right, down]) => {
            const hit = document.elementFromPoint(x + right, y + down);
            return !hit || !target.contains(hit);
        });
        // The way past the frame comes in from above when it has the focus.
        if (missed.length && !element.matches('.skip')) found.push(`covered: ${name}`);
    }
    return found;
}"""


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


def too_small(tab: Page, addresses: list[str], least: int) -> str:
    """What is too small on some pages, one line each."""
    found = []
    for address in addresses:
        tab.goto(address)
        tab.wait_for_load_state("networkidle")
        found += [f"{address} {line}" for line in tab.evaluate(SMALL, least)]
    return "\n".join(found)


@pytest.mark.parametrize(("width", "least"), [(360, THUMB), (1280, MOUSE)])
def test_staff_can_press_everything_on_every_page(open_tab, busy, width, least):
    tab = open_tab(busy.operator, width=width)
    assert too_small(tab, [*staff_pages(busy), *below(busy.unread.pk)], least) == ""


@pytest.mark.parametrize(("width", "least"), [(360, THUMB), (1280, MOUSE)])
def test_customers_can_press_everything_on_every_page(open_tab, busy, width, least):
    tab = open_tab(busy.owner, width=width)
    assert too_small(tab, [*customer_pages(busy), *below(busy.unread.pk)], least) == ""
    developer = open_tab(busy.developer, width=width)
    assert too_small(developer, below(busy.shop_production.pk), least) == ""


def test_strangers_can_press_everything_at_the_door(open_tab, read):
    assert too_small(open_tab(width=360), [reverse("login")], THUMB) == ""
    lost = open_tab(read.owner, width=360)
    assert too_small(lost, ["/no-such-page/"], THUMB) == ""
    open_tab.complaints.clear()


def test_what_opens_above_a_page_can_be_pressed(open_tab, read):
    tab = open_tab(read.operator, width=360)
    tab.goto(reverse("home"))
    tab.locator("button[popovertarget=menu]:visible").first.click()
    found = tab.evaluate(SMALL, THUMB)
    tab.keyboard.press("Escape")
    tab.keyboard.press("?")
    expect(tab.locator("#keys")).to_be_visible()
    found += tab.evaluate(SMALL, THUMB)
    tab.keyboard.press("Escape")
    tab.keyboard.press("/")
    tab.keyboard.type("web")
    expect(tab.get_by_role("option").first).to_be_visible()
    found += tab.evaluate(SMALL, THUMB)
    assert found == []


def test_only_links_in_sentences_are_excepted(open_tab, read):
    tab = open_tab(read.operator, width=360)
    tab.goto(reverse("help"))
    texts = '<p><a href="/">手順</a>を見てください。</p><p><a href="/a">一覧</a></p><p>顧 <a href="/b">青葉</a></p>'
    tab.locator(".content").evaluate("(element, texts) => { element.innerHTML = texts; }", texts)
    found = [line for line in tab.evaluate(SMALL, THUMB) if "<a href" in line]
    assert [line.split('"')[1] for line in found] == ["/a", "/b"]
