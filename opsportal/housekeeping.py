"""What the clock clears away once a day: rows that nothing else ever takes back."""

import datetime as dt
from importlib import import_module

from django.conf import settings

from opsportal.models import Beat
from opsportal.work import ClockTimestamp

EVERY = dt.timedelta(days=1)
# Its beat says when it was last begun; like every beat, on the database's clock.
_BEAT = "housekeeping"
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def take_turn() -> bool:
    """Whether housekeeping is due and falls to the caller: once a day, to one of however many clocks."""
    Beat.objects.bulk_create([Beat(process=_BEAT, at=_NEVER)], ignore_conflicts=True)
    due = Beat.objects.filter(process=_BEAT, at__lt=ClockTimestamp() - EVERY)
    return due.update(at=ClockTimestamp()) == 1


def tidy() -> None:
    """Delete the sessions that have ended. Done twice it finds nothing; torn, what is left goes a day later."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
