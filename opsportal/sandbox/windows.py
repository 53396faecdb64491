"""Weekly windows as RDS writes them."""

import datetime as dt

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def next_window(window: str, at: dt.datetime) -> dt.datetime:
    """When a weekly window (UTC, such as sat:19:00-sat:19:30) begins next after a moment."""
    day, hour, minute = window.split("-")[0].split(":")
    begin = at.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    begin += dt.timedelta(days=(DAYS.index(day.lower()) - at.weekday()) % 7)
    return begin if begin > at else begin + dt.timedelta(days=7)
