"""Business hours as arithmetic: every zone, every night, every holiday."""

import datetime as dt
import itertools
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers import hours, terms
from customers.hours import CustomerHours, Special, Weekly
from customers.models import Band, Customer, SpecialDay

TOKYO = zoneinfo.ZoneInfo("Asia/Tokyo")
# Southern and northern summer time, half an hour of it, a zone that skipped a whole day, and none at all.
ZONES = [
    zoneinfo.ZoneInfo(name)
    for name in (
        "Asia/Tokyo", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo",
        "Asia/Kolkata", "UTC",
    )
]  # fmt: skip
OFFICE = tuple(Weekly(weekday, 9 * 60, 18 * 60) for weekday in range(5))
A_DAY = dt.timedelta(days=1)


def tokyo(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=TOKYO)


@st.composite
def weeklies(draw) -> tuple[Weekly, ...]:
    """Up to ten spans that do not overlap."""
    found: list[Weekly] = []
    for _ in range(draw(st.integers(0, 10))):
        opens = draw(st.integers(0, 1439))
        row = Weekly(draw(st.integers(0, 6)), opens, opens + draw(st.integers(1, 1440)))
        if hours.overlapping([*found, row]) is None:
            found.append(row)
    return tuple(found)


@st.composite
def customers_hours(draw) -> CustomerHours:
    first = draw(st.dates(dt.date(2010, 1, 1), dt.date(2030, 12, 1)))
    special = Special(draw(st.sampled_from(SpecialDay.Kind)), first, first + draw(st.integers(0, 9)) * A_DAY, "special")
    return CustomerHours(
        zone=draw(st.sampled_from(ZONES)),
        weekly=draw(weeklies()),
        holidays=draw(st.sampled_from(Customer.Holidays)),
        special=draw(st.sampled_from([(), (special,)])),
    )


moments = st.integers(1_262_304_000, 1_924_905_600).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))


@settings(deadline=None, max_examples=150)
@given(customers_hours(), moments, st.integers(1, 15 * 1440))
def test_spans_are_in_order_apart_inside_and_agree_with_each_moment(customer_hours, begins, minutes):
    ends = begins + dt.timedelta(minutes=minutes)
    spans = hours.business_spans(customer_hours, begins, ends)
    assert all(begins <= span.begins < span.ends <= ends for span in spans)
    assert all(one.ends < other.begins for one, other in itertools.pairwise(spans))
    edges = [moment for span in spans for moment in (span.begins, span.ends - dt.timedelta(seconds=1), span.ends)]
    for moment in [begins, begins + (ends - begins) / 2, *edges]:
        if begins <= moment < ends:
            inside = any(span.holds(moment) for span in spans)
            assert hours.is_business_time(customer_hours, moment) == inside


@settings(deadline=None, max_examples=100)
@given(customers_hours(), moments, st.integers(1, 10_000), st.integers(1, 10_000))
def test_two_stretches_hold_what_the_whole_holds(customer_hours, begins, first, second):
    middle = begins + dt.timedelta(minutes=first)
    ends = middle + dt.timedelta(minutes=second)

    def seconds(since, until):
        return sum(
            (span.ends - span.begins).total_seconds() for span in hours.business_spans(customer_hours, since, until)
        )

    assert seconds(begins, middle) + seconds(middle, ends) == pytest.approx(seconds(begins, ends))


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(ZONES), st.dates(dt.date(2010, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 2880))
def test_a_local_time_is_the_moment_that_clocks_show_it_or_the_one_at_which_they_skip_it(zone, date, minutes):
    found = hours.moment(date, minutes, zone)
    wanted = dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=minutes)
    shown = found.astimezone(zone).replace(tzinfo=None)
    before = (found - dt.timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    assert shown == wanted or before < wanted <= shown
    later = hours.moment(date, minutes + 1, zone)
    assert later >= found


@settings(deadline=None, max_examples=200)
@given(customers_hours(), moments, st.times(), st.times())
def test_each_moment_is_in_exactly_one_band_and_business_wins(customer_hours, at, begins, ends):
    band = hours.band(customer_hours, begins, ends, at)
    if hours.is_business_time(customer_hours, at):
        assert band == Band.BUSINESS
    else:
        local = at.astimezone(customer_hours.zone).time()
        assert (band == Band.NIGHT) == terms.is_night(local, begins, ends)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.builds(
    lambda weekday, opens, length: Weekly(weekday, opens, opens + length),
    st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440),
), max_size=6))  # fmt: skip
def test_overlap_is_found_exactly_when_two_spans_share_a_minute_of_the_week(weekly):
    week = 7 * 1440
    taken: set[int] = set()
    shared = False
    for row in weekly:
        minutes = {(row.weekday * 1440 + minute) % week for minute in range(row.opens, row.closes)}
        shared = shared or bool(taken & minutes)
        taken |= minutes
    assert (hours.overlapping(weekly) is not None) == shared


