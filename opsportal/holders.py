"""Who holds leases, and whether they still live: each process keeps an advisory lock for as long as it does.

A killed process loses its database session at once, and the lock with it; a lease names its holder in its first eight
digits, so that the clock can give back what the dead have left. Leases end by themselves all the same.
"""

import logging
import os
import secrets
import threading
import time
import uuid
from dataclasses import dataclass

import psycopg
from django.db import connection

from opsportal import doorbell

logger = logging.getLogger(__name__)

# The portal's own kind of advisory lock; the holder's number tells one from another.
_SPACE = 0x0B5
# How long a process may not notice that its session was cut off; what it claims meanwhile is read twice.
_LOOK_SECONDS = 5.0
# Names nobody: such a lease is left to its time.
_NOBODY = "00000000"


@dataclass
class _Presence:
    process: int
    number: int
    session: psycopg.Connection
    looked: float


_presence: _Presence | None = None
_lock = threading.Lock()


def new_lease() -> uuid.UUID:
    """A lease in the name of this process."""
    with _lock:
        try:
            number = _present().number
        except psycopg.Error as error:
            logger.warning("holders: %s", error)
            number = 0
    return uuid.UUID(bytes=number.to_bytes(4) + secrets.token_bytes(12))


def leave() -> None:
    """Give up this process's presence; the next lease begins a new one."""
    global _presence
    with _lock:
        if _presence and _presence.process == os.getpid():
            _presence.session.close()
        _presence = None


def _present() -> _Presence:
    global _presence
    if _presence is None or _presence.process != os.getpid() or not _still_there(_presence):
        # The session of the process that this one is a copy of is left alone.
        _presence = _begin()
    return _presence


def _still_there(presence: _Presence) -> bool:
    if time.monotonic() - presence.looked < _LOOK_SECONDS:
        return True
    presence.looked = time.monotonic()
    try:
        presence.session.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _begin() -> _Presence:
    session = doorbell.connect()
    while True:
        number = 1 + secrets.randbelow(2**31 - 1)
        (taken,) = session.execute("SELECT pg_try_advisory_lock(%s, %s)", (_SPACE, number)).fetchone()
        if taken:
            return _Presence(os.getpid(), number, session, time.monotonic())


def orphaned(leases: set[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the leases whose holder is not alive at present."""
    if not leases:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lpad(to_hex(objid::bigint), 8, '0') FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
            " AND objsubid = 2 AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [_SPACE],
        )
        living = {row[0] for row in cursor.fetchall()} | {_NOBODY}
    return {lease for lease in leases if lease.hex[:8] not in living}
