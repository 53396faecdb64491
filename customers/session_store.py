"""Where Django keeps sessions: rows that end when their person is idle or the day is over, and that can be ended."""

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Least

from customers import walls
from customers.models.session import Session
from opsportal.work import ClockTimestamp

# By key and before anybody is known: the wall hands out the one row that was named (migration `tighten_walls`).
_LASTING = """
SELECT *, clock_timestamp() - seen_at AS rested FROM portal_session(%s) WHERE expire_date > clock_timestamp()
"""

# Written at most once a minute, so that reading pages does not mean writing rows.
_NOTED_EVERY = dt.timedelta(minutes=1)


class SessionStore(DatabaseStore):
    """A session; `idle` and `life` (seconds) among its data say how long it may rest and last."""

    # How long ago the person last did something; nothing is known of a session that was not loaded.
    _rested = dt.timedelta.max

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The portal's own rows."""
        return Session

    def load(self) -> dict[str, Any]:
        """The data of the session while it lasts, else nothing."""
        row = next(iter(Session.objects.raw(_LASTING, [_row_key(self.session_key)])), None)
        if row is None:
            self._session_key = None
            return {}
        self._rested = row.rested
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Whether there is a row for this cookie."""
        with transaction.atomic(), walls.as_portal():
            return Session.objects.filter(pk=_row_key(session_key)).exists()

    def save(self, must_create: bool = False) -> None:
        """Write the session. Raises UpdateError when it was ended meanwhile: it must not come back to life."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)
        columns = self._columns(data)
        if not must_create:
            with transaction.atomic(), walls.as_portal():
                updated = Session.objects.filter(pk=_row_key(self.session_key)).update(**columns)
            if not updated:
                raise UpdateError
            return
        first = dt.timedelta(seconds=min(columns["idle"].total_seconds(), columns["life"].total_seconds()))
        try:
            with transaction.atomic(), walls.as_portal():
                Session.objects.create(
                    session_key=_row_key(self.session_key), expire_date=ClockTimestamp() + first, **columns
                )
        except IntegrityError as error:
            raise CreateError from error

    def delete(self, session_key: str | None = None) -> None:
        """End the session."""
        key = session_key or self.session_key
        if key is not None:
            with transaction.atomic(), walls.as_portal():
                Session.objects.filter(pk=_row_key(key)).delete()

    def note_activity(self) -> None:
        """The person did something: the session rests anew, though never beyond its life."""
        if self.session_key is None or self._rested < _NOTED_EVERY:
            return
        resting = Session.objects.filter(pk=_row_key(self.session_key), seen_at__lt=ClockTimestamp() - _NOTED_EVERY)
        resting.update(
            seen_at=ClockTimestamp(),
            expire_date=Least(ClockTimestamp() + F("idle"), F("began_at") + F("life")),
        )

    @property
    def row_key(self) -> str:
        """Key of this session's row; empty while there is none."""
        return _row_key(self.session_key) if self.session_key else ""

    def _columns(self, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "session_data": self.encode(data),
            "user_id": data.get("_auth_user_id"),
            "idle": dt.timedelta(seconds=data.get("idle", settings.SESSION_COOKIE_AGE)),
            "life": dt.timedelta(seconds=data.get("life", settings.SESSION_COOKIE_AGE)),
            "factor": data.get("factor") or Session.Factor.NONE,
            "address": data.get("address", ""),
            "device": data.get("device", ""),
        }


def _row_key(session_key: str | None) -> str:
    """What a cookie's row is filed under: who reads the table cannot log in with it."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()[:40]
