"""What may keep somebody out of a page: contrast, names, headings, small targets, sideways scrolling."""

from collections.abc import Iterable

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (360, 768, 1024, 1440, 2560)
THUMB, MOUSE = 44, 24
# How large a target has to be at a width: for a thumb on a phone, for a mouse on the desk.
LEAST = {360: THUMB, 1280: MOUSE}

# Two frames, for what is asked for as soon as it is seen; then until nothing is asked for any more.
_SETTLED = """() => new Promise((done) => {
    const look = () => document.querySelector('.htmx-request') ? setTimeout(look, 20) : done();
    requestAnimationFrame(() => requestAnimationFrame(look));
})"""
_AXE = """async (rules) => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations
    .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)}`))"""
_LONGER = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode())
        if (!walker.currentNode.parentElement.closest('script, time')) texts.push(walker.currentNode);
    for (const text of texts) {
        const words = text.data.split(' ');
        text.data = words.flatMap((word, place) => place % 5 < 2 ? [word, word] : [word]).join(' ');
    }
}"""
_OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Measures what answers to a press, not what is drawn: the box of the element, and that a cross of the least size
# around its middle is really its own. A link in running text is excepted, as WCAG 2.5.8 has it: it is laid out inline,
# and the block around it is a sentence: words of its own besides the links in it, and a full stop at its end.
_SMALL = """(least) => {
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


def settle(tab: Page) -> None:
    """Wait until the page stands as it is: every part that was asked for has come."""
    tab.evaluate(_SETTLED)


def barriers(tab: Page) -> list[str]:
    """What axe finds, one line each: everything by day, and what differs by night."""
    tab.evaluate(AXE_SCRIPT)
    found = []
    for theme, rules in (("light", RULES), ("dark", ["color-contrast"])):
        tab.emulate_media(color_scheme=theme)
        found += [f"{tab.url} {theme} {line}" for line in tab.evaluate(_AXE, rules)]
    return found


def small(tab: Page, least: int) -> list[str]:
    """What can be pressed and is smaller than that many pixels, or covered, one line each."""
    return [f"{tab.url} {line}" for line in tab.evaluate(_SMALL, least)]


def too_small(tab: Page, addresses: Iterable[str]) -> str:
    """What is too small on some pages, for a thumb on a phone and for a mouse on the desk, one line each."""
    found = []
    for address in addresses:
        tab.goto(address)
        settle(tab)
        for width, least in LEAST.items():
            tab.set_viewport_size({"width": width, "height": 900})
            found += small(tab, least)
    return "\n".join(found)


def sideways(tab: Page, widths: Iterable[int] = WIDTHS) -> list[str]:
    """At which widths the page would scroll sideways with longer words, one line each. The words stay longer."""
    tab.evaluate(_LONGER)
    found = []
    for width in widths:
        tab.set_viewport_size({"width": width, "height": 900})
        over = tab.evaluate(_OVER)
        found += [f"{tab.url} at {width}: {over} px over"] if over > 0 else []
    return found
