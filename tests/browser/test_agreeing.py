"""Agreeing in a browser: on a phone with a thumb, in both languages, by day and by night."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers import agreements, proposals
from opsportal import business_time
from tests.browser.barriers import barriers, sideways, too_small
from tests.browser.places import AGREEING, admin_pages
from tests.customers.agreeing import drafted, proposed

pytestmark = pytest.mark.browser


@pytest.fixture
def deciding(read):
    """An owner's proposal waits, and both sides have a draft."""
    proposed(read, read.owner, retention_days=14)
    drafted(read, read.admin, retention_days=21)
    drafted(read, read.owner, retention_days=28)
    return read


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_page_of_admins_has_a_barrier(open_tab, deciding, language):
    tab = open_tab(deciding.admin, language=language)
    found = []
    for address in admin_pages(deciding):
        tab.goto(address)
        assert tab.url.endswith(address)
        found += barriers(tab)
    assert found == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_owner_meets_no_barrier_on_a_phone(open_tab, deciding, language):
    tab = open_tab(deciding.owner, language=language, width=360)
    found = []
    for name in AGREEING:
        tab.goto(reverse(name, args=[deciding.shop_production.pk]))
        found += barriers(tab)
    assert found == []


def test_no_page_scrolls_sideways_even_with_longer_words(open_tab, deciding):
    tab = open_tab(deciding.admin, language="en", width=360)
    found = []
    for address in admin_pages(deciding):
        tab.goto(address)
        found += sideways(tab)
    assert found == []


def test_everything_that_decides_can_be_pressed(open_tab, deciding):
    assert too_small(open_tab(deciding.admin), admin_pages(deciding)) == ""
    ours = [reverse(name, args=[deciding.shop_production.pk]) for name in AGREEING]
    assert too_small(open_tab(deciding.owner), ours) == ""


@pytest.mark.parametrize("scripts", [True, False])
def test_the_owner_signs_on_a_phone_in_three_taps(open_tab, read, scripts):
    proposed(read, read.admin, retention_days=14)
    tab = open_tab(read.owner, width=360, java_script_enabled=scripts)
    tab.goto(reverse("home"))
    tab.get_by_role("link", name="読んで署名する").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("取り決め 第 2 版")
    expect(tab.get_by_text("14 日").first).to_be_visible()
    assert proposals.waiting(read.shop_production) is not None
    tab.get_by_role("button", name="第 2 版に署名する").click()
    expect(tab.get_by_text("第 2 版に合意しました。")).to_be_visible()
    held = agreements.agreement_at(read.shop_production, business_time.now())
    assert (held.retention_days, held.signed_by) == (14, read.owner)


def test_hours_that_overlap_are_told_at_the_field_and_what_was_typed_stays(open_tab, read):
    tab = open_tab(read.owner, width=360)
    tab.goto(reverse("business-hours", args=[read.shop.pk]))
    monday = tab.get_by_role("group", name="月曜日")
    for place, (opens, closes) in enumerate((("9:00", "18:00"), ("17:00", "20:00"))):
        monday.get_by_label("開始").nth(place).fill(opens)
        monday.get_by_label("終了").nth(place).fill(closes)
    tab.get_by_role("button", name="営業時間を保存").click()
    field = tab.get_by_role("group", name="月曜日").get_by_label("開始").nth(1)
    expect(field).to_have_value("17:00")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(tab.get_by_text("月曜日の 09:00–18:00 と重なっています")).to_be_visible()
    field.fill("19:00")
    tab.get_by_role("button", name="営業時間を保存").click()
    expect(tab.get_by_text("営業時間を保存しました。")).to_be_visible()
