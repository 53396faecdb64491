"""Staff who act at a person's request: chosen in the middle of typing, in sight while scrolling, stopped by one tap."""

from django.urls import reverse
from playwright.sync_api import expect

from customers.models import LogbookEntry
from tests.browser.places import channel_of


def test_choosing_loses_nothing_typed_and_each_form_says_it(open_tab, read):
    tab = open_tab(read.admin, width=360)
    tab.goto(reverse("contact-add", args=[read.shop.pk]))
    tab.get_by_label("名前", exact=True).fill("大塚 修")
    tab.get_by_text("依頼者: なし").click()
    tab.get_by_role("combobox", name="依頼者").select_option(str(read.owner.pk))
    tab.get_by_role("button", name="この人の依頼で操作する").click()
    expect(tab.locator(".acting-on")).to_contain_text("青木 由美 さんの依頼で操作中")
    expect(tab.get_by_label("名前", exact=True)).to_have_value("大塚 修")
    tab.get_by_role("button", name="連絡先を追加する").click()
    tab.wait_for_url("**/contacts/*/")
    assert LogbookEntry.objects.get(verb="contact-added").on_behalf_of == read.owner
    tab.get_by_role("button", name="終了").click()
    expect(tab.get_by_text("依頼者: なし")).to_be_visible()
    assert set(tab.locator("input[data-for-whom]").evaluate_all("all => all.map(one => one.value)")) == {""}


def test_the_choice_stays_in_sight_and_hides_nothing_that_has_the_focus(open_tab, read):
    channel = channel_of(read)
    tab = open_tab(read.admin, width=360)
    tab.goto(reverse("contact", args=[channel.contact_id]))
    tab.get_by_text("依頼者: なし").click()
    tab.get_by_role("combobox", name="依頼者").select_option(str(read.owner.pk))
    tab.get_by_role("button", name="この人の依頼で操作する").click()
    banner = tab.locator(".acting-on")
    expect(banner).to_be_visible()
    tab.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(banner).to_be_in_viewport()
    for _ in range(25):
        tab.keyboard.press("Shift+Tab")
        top, name = tab.evaluate(
            "[document.activeElement.getBoundingClientRect().top, document.activeElement.closest('.content') && "
            "!document.activeElement.closest('.acting') ? document.activeElement.outerHTML.slice(0, 80) : '']"
        )
        if name:
            assert top >= banner.bounding_box()["y"] + banner.bounding_box()["height"] - 1, name
