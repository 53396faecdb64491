"""Nights as a property: whatever the hour and the zone, a nightly backup is never called missing by mistake."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Agreement
from maintenance.models import Backup
from maintenance.protection import DAY, GRACE, NIGHTS_SHOWN, good_moments, nights

ZONES = [zoneinfo.ZoneInfo(name) for name in ("Asia/Tokyo", "Europe/London", "UTC", "America/Los_Angeles")]
# Both changes of summer time of London and Los Angeles lie within reach of these days.
DAYS = st.datetimes(dt.datetime(2026, 3, 20), dt.datetime(2026, 11, 20))  # noqa: DTZ001  (hypothesis takes naive bounds)
ONE_MINUTE = dt.timedelta(minutes=1)


def nightly(last: dt.datetime, count: int, jitter: list[int]) -> list[dt.datetime]:
    return sorted(last - number * DAY + late * ONE_MINUTE for number, late in zip(range(count), jitter, strict=False))


@given(
    last=DAYS,
    zone=st.sampled_from(ZONES),
    jitter=st.lists(st.integers(0, 20), min_size=10, max_size=10),
    later=st.integers(21, 24 * 60),
)
def test_a_backup_that_ran_every_night_has_no_missing_night(last, zone, jitter, later):
    last = last.replace(tzinfo=dt.UTC)
    local = last.astimezone(zone)
    # A backup at noon belongs to either of two nights; nobody makes one there.
    if abs((local - local.replace(hour=12, minute=0)).total_seconds()) < 2 * 3600:
        return
    found = nights(nightly(last, 10, jitter), [], [], zone, last + later * ONE_MINUTE)
    assert "missing" not in [night.state for night in found]
    assert len(found) == NIGHTS_SHOWN


@given(last=DAYS, zone=st.sampled_from(ZONES))
def test_a_night_is_missing_once_its_hour_and_the_grace_have_passed(last, zone):
    last = last.replace(tzinfo=dt.UTC)
    found = nights([last - 2 * DAY, last - DAY, last], [], [], zone, last + DAY + GRACE + ONE_MINUTE)
    assert [night.state for night in found].count("missing") >= 1


def snapshot(volume: str, moment: dt.datetime) -> Backup:
    return Backup(state=Backup.State.GOOD, volume_aws_id=volume, started_at=moment, kind=Backup.Kind.EBS_SNAPSHOT)


def test_snapshots_of_one_set_may_lie_on_both_sides_of_midnight():
    moment = dt.datetime(2026, 11, 24, 23, 58, tzinfo=dt.UTC)
    rows = [snapshot("vol-1", moment), snapshot("vol-2", moment + 5 * ONE_MINUTE)]
    seen = dict.fromkeys(("vol-1", "vol-2"), moment - 30 * DAY)
    assert good_moments(rows, seen, moment - 30 * DAY) == [moment + 5 * ONE_MINUTE]


def test_a_volume_that_came_later_is_not_demanded_of_the_nights_before():
    moment = dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.UTC)
    rows = [snapshot("vol-1", moment + number * DAY) for number in range(4)]
    seen = {"vol-1": moment - 30 * DAY, "vol-new": moment + 3 * DAY - dt.timedelta(hours=8)}
    assert good_moments(rows, seen, moment - 30 * DAY) == [moment, moment + DAY, moment + 2 * DAY]


def test_a_gap_before_the_agreed_days_is_not_judged_one_inside_is():
    tokyo = ZONES[0]
    good = [dt.datetime(2026, 11, day, 3, tzinfo=tokyo) for day in (14, 15, 17, 20, 21, 22, 24, 25)]
    found = nights(good, [], [], tokyo, dt.datetime(2026, 11, 25, 12, tzinfo=tokyo) - ONE_MINUTE, agreed(5))
    states = {night.date.day: night.state for night in found}
    assert states[16] == states[18] == states[19] == "none"
    assert states[23] == "missing" and states[22] == states[17] == "good"


def test_a_night_whose_backup_was_deleted_too_early_is_missing_one_at_the_end_of_its_time_is_not():
    tokyo = ZONES[0]
    good = [dt.datetime(2026, 11, day, 3, tzinfo=tokyo) for day in (23, 24, 25)]
    lost = [_gone(dt.datetime(2026, 11, day, 3, tzinfo=tokyo), days=1) for day in (20, 21, 22)]
    ended = [_gone(dt.datetime(2026, 11, 17, 3, tzinfo=tokyo), days=7)]
    states = _states(good, lost + ended, agreed(7))
    assert [states[day] for day in (17, 19, 20, 21, 22, 23)] == [
        "expired", "missing", "missing", "missing", "missing", "good",
    ]  # fmt: skip


def agreed(days: int, since: dt.datetime = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) -> Agreement:
    return Agreement(retention_days=days, valid_from=since)


def _states(good: list[dt.datetime], gone: list[Backup], agreement: Agreement | None) -> dict[int, str]:
    """The states of November's nights, seen late in the morning of the 25th in Tokyo."""
    found = nights(good, [], gone, ZONES[0], dt.datetime(2026, 11, 25, 11, tzinfo=ZONES[0]), agreement)
    return {night.date.day: night.state for night in found}


@pytest.mark.parametrize("agreement", [None, agreed(14, dt.datetime(2026, 11, 24, 12, tzinfo=ZONES[0]))])
def test_what_went_before_anything_or_so_much_was_agreed_is_no_gap(agreement):
    good = [dt.datetime(2026, 11, day, 3, tzinfo=ZONES[0]) for day in range(18, 26)]
    ended = [_gone(dt.datetime(2026, 11, day, 3, tzinfo=ZONES[0]), days=7) for day in range(12, 18)]
    assert "missing" not in _states(good, ended, agreement).values()


def test_a_night_that_always_goes_a_day_too_early_is_a_gap():
    good = [dt.datetime(2026, 11, day, 3, tzinfo=ZONES[0]) for day in range(20, 26)]
    lost = [_gone(dt.datetime(2026, 11, day, 3, tzinfo=ZONES[0]), days=6) for day in range(12, 20)]
    assert _states(good, lost, agreed(7))[19] == "missing"


def _gone(moment: dt.datetime, *, days: int) -> Backup:
    row = snapshot("vol-1", moment)
    row.gone_at = moment + days * DAY
    return row
