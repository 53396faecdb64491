"""Weekly windows as RDS writes them."""

import datetime as dt

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


WEEK = dt.timedelta(days=7)


def holds(window: str, at: dt.datetime) -> bool:
    """Whether a weekly window is open at a moment."""
    begin, end = (next_window(part, at) for part in window.split("-"))
    # The one that ends next holds the moment when its beginning, next met, lies behind that end.
    return end < begin


def next_window(window: str, at: dt.datetime) -> dt.datetime:
    """When a weekly window (UTC, such as sat:19:00-sat:19:30) begins next after a moment."""
    day, hour, minute = window.split("-")[0].split(":")
    begin = at.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    begin += dt.timedelta(days=(DAYS.index(day.lower()) - at.weekday()) % 7)
    return begin if begin > at else begin + dt.timedelta(days=7)
