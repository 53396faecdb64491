"""Times, ages and numbers as people write them, in the active language and time zone."""

import datetime as dt
import zoneinfo
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext

_WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def local_time(at: dt.datetime) -> str:
    """`2026-11-25(水) 02:30 JST`, or in English `Wed 25 Nov 2026, 02:30 JST`. Raises ValueError when naive."""
    here = _local(at)
    return f"{_day(here)}{' ' if get_language() == 'ja' else ', '}{here:%H:%M} {zone_name(here)}"


def local_day(at: dt.datetime) -> str:
    """`2026-11-25(水)`, or in English `Wed 25 Nov 2026`."""
    return _day(_local(at))


def in_japanese() -> bool:
    """Whether the active language is Japanese."""
    return get_language() == "ja"


def whole_day(date: dt.date) -> str:
    """`2026-11-25(水)`, or in English `Wed 25 Nov 2026`, of a date that belongs to no zone."""
    return _day(date)


def day_name(date: dt.date) -> str:
    """`11-25(水)`, or in English `Wed 25 Nov`."""
    if get_language() == "ja":
        return f"{date:%m-%d}({_WEEKDAYS['ja'][date.weekday()]})"
    return f"{_WEEKDAYS['en'][date.weekday()]} {date.day} {_MONTHS[date.month - 1]}"


def local_window(window: str, now: dt.datetime) -> str:
    """A window of AWS (`sun:17:00-sun:17:30` or daily `17:00-17:30`, UTC) in local time: `月 02:00–02:30 JST`.

    As given if it is none.
    """
    begin, _, end = window.partition("-")
    daily = begin.count(":") == 1
    try:
        moments = [_next(f"mon:{text}" if daily else text, now) for text in (begin, end)]
    except (ValueError, KeyError):
        return window or "–"
    if daily:
        return f"{moments[0]:%H:%M}–{moments[1]:%H:%M} {zone_name(moments[0])}"
    weekdays = _WEEKDAYS["ja" if get_language() == "ja" else "en"]
    return f"{weekdays[moments[0].weekday()]} {moments[0]:%H:%M}–{moments[1]:%H:%M} {zone_name(moments[0])}"


_AWS_DAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}


def _next(text: str, now: dt.datetime) -> dt.datetime:
    day, hour, minute = text.split(":")
    at = now.astimezone(dt.UTC).replace(hour=int(hour), minute=int(minute))
    return timezone.localtime(at + dt.timedelta(days=(_AWS_DAYS[day] - at.weekday()) % 7))


def zone_of(name: str | None) -> zoneinfo.ZoneInfo:
    """A time zone by its name; the portal's own where the name is none."""
    try:
        return zoneinfo.ZoneInfo(name or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def zone_name(here: dt.datetime) -> str:
    """`JST`, or `UTC+07` where a zone has only a number."""
    name = here.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name


def _local(at: dt.datetime) -> dt.datetime:
    if timezone.is_naive(at):
        raise ValueError(f"{at} has no time zone")
    return timezone.localtime(at)


def _day(here: dt.date) -> str:
    if get_language() == "ja":
        return f"{here:%Y-%m-%d}({_WEEKDAYS['ja'][here.weekday()]})"
    return f"{_WEEKDAYS['en'][here.weekday()]} {here.day} {_MONTHS[here.month - 1]} {here.year}"


def age(at: dt.datetime, now: dt.datetime, kind: str = "age") -> str:
    """How long ago or ahead; `kind` is age, or left for what runs out."""
    seconds = (at - now).total_seconds()
    past = seconds < 0
    form = _forms(get_language())[("late" if past else "left") if kind == "left" else ("ago" if past else "ahead")]
    seconds = abs(seconds)
    for least, unit, name in ((2 * _DAY, _DAY, "days"), (_HOUR, _HOUR, "hours"), (_MINUTE, _MINUTE, "minutes")):
        if seconds >= least:
            return form[name].replace("{n}", str(int(seconds // unit)))
    return form["moment"]


@cache
def _forms(_language: str | None) -> dict[str, dict[str, str]]:
    """The wordings of ages in the active language; the browser uses the same ones to keep them live.

    A list says a hundred ages, so each language is put into words once.
    """
    return {
        "ago": {
            "moment": gettext("just now"),
            "minutes": gettext("{n} min ago"),
            "hours": gettext("{n} h ago"),
            "days": gettext("{n} days ago"),
        },
        "ahead": {
            "moment": gettext("in a moment"),
            "minutes": gettext("in {n} min"),
            "hours": gettext("in {n} h"),
            "days": gettext("in {n} days"),
        },
        "left": {
            "moment": gettext("now due"),
            "minutes": gettext("{n} min left"),
            "hours": gettext("{n} h left"),
            "days": gettext("{n} days left"),
        },
        "late": {
            "moment": gettext("now due"),
            "minutes": gettext("{n} min overdue"),
            "hours": gettext("{n} h overdue"),
            "days": gettext("{n} days overdue"),
        },
    }


def for_browser() -> dict[str, Any]:
    """All words that scripts put on a page."""
    return _forms(get_language()) | {
        "searchFailed": gettext("The search did not answer. Check the connection and type again."),
        "noValue": pgettext("chart", "no value"),
    }


def span(every: dt.timedelta) -> str:
    """How often something happens: `every 5 min`."""
    seconds = int(every.total_seconds())
    if seconds == _DAY:
        return gettext("once a day")
    for unit, form in (
        (_DAY, gettext("every {n} days")),
        (_HOUR, gettext("every {n} h")),
        (_MINUTE, gettext("every {n} min")),
    ):
        if seconds >= unit and seconds % unit == 0:
            return form.replace("{n}", str(seconds // unit))
    return gettext("every {n} s").replace("{n}", str(seconds))


def number(value: float, digits: int = 1) -> str:
    """`1,234` or `12.3`: grouped, no digits after the point once they no longer matter."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:,.{digits}f}"
