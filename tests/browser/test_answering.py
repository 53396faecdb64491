"""Answering on a phone, with a thumb: by the link in a mail, in both languages, with scripts or without."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from maintenance.models import Change
from tests.browser.barriers import barriers, settle, sideways, too_small
from tests.browser.places import change_of, question_of

pytestmark = pytest.mark.browser
PHONE = 360


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_question_has_no_barrier(open_tab, read, language):
    type(read.owner).objects.filter(pk=read.owner.pk).update(language=language)
    tab = open_tab(width=PHONE, language=language)
    tab.goto(question_of(read))
    assert barriers(tab) == []
    assert sideways(tab) == []


def test_the_question_and_its_answer_can_be_pressed(open_tab, read):
    asked = question_of(read)
    assert too_small(open_tab(), [asked, reverse("answer-approval", args=["x" * 43])]) == ""
    assert too_small(open_tab(read.viewer), [asked]) == ""
    open_tab.complaints.clear()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_owner_approves_on_a_phone_in_one_tap_with_the_promise_in_sight(open_tab, read, scripts):
    tab = open_tab(width=PHONE, java_script_enabled=scripts)
    tab.goto(question_of(read))
    tab.set_viewport_size({"width": PHONE, "height": 740})
    for words in ("サーバーの停止と起動", "回答がなければ実施しません", "約 5 分", "失われるもの", "元に戻す方法"):
        expect(tab.get_by_text(words).first).to_be_in_viewport()
    tab.get_by_role("button", name="この日時に実施してよい").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("「実施してよい」と回答しました")
    change = Change.objects.get(pk=change_of(read).pk)
    assert change.state == Change.State.APPROVED
    tab.get_by_role("button", name="承認を取り消す").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("承認を取り消しました")


def test_later_is_two_taps_away(open_tab, read):
    tab = open_tab(width=PHONE)
    tab.goto(question_of(read))
    tab.get_by_role("link", name="別の日時").click()
    expect(tab.get_by_role("button", name="この日時を希望する")).to_be_in_viewport()
    tab.get_by_role("button", name="この日時を希望する").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("別の日時を希望しました")


def test_a_day_and_a_time_of_ones_own_stand_apart_within_their_card(open_tab, read):
    tab = open_tab(width=PHONE)
    tab.goto(question_of(read))
    day, clock = (tab.locator(f"#later [name={name}]").bounding_box() for name in ("day", "clock"))
    card = tab.locator("#later").bounding_box()
    for box in (day, clock):
        assert card["x"] < box["x"] and box["x"] + box["width"] < card["x"] + card["width"]
    assert day["y"] + day["height"] <= clock["y"] or day["x"] + day["width"] <= clock["x"]


def test_the_page_of_a_change_renews_itself_while_it_is_open(open_tab, read):
    change = change_of(read)
    tab = open_tab(read.operator)
    tab.goto(reverse("change", args=[change.pk]))
    settle(tab)
    expect(tab.get_by_text("回答をお待ちしています")).to_be_visible()
    other = open_tab(width=PHONE)
    other.goto(question_of(read))
    other.get_by_role("button", name="実施しない").click()
    expect(tab.get_by_text("作業は行っていません。").first).to_be_visible()
