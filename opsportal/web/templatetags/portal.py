"""Template tags of the portal: `{% load portal %}`."""

import datetime as dt
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from opsportal import business_time
from opsportal.web import words

register = template.Library()

STATE_WORDS = {
    "ok": lambda: gettext("Good"),
    "watch": lambda: gettext("Watch"),
    "act": lambda: gettext("Needs a hand"),
    "unknown": lambda: gettext("Not known"),
    "none": lambda: gettext("Not judged"),
}


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("vendor/tabler-icons-3.52.0/sprite.svg")


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite; it only repeats what the words beside it say, so readers do not hear it."""
    classes = f"icon {extra}".strip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, _sprite(), name)


@register.simple_tag
def state(name: str, word: str = "", extra: str = "") -> SafeString:
    """A state as sign, word and colour; `extra="badge"` puts it on a ground."""
    return _state(str(name), str(word), extra, get_language())


@lru_cache(maxsize=1024)
def _state(name: str, word: str, extra: str, language: str) -> SafeString:
    classes = f"state state-{name} {extra}".strip()
    return format_html('<span class="{}">{}<span>{}</span></span>', classes, icon(name), word or STATE_WORDS[name]())


def _time(at: dt.datetime | None, text: str, attributes: str = "") -> SafeString:
    iso = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return mark_safe(f'<time datetime="{iso}"{attributes}>{escape(text)}</time>')


@register.filter
def local_time(at: dt.datetime | None) -> str:
    """A moment in the viewer's zone, the zone named."""
    return _time(at, words.local_time(at)) if at else "–"


@register.filter
def plain_time(at: dt.datetime | None) -> str:
    """A moment for plain text, the zone named."""
    return words.local_time(at) if at else "–"


@register.filter
def local_day(at: dt.datetime | None) -> str:
    """A day in the viewer's zone."""
    return _time(at, words.local_day(at)) if at else "–"


@register.filter
def day_name(date: dt.date) -> str:
    """A date of no zone, with its weekday and without its year."""
    return words.day_name(date)


@register.filter
def whole_day(date: dt.date) -> str:
    """A date of no zone, with its year and weekday."""
    return words.whole_day(date)


@register.filter
def age(at: dt.datetime | None) -> str:
    """How long ago or ahead; stays live in the browser, the moment itself in the title."""
    return _aged(at, "age")


@register.filter
def left(at: dt.datetime | None) -> str:
    """How long until it runs out, or how long it is overdue; stays live in the browser."""
    return _aged(at, "left")


@register.filter
def passed(at: dt.datetime | None) -> bool:
    """Whether a moment lies behind."""
    return at is not None and at <= business_time.now()


def _aged(at: dt.datetime | None, kind: str) -> str:
    if not at:
        return "–"
    title = f' title="{escape(words.local_time(at))}" data-age="{kind}"'
    return _time(at, words.age(at, business_time.now(), kind), title)


@register.simple_tag
def reading_age(reading: str, at: dt.datetime | None) -> str:
    """The age of a reading; renewed by the page's refresh even when nothing else changed."""
    if not at:
        return gettext("not yet")
    title = f' title="{escape(words.local_time(at))}" data-age="age" data-reading="{escape(reading)}"'
    return _time(at, words.age(at, business_time.now()), title)


@register.simple_tag
def windowed(window: str) -> str:
    """AWS's weekly window (UTC, `sun:17:00-sun:17:30`) in the viewer's zone."""
    return words.local_window(window, business_time.now())


@register.simple_tag
def nights(shown: list) -> SafeString:
    """One box a night: date, sign, and the whole in words for readers."""
    boxes = [_night(one.date, one.state, get_language()) for one in shown]
    return mark_safe(f'<ol class="days">{"".join(boxes)}</ol>')


@lru_cache(maxsize=512)
def _night(date: dt.date, state_name: str, language: str) -> SafeString:
    sign, word = {
        "good": ("check", gettext("backed up")),
        "expired": ("check", gettext("was backed up, kept as long as agreed")),
        "failed": ("watch", gettext("failed")),
        "missing": ("close", gettext("missing")),
        "coming": ("hourglass", gettext("still to come")),
    }.get(state_name, ("dash", gettext("nothing expected")))
    kinds = {"good": "", "failed": " day-failed", "missing": " day-missing", "expired": " day-expired"}
    return format_html(
        '<li class="day{}" title="{}"><span aria-hidden="true">{}</span>{}<span class="visually-hidden">{}</span></li>',
        kinds.get(state_name, " day-open"),
        f"{words.day_name(date)}: {word}",
        date.day,
        icon(sign),
        f"{words.day_name(date)}: {word}",
    )


@register.filter
def number(value: float | None, digits: int = 1) -> str:
    """A number, grouped by thousands."""
    return words.number(value, digits)


@register.simple_tag
def current(is_current: Any, value: str = "true") -> SafeString:
    """` aria-current="…"` when this is where the viewer is, else nothing."""
    return format_html(' aria-current="{}"', value) if is_current else SafeString("")
