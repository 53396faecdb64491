"""Times, ages, windows and numbers as people read them."""

import datetime as dt
import zoneinfo

import pytest
from django.utils import timezone, translation

from opsportal.web import words

AT = dt.datetime(2026, 11, 24, 17, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_tokyo():
    """The viewer sits in Tokyo."""
    with timezone.override(zoneinfo.ZoneInfo("Asia/Tokyo")):
        yield


@pytest.mark.parametrize(
    ("language", "zone", "text"),
    [
        ("ja", "Asia/Tokyo", "2026-11-25(水) 02:30 JST"),
        ("en", "Asia/Tokyo", "Wed 25 Nov 2026, 02:30 JST"),
        ("ja", "UTC", "2026-11-24(火) 17:30 UTC"),
        ("ja", "Asia/Dubai", "2026-11-24(火) 21:30 UTC+04"),
        ("en", "America/New_York", "Tue 24 Nov 2026, 12:30 EST"),
    ],
)
def test_a_moment_names_weekday_and_zone(language, zone, text):
    with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
        assert words.local_time(AT) == text


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        words.local_time(AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("ahead", "kind", "japanese", "english"),
    [
        (dt.timedelta(seconds=-5), "age", "たった今", "just now"),
        (dt.timedelta(minutes=-2), "age", "2 分前", "2 min ago"),
        (dt.timedelta(hours=-47), "age", "47 時間前", "47 h ago"),
        (dt.timedelta(days=-3), "age", "3 日前", "3 days ago"),
        (dt.timedelta(minutes=7), "age", "7 分後", "in 7 min"),
        (dt.timedelta(hours=5), "left", "あと 5 時間", "5 h left"),
        (dt.timedelta(days=-116), "left", "116 日超過", "116 days overdue"),
        (dt.timedelta(seconds=10), "left", "期限です", "now due"),
    ],
)
def test_an_age_is_said_in_the_greatest_whole_unit(ahead, kind, japanese, english):
    for language, text in (("ja", japanese), ("en", english)):
        with translation.override(language):
            assert words.age(AT + ahead, AT, kind) == text


def test_the_browser_gets_the_same_wordings():
    with translation.override("ja"):
        assert words.for_browser()["left"]["days"] == "あと {n} 日"


@pytest.mark.parametrize(
    ("window", "text"),
    [
        ("sun:17:00-sun:17:30", "月 02:00–02:30 JST"),
        ("tue:18:30-tue:19:00", "水 03:30–04:00 JST"),
        ("", "–"),
        ("whenever", "whenever"),
        ("xxx:01:00-sun:02:00", "xxx:01:00-sun:02:00"),
    ],
)
def test_a_weekly_window_of_aws_is_told_in_local_time(window, text):
    with translation.override("ja"):
        assert words.local_window(window, AT) == text


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (4.93, "4.9"), (1234.5, "1,234"), (12.0, "12"), (0, "0")])
def test_numbers_are_grouped_and_drop_what_does_not_matter(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("every", "text"),
    [
        (dt.timedelta(minutes=15), "15 分ごと"),
        (dt.timedelta(days=1), "1 日 1 回"),
        (dt.timedelta(days=7), "7 日ごと"),
        (dt.timedelta(hours=2), "2 時間ごと"),
        (dt.timedelta(seconds=90), "90 秒ごと"),
    ],
)
def test_how_often_is_said_in_whole_units(every, text):
    with translation.override("ja"):
        assert words.span(every) == text
