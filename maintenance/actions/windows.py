"""Weekly maintenance windows as RDS writes them, in UTC, such as sat:19:00-sat:19:30."""

import datetime as dt
import zoneinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = 7 * 24 * 60


def span(window: str) -> tuple[int, int]:
    """From which minute of the week (UTC, Monday first) for how many minutes."""
    begin, end = (_minute(part) for part in window.split("-"))
    return begin, (end - begin) % WEEK


def daily_span(window: str) -> tuple[int, int]:
    """From which minute of the day for how many minutes: a backup window, such as 17:00-17:30."""
    begin, end = ((int(hour) * 60 + int(minute)) for hour, minute in (part.split(":") for part in window.split("-")))
    return begin, (end - begin) % (24 * 60)


def _minute(text: str) -> int:
    day, hour, minute = text.split(":")
    return (DAYS.index(day.lower()) * 24 + int(hour)) * 60 + int(minute)


def written(begin: int, length: int) -> str:
    """The window as RDS writes it."""
    return "-".join(_written(minute % WEEK) for minute in (begin, begin + length))


def _written(minute: int) -> str:
    day, rest = divmod(minute, 24 * 60)
    return f"{DAYS[day]}:{rest // 60:02}:{rest % 60:02}"


def from_local(day: str, clock: str, length: int, time_zone: str, at: dt.datetime) -> str:
    """The window that begins at a local weekday and time, of so many minutes."""
    zone = zoneinfo.ZoneInfo(time_zone)
    local = at.astimezone(zone)
    date = local.date() + dt.timedelta(days=(DAYS.index(day) - local.weekday()) % 7)
    begin = dt.datetime.combine(date, dt.time.fromisoformat(clock), zone).astimezone(dt.UTC)
    return written((begin.weekday() * 24 + begin.hour) * 60 + begin.minute, length)


def is_near(window: str, at: dt.datetime, margin: dt.timedelta) -> bool:
    """Whether the moment lies in the window, or it begins within the margin."""
    begin, length = span(window)
    now = (at.weekday() * 24 + at.hour) * 60 + at.minute
    ahead = (begin - now) % WEEK
    return ahead <= margin.total_seconds() / 60 or (now - begin) % WEEK < length


def overlap(window: str, backup_window: str) -> bool:
    """Whether a weekly window touches a daily one, which RDS refuses."""
    begin, length = span(window)
    daily, daily_length = daily_span(backup_window)
    first = begin % (24 * 60)
    return (daily - first) % (24 * 60) < length or (first - daily) % (24 * 60) < daily_length
