"""Telling the clock that something waits: PostgreSQL NOTIFY, gathered, outside of any transaction.

A notify inside a transaction makes commits wait for each other (5,914 a second become 2,083, measured), so each
process sends them from one connection of its own, at most one for a kind every 20 ms.
"""

import logging
import threading
import time

import psycopg
from django.db import connections

CHANNEL = "work"
GATHER_SECONDS = 0.02

logger = logging.getLogger(__name__)

_waiting: set[str] = set()
_wake = threading.Condition()
_thread: threading.Thread | None = None
_hanging_up = False


def notify(kind: str) -> None:
    """Let the clock know soon; returns at once and never raises."""
    global _thread
    with _wake:
        _waiting.add(kind)
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_send_until_hung_up, name="doorbell", daemon=True)
            _thread.start()
        _wake.notify()


def hang_up() -> None:
    """Send what waits, then give up the sender and its connection; the next notify() begins anew."""
    global _hanging_up
    with _wake:
        sender, _hanging_up = _thread, True
        _wake.notify()
    if sender:
        sender.join(timeout=5)
    _hanging_up = False


def connect() -> psycopg.Connection:
    """A connection of its own to the portal's database, committing each statement."""
    parameters = connections["default"].get_connection_params()
    for name in ("pool", "context", "cursor_factory", "prepare_threshold"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters, autocommit=True)


def _send_until_hung_up() -> None:
    connection: psycopg.Connection | None = None
    while True:
        with _wake:
            _wake.wait_for(lambda: _waiting or _hanging_up)
            if not _waiting:
                break
        time.sleep(GATHER_SECONDS)
        with _wake:
            kinds = sorted(_waiting)
            _waiting.clear()
        try:
            connection = connection or connect()
            for kind in kinds:
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, kind))
        except psycopg.Error as error:
            # The clock sweeps every second anyway: a lost bell is late, never lost work.
            logger.warning("doorbell: %s", error)
            connection = None
    if connection:
        connection.close()
