"""The clock: each second it finds what is due, rings the workers, and does the work itself when nobody answers."""

import datetime as dt
import logging
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from kombu.exceptions import OperationalError as BrokerError

from opsportal import business_time, doorbell, holders, housekeeping, work
from opsportal.celery import drain as drain_task

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
# So many drains are rung for one kind at once; each takes rows until none is left.
RINGS_AT_MOST = 12
# Rows that wait this many ticks while the queue's workers show no sign of life: nobody answers.
PATIENCE_TICKS = 8
SIGN_OF_LIFE = dt.timedelta(seconds=10)
# Workers hear from the clock at least this often, so that their silence can be noticed.
GREETING_SECONDS = 20
# The database knows whether the day's housekeeping is due; asking each second would be too much.
HOUSEKEEPING_SECONDS = 600
# How soon a reading begins anew whose worker was killed.
ORPHANS_SECONDS = 5.0
BREAKER_SECONDS = 10
DATABASE_AWAY = (psycopg.Error, OperationalError, InterfaceError)


class Clock:
    """One running clock. Two of them do no harm: rows are claimed, and a drain that finds none ends at once."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.unanswered: Counter[str] = Counter()
        self.busy: set[str] = set()
        self.own_hands = ThreadPoolExecutor(4, "clock")
        self.ringer = ThreadPoolExecutor(1, "ringer")
        self.ringing = 0
        self.silent_until = 0.0
        self.greeted = 0.0
        self.tidied = float("-inf")
        self.orphans_looked = float("-inf")

    def run(self) -> None:
        """Tick each second until stopped; a database that is away is waited for."""
        ears: psycopg.Connection | None = None
        while not self.stopped.is_set():
            try:
                if ears is None or ears.closed:
                    ears = doorbell.connect()
                    ears.execute(f"LISTEN {doorbell.CHANNEL}")
                self.tick()
                self._listen(ears)
            except DATABASE_AWAY as error:
                logger.error("clock: the database does not answer: %s", error)
                ears = None
                close_old_connections()
                self.stopped.wait(TICK_SECONDS)
        connections.close_all()

    def _listen(self, ears: psycopg.Connection) -> None:
        """Ring at once for what is announced, until the next tick is due."""
        for news in ears.notifies(timeout=TICK_SECONDS):
            # A web process of a newer release may announce a kind that this clock does not know yet.
            if kind := work.kinds().get(news.payload):
                self.ring(kind, 1)

    def stop(self) -> None:
        """End after the present tick."""
        self.stopped.set()

    def tick(self) -> None:
        """Ring for every kind that has due rows, and greet the queues now and then."""
        at = business_time.now()
        work.note_beat("clock")
        if time.monotonic() - self.orphans_looked > ORPHANS_SECONDS:
            self.orphans_looked = time.monotonic()
            self.give_back(at)
        greet = time.monotonic() - self.greeted > GREETING_SECONDS
        for kind in work.kinds().values():
            waiting = work.waiting(kind, at).values("pk")[: RINGS_AT_MOST * kind.batch].count()
            self.unanswered[kind.kind] = self.unanswered[kind.kind] + 1 if waiting else 0
            if self._nobody_answers(kind):
                self._lend_a_hand(kind)
                # A queue that nobody empties must not be filled.
                waiting = 0
            if waiting or greet:
                self.ring(kind, max(1, -(-waiting // kind.batch)))
        if greet:
            self.greeted = time.monotonic()
        if time.monotonic() - self.tidied > HOUSEKEEPING_SECONDS:
            self.tidied = time.monotonic()
            if housekeeping.take_turn():
                self.own_hands.submit(self._tidy).add_done_callback(_tell_failure)

    def give_back(self, at: dt.datetime) -> None:
        """Let readings begin anew whose worker was killed; acting and speaking wait for their leases to end."""
        kinds = [kind for kind in work.kinds().values() if kind.queue == "read"]
        leases = {lease for kind in kinds for lease in work.held(kind, at).values_list("lease", flat=True)}
        if orphans := holders.orphaned(leases):
            freed = sum(work.give_back(kind, orphans, at) for kind in kinds)
            logger.warning("clock: gave back %s readings of workers that died", freed)

    def _tidy(self) -> None:
        try:
            housekeeping.tidy()
        finally:
            connections.close_all()

    def _nobody_answers(self, kind: work.Work) -> bool:
        return self.unanswered[kind.kind] > PATIENCE_TICKS and work.silence_of(kind.queue) > SIGN_OF_LIFE

    def _lend_a_hand(self, kind: work.Work) -> None:
        if kind.kind in self.busy:
            return
        logger.warning("clock: no worker answers for %s, doing it here", kind.kind)
        self.busy.add(kind.kind)
        self.own_hands.submit(self._do, kind.kind).add_done_callback(_tell_failure)

    def _do(self, kind: str) -> None:
        try:
            work.drain(kind)
        finally:
            self.busy.discard(kind)
            connections.close_all()

    def ring(self, kind: work.Work, times: int) -> None:
        """Ring a kind's workers; a broker that is away or hangs is left alone for a while and never waited for."""
        if time.monotonic() >= self.silent_until and self.ringing < 100:
            self.ringing += 1
            self.ringer.submit(self._ring, kind, min(times, RINGS_AT_MOST)).add_done_callback(self._rung)

    def _ring(self, kind: work.Work, times: int) -> None:
        if time.monotonic() < self.silent_until:
            return
        try:
            for _ in range(times):
                drain_task.apply_async((kind.kind,), queue=kind.queue, retry=False)
        except (BrokerError, OSError) as error:
            logger.warning("clock: the broker does not answer: %s", error)
            self.silent_until = time.monotonic() + BREAKER_SECONDS

    def _rung(self, future: Future) -> None:
        self.ringing -= 1
        _tell_failure(future)


def _tell_failure(future: Future) -> None:
    if error := future.exception():
        logger.error("clock: %s: %s", type(error).__name__, error, exc_info=error)
