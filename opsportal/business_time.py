"""The one place where the portal reads the time that its business runs by.

Business time decides what is due: polls, deadlines, nights. It is UTC and aware, and follows the offset in
BUSINESS_CLOCK_FILE so that a demo or a test can move a whole portal forward. Leases never use it: they run on the
database's own clock.
"""

import datetime as dt
import os
import time
from functools import lru_cache

from django.conf import settings


def now() -> dt.datetime:
    """The present moment of business time, aware, in UTC."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=_offset())


def _offset() -> float:
    path = settings.BUSINESS_CLOCK_FILE
    # A stat per half second is enough for people, and keeps a busy worker from reading the file for every row.
    return _offset_in(path, int(time.monotonic() * 2)) if path else 0.0


@lru_cache(maxsize=2)
def _offset_in(path: str, _tick: int) -> float:
    if not os.path.exists(path):
        return 0.0
    with open(path, encoding="ascii") as file:
        return float(file.read().strip() or 0)
