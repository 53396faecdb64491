"""A customer's coming days as a picture: when it is open, when it is night, what is special about each."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from customers import agreements, hours
from customers.models import Customer, Environment, SpecialDay

# The bar of a day is drawn in minutes.
MINUTES = 1440


@dataclass(frozen=True)
class Block:
    """A stretch of a day in local minutes after midnight."""

    begins: int
    width: int


@dataclass(frozen=True)
class Day:
    """One local date: its spans in words and as blocks, its night, what it is called."""

    date: dt.date
    holiday: str
    closed: str
    blackout: str
    said: str
    business: list[Block]
    night: list[Block]


def week(
    customer_hours: hours.CustomerHours, night: tuple[dt.time, dt.time] | None, at: dt.datetime, days: int = 7
) -> list[Day]:
    """The days from today on, as the customer lives them."""
    today = at.astimezone(customer_hours.zone).date()
    return [_day(customer_hours, night, date) for date in hours.dates(today, today + (days - 1) * hours.A_DAY)]


def night_of(environments: list[Environment], at: dt.datetime) -> tuple[dt.time, dt.time] | None:
    """The night hours of the first environment under an agreement."""
    for environment in environments:
        if holding := agreements.agreement_at(environment, at):
            return holding.night_from, holding.night_until
    return None


def _day(customer_hours: hours.CustomerHours, night: tuple[dt.time, dt.time] | None, date: dt.date) -> Day:
    closed = hours.special_of(customer_hours, date, SpecialDay.Kind.CLOSED)
    blackout = hours.special_of(customer_hours, date, SpecialDay.Kind.BLACKOUT)
    begins, ends = (hours.moment(date, minutes, customer_hours.zone) for minutes in (0, MINUTES))
    spans = hours.business_spans(customer_hours, begins, ends)
    return Day(
        date=date,
        holiday=hours.holiday_name(date),
        closed=closed.name if closed else "",
        blackout=blackout.name if blackout else "",
        said=", ".join(_said(span, customer_hours.zone, date) for span in spans),
        business=[_block(span, customer_hours.zone, date) for span in spans],
        night=_night(*night) if night else [],
    )


def _said(span: hours.Span, zone: zoneinfo.ZoneInfo, date: dt.date) -> str:
    ends = span.ends.astimezone(zone)
    return f"{span.begins.astimezone(zone):%H:%M}–{'24:00' if ends.date() > date else format(ends, '%H:%M')}"


def _block(span: hours.Span, zone: zoneinfo.ZoneInfo, date: dt.date) -> Block:
    begins = _minutes(span.begins.astimezone(zone), date)
    return Block(begins, max(_minutes(span.ends.astimezone(zone), date) - begins, 1))


def _minutes(local: dt.datetime, date: dt.date) -> int:
    return MINUTES if local.date() > date else local.hour * 60 + local.minute


def _night(begins: dt.time, ends: dt.time) -> list[Block]:
    start, end = begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute
    if start <= end:
        return [Block(start, end - start)] if start < end else []
    return [block for block in (Block(0, end), Block(start, MINUTES - start)) if block.width]


def environments_of(customer: Customer) -> list[Environment]:
    """The customer's environments, production first."""
    order = list(Environment.Stage)
    rows = Environment.objects.filter(customer=customer).exclude(state=Environment.State.CLOSED)
    return sorted(rows, key=lambda row: (order.index(row.stage), row.pk))