def test_office_hours_of_a_plain_week():
    office = CustomerHours(TOKYO, OFFICE)
    assert hours.is_business_time(office, tokyo(2026, 12, 2, 9))
    assert not hours.is_business_time(office, tokyo(2026, 12, 2, 18))
    assert not hours.is_business_time(office, tokyo(2026, 12, 5, 12))
    spans = hours.business_spans(office, tokyo(2026, 11, 30), tokyo(2026, 12, 7))
    assert len(spans) == 5 and sum((span.ends - span.begins for span in spans), dt.timedelta()) == dt.timedelta(
        hours=45
    )


@pytest.mark.parametrize(
    ("date", "name"),
    [
        (dt.date(2026, 1, 1), "元日"),
        # Two holidays around it make a day one, and a holiday on Sunday moves to the next free day.
        (dt.date(2026, 9, 22), "国民の休日"),
        (dt.date(2025, 5, 6), "みどりの日 振替休日"),
        (dt.date(2024, 2, 12), "建国記念の日 振替休日"),
        (dt.date(2026, 12, 31), ""),
        (dt.date(2026, 12, 23), ""),
    ],
)
def test_holidays_have_their_names_substitutes_too(date, name):
    assert hours.holiday_name(date) == name


@pytest.mark.parametrize(
    ("holidays", "spans"),
    [(Customer.Holidays.CLOSED, 0), (Customer.Holidays.SUNDAY, 1), (Customer.Holidays.ORDINARY, 2)],
)
def test_on_a_holiday_the_customer_is_closed_or_keeps_sunday_or_the_weekday(holidays, spans):
    weekly = (Weekly(1, 540, 720), Weekly(1, 780, 1080), Weekly(6, 600, 900))
    tuesday = dt.date(2026, 9, 22)
    assert len(hours.spans_of(CustomerHours(TOKYO, weekly, holidays), tuesday)) == spans


def test_a_night_shop_is_open_past_midnight_and_over_the_year_end():
    bar = CustomerHours(
        TOKYO, tuple(Weekly(weekday, 18 * 60, 26 * 60) for weekday in range(7)), Customer.Holidays.ORDINARY
    )
    assert hours.is_business_time(bar, tokyo(2027, 1, 1, 1, 59))
    assert not hours.is_business_time(bar, tokyo(2027, 1, 1, 2))
    closed = CustomerHours(TOKYO, bar.weekly, Customer.Holidays.CLOSED)
    # New Year's Day is a holiday: nothing opens on it, but New Year's Eve still runs into it.
    assert hours.is_business_time(closed, tokyo(2027, 1, 1, 1))
    assert not hours.is_business_time(closed, tokyo(2027, 1, 1, 20))


def test_round_the_clock_is_one_span_without_seams():
    always = CustomerHours(TOKYO, tuple(Weekly(weekday, 0, 1440) for weekday in range(7)), Customer.Holidays.ORDINARY)
    begins, ends = tokyo(2026, 12, 30), tokyo(2027, 1, 4)
    assert hours.business_spans(always, begins, ends) == [hours.Span(begins, ends)]


def test_closed_days_and_blackouts():
    special = (
        Special(SpecialDay.Kind.CLOSED, dt.date(2026, 12, 29), dt.date(2027, 1, 3), "年末年始"),
        Special(SpecialDay.Kind.BLACKOUT, dt.date(2026, 12, 1), dt.date(2026, 12, 25), "商戦"),
    )
    customer_hours = CustomerHours(TOKYO, OFFICE, Customer.Holidays.CLOSED, special)
    assert not hours.is_business_time(customer_hours, tokyo(2026, 12, 30, 12))
    assert hours.is_business_time(customer_hours, tokyo(2026, 12, 28, 12))
    assert hours.is_blackout(customer_hours, tokyo(2026, 12, 25, 23, 59))
    assert not hours.is_blackout(customer_hours, tokyo(2026, 12, 26))


def test_where_clocks_skip_an_hour_hours_shrink_and_where_they_repeat_one_they_grow():
    zone = zoneinfo.ZoneInfo("America/New_York")
    night = CustomerHours(zone, (Weekly(6, 60, 240),), Customer.Holidays.ORDINARY)

    def length(date):
        (span,) = hours.spans_of(night, date)
        return (span.ends - span.begins).total_seconds() / 3600

    assert [length(dt.date(2026, month, day)) for month, day in ((3, 1), (3, 8), (11, 1))] == [3, 2, 4]


def test_hours_inside_the_skipped_hour_do_not_exist_that_day():
    zone = zoneinfo.ZoneInfo("America/New_York")
    odd = CustomerHours(zone, (Weekly(6, 135, 165),), Customer.Holidays.ORDINARY)
    assert hours.spans_of(odd, dt.date(2026, 3, 8)) == []
    assert len(hours.spans_of(odd, dt.date(2026, 3, 15))) == 1


def test_a_day_that_a_zone_skipped_breaks_nothing():
    apia = CustomerHours(
        zoneinfo.ZoneInfo("Pacific/Apia"), tuple(Weekly(day, 540, 1080) for day in range(7)), "ordinary"
    )
    assert hours.spans_of(apia, dt.date(2011, 12, 30)) == []
    assert len(hours.spans_of(apia, dt.date(2011, 12, 31))) == 1
