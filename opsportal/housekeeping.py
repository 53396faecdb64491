"""What the clock clears away once a day: rows that nothing else ever takes back."""

import datetime as dt
import logging
from importlib import import_module

from django.conf import settings

from opsportal import business_time, work
from opsportal.models import Beat
from opsportal.work import ClockTimestamp

logger = logging.getLogger(__name__)

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
    """Delete the sessions that have ended, and what each app no longer keeps.

    Done twice it finds nothing; torn, what is left goes a day later.
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    for chore in work.daily_chores():
        try:
            chore(business_time.now())
        except Exception:  # one chore that fails must not keep the others from being done; the log shows it
            logger.exception("housekeeping: %s failed", chore.__name__)
