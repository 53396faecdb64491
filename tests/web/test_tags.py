"""The template tags: what they draw is safe, sounds right to a screen reader, and speaks the viewer's language."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

from maintenance.protection import Night
from opsportal import business_time


def draw(text: str, **context) -> str:
    return Template("{% load portal %}" + text).render(Context(context))


def test_a_state_has_sign_word_and_colour():
    with translation.override("ja"):
        drawn = draw("{% state 'act' %}")
    assert 'class="state state-act"' in drawn and "sprite.svg#act" in drawn and "要対応" in drawn


def test_a_word_from_outside_is_escaped():
    drawn = draw("{% state 'ok' word %}", word="<script>alert(1)</script>")
    assert "<script>" not in drawn and "&lt;script&gt;" in drawn


def test_states_are_not_mixed_up_between_languages():
    drawn = []
    for language in ("ja", "en", "ja"):
        with translation.override(language):
            drawn.append(draw("{% state 'ok' %}"))
    assert "正常" in drawn[0] and "Good" in drawn[1] and drawn[0] == drawn[2]


def test_icons_are_silent():
    assert 'aria-hidden="true"' in draw("{% icon 'server' %}")


def test_an_age_carries_the_moment_for_machines_and_in_its_title():
    at = business_time.now() - dt.timedelta(minutes=3)
    with translation.override("ja"):
        drawn = draw("{{ at|age }}", at=at)
    assert f'datetime="{at:%Y-%m-%dT%H:%M:%SZ}"' in drawn and "3 分前" in drawn and 'data-age="age"' in drawn


@pytest.mark.parametrize("name", ["local_time", "local_day", "age", "left"])
def test_what_is_not_known_is_a_dash(name):
    assert draw("{{ at|" + name + " }}", at=None) == "–"


def test_a_reading_that_never_was_says_so():
    with translation.override("ja"):
        assert draw("{% reading_age 'status' at %}", at=None) == "まだ"


def test_nights_say_date_and_fate_in_words():
    shown = [Night(dt.date(2026, 11, 24), "missing"), Night(dt.date(2026, 11, 25), "good")]
    with translation.override("ja"):
        drawn = draw("{% nights shown %}", shown=shown)
    assert "11-24(火): 欠落" in drawn and "day-missing" in drawn and "11-25(水): 正常" in drawn


def test_pages_hold_no_inline_style_or_script():
    from pathlib import Path

    from django.conf import settings

    wrong = [
        f"{path.name}: {mark}"
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for mark in (' style="', "<style", "javascript:", " onclick", " onload", " hx-on", "<script>")
        if mark in path.read_text(encoding="utf-8")
    ]
    assert wrong == []
