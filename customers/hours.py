"""When a customer is open, and what a moment is to them: business hours, outside of them, or night. Pure arithmetic.

Days are the customer's own, in their zone. A span belongs to the date on which it opens, even when it closes in the
night after; holidays and closed days drop the spans that open on them.
"""

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

import jpholiday

from customers.models import Band, Customer, SpecialDay
from customers.terms import is_night

A_DAY = dt.timedelta(days=1)
MINUTES_A_DAY = 1440
SUNDAY = 6


@dataclass(frozen=True)
class Weekly:
    """A span of the week: local minutes after midnight of its weekday (Monday is 0); `closes` may exceed a day."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True)
class Special:
    """Dates, both included, that are closed days or bear no planned work."""

    kind: SpecialDay.Kind
    first: dt.date
    last: dt.date
    name: str

    def holds(self, date: dt.date) -> bool:
        """Whether a date is among them."""
        return self.first <= date <= self.last


@dataclass(frozen=True)
class CustomerHours:
    """Everything that decides when a customer is open."""

    zone: zoneinfo.ZoneInfo
    weekly: tuple[Weekly, ...] = ()
    holidays: Customer.Holidays = Customer.Holidays.CLOSED
    special: tuple[Special, ...] = ()


@dataclass(frozen=True)
class Span:
    """From a moment to a moment, the end not included; both in UTC."""

    begins: dt.datetime
    ends: dt.datetime

    def holds(self, at: dt.datetime) -> bool:
        """Whether a moment lies inside."""
        return self.begins <= at < self.ends


def holiday_name(date: dt.date) -> str:
    """The Japanese public holiday of a date, substitute holidays included; empty when it is none."""
    return jpholiday.is_holiday_name(date) or ""


def special_of(hours: CustomerHours, date: dt.date, kind: SpecialDay.Kind) -> Special | None:
    """The closed days or the blackout that a date belongs to."""
    return next((special for special in hours.special if special.kind == kind and special.holds(date)), None)


def spans_of(hours: CustomerHours, date: dt.date) -> list[Span]:
    """The business hours that open on a date, in order; touching ones are one."""
    if special_of(hours, date, SpecialDay.Kind.CLOSED):
        return []
    weekday = date.weekday()
    if holiday_name(date):
        if hours.holidays == Customer.Holidays.CLOSED:
            return []
        if hours.holidays == Customer.Holidays.SUNDAY:
            weekday = SUNDAY
    weekly = sorted((row.opens, row.closes) for row in hours.weekly if row.weekday == weekday)
    found = (Span(moment(date, opens, hours.zone), moment(date, closes, hours.zone)) for opens, closes in weekly)
    return joined(span for span in found if span.begins < span.ends)


def business_spans(hours: CustomerHours, begins: dt.datetime, ends: dt.datetime) -> list[Span]:
    """The business hours between two moments, in order, cut to them, touching ones joined."""
    if begins >= ends:
        return []
    # A span that opened the day before may still run.
    first = begins.astimezone(hours.zone).date() - A_DAY
    last = ends.astimezone(hours.zone).date()
    spans = (span for date in dates(first, last) for span in spans_of(hours, date))
    cut = (Span(max(span.begins, begins), min(span.ends, ends)) for span in spans)
    return joined(span for span in cut if span.begins < span.ends)


def is_business_time(hours: CustomerHours, at: dt.datetime) -> bool:
    """Whether the customer is open at a moment."""
    today = at.astimezone(hours.zone).date()
    return any(span.holds(at) for date in (today - A_DAY, today) for span in spans_of(hours, date))


def is_blackout(hours: CustomerHours, at: dt.datetime) -> bool:
    """Whether no planned work may disturb the customer at a moment."""
    return special_of(hours, at.astimezone(hours.zone).date(), SpecialDay.Kind.BLACKOUT) is not None


def band(hours: CustomerHours, night_from: dt.time, night_until: dt.time, at: dt.datetime) -> Band:
    """What a moment is to the customer. Who is open is awake: business hours win over the night."""
    if is_business_time(hours, at):
        return Band.BUSINESS
    local = at.astimezone(hours.zone).time()
    return Band.NIGHT if is_night(local, night_from, night_until) else Band.OFF_HOURS


def dates(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every date from first to last, both included."""
    return (first + dt.timedelta(days=days) for days in range((last - first).days + 1))


def moment(date: dt.date, minutes: int, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The moment, in UTC, at which local clocks show so many minutes after a date's midnight.

    A time that clocks skip is the moment at which they skip it; one that they show twice is its first showing.
    """
    shown = dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=minutes)
    early = shown.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
    late = shown.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    if early <= late and early.astimezone(zone).replace(tzinfo=None) != shown:
        return _skip_between(early, late, zone)
    return late


def _skip_between(early: dt.datetime, late: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The first moment after `early`, to the second, at which the zone's offset is that of `late`."""
    after = late.astimezone(zone).utcoffset()
    while late - early > dt.timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == after:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def joined(spans: Iterator[Span]) -> list[Span]:
    """Spans in order as as few as possible: overlapping and touching ones become one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.begins):
        if found and span.begins <= found[-1].ends:
            found[-1] = Span(found[-1].begins, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found


def overlapping(weekly: list[Weekly]) -> tuple[Weekly, Weekly] | None:
    """Two spans of a week that overlap, Sunday night running into Monday; touching is no overlap."""
    week = 7 * MINUTES_A_DAY
    shifted = [
        (row.weekday * MINUTES_A_DAY + row.opens + turn, row.closes - row.opens, row)
        for row in weekly
        for turn in (0, week)
    ]
    for (begin, length, row), (next_begin, _, next_row) in itertools.pairwise(sorted(shifted, key=lambda one: one[0])):
        if begin + length > next_begin:
            return row, next_row
    return None
