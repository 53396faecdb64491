"""A change as an entry for a person's calendar (RFC 5545)."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from maintenance.change_words import PlanSaid
from maintenance.models import Change

# Shorter than this an entry cannot be seen in a calendar.
SHORTEST = dt.timedelta(minutes=30)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})


def written(change: Change, said: PlanSaid, status: str, at: dt.datetime) -> str:
    """The entry as a file; the same change keeps its entry, a later version replaces it."""
    length = max(dt.timedelta(seconds=change.plan["downtime_seconds"]), SHORTEST)
    where = f"{change.environment.customer.name} {change.environment.name}"
    expected = _("Expected downtime: %(downtime)s") % {"downtime": said.downtime}
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Operations portal//Changes//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{change.reference.hex}@{urlsplit(settings.PORTAL_URL).hostname}",
        f"SEQUENCE:{change.version}",
        f"DTSTAMP:{_moment(at)}",
        f"DTSTART:{_moment(change.starts_at)}",
        f"DTEND:{_moment(change.starts_at + length)}",
        f"SUMMARY:{_text(f'{said.action} ({change.name})')}",
        f"LOCATION:{_text(where)}",
        f"DESCRIPTION:{_text(expected)}",
        f"STATUS:{status}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> list[str]:
    """No line is longer than 75 octets, and none is cut inside a character."""
    found, room = [""], 75
    for letter in line:
        size = len(letter.encode())
        if size > room:
            found.append(" ")
            room = 74
        found[-1] += letter
        room -= size
    return found
