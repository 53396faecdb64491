"""The clock: each second it finds what is due, rings the workers, and does the work itself when nobody answers."""

import logging
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import OperationalError, close_old_connections, connections

from opsportal import business_time, doorbell, work
from opsportal.celery import drain as drain_task

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
# So many drains are rung for one kind at once; each takes rows until none is left.
RINGS_AT_MOST = 12
# Rows of a kind that wait this many ticks while nobody holds any: no worker answers.
PATIENCE_TICKS = 8
# Workers hear from the clock at least this often, so that their silence can be noticed.
GREETING_SECONDS = 20
BREAKER_SECONDS = 10


class Clock:
    """One running clock. Two of them do no harm: rows are claimed, and a drain that finds none ends at once."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.unanswered: Counter[str] = Counter()
        self.busy: set[str] = set()
        self.own_hands = ThreadPoolExecutor(4, "clock")
        self.ringer = ThreadPoolExecutor(1, "ringer")
        self.silent_until = 0.0
        self.greeted = 0.0

    def run(self) -> None:
        """Tick until stopped; a database that is away is waited for."""
        ears: psycopg.Connection | None = None
        while not self.stopped.is_set():
            try:
                if ears is None or ears.closed:
                    ears = doorbell.connect()
                    ears.execute(f"LISTEN {doorbell.CHANNEL}")
                self.tick()
                for news in ears.notifies(timeout=TICK_SECONDS, stop_after=1):
                    self.ring(work.kinds()[news.payload], 1)
            except (psycopg.Error, OperationalError) as error:
                logger.error("clock: the database does not answer: %s", error)
                ears = None
                close_old_connections()
                self.stopped.wait(TICK_SECONDS)
        connections.close_all()

    def stop(self) -> None:
        """End after the present tick."""
        self.stopped.set()

    def tick(self) -> None:
        """Ring for every kind that has due rows, and greet the queues now and then."""
        at = business_time.now()
        work.note_beat("clock")
        greet = time.monotonic() - self.greeted > GREETING_SECONDS
        for kind in work.kinds().values():
            waiting = work.waiting(kind, at).values("pk")[: RINGS_AT_MOST * kind.batch].count()
            if waiting:
                self.ring(kind, -(-waiting // kind.batch))
                self._watch(kind)
            else:
                self.unanswered[kind.kind] = 0
                if greet:
                    self.ring(kind, 1)
        if greet:
            self.greeted = time.monotonic()

    def _watch(self, kind: work.Work) -> None:
        """Count the ticks in which rows waited and nobody held one; then lend a hand."""
        if work.is_held(kind):
            self.unanswered[kind.kind] = 0
            return
        self.unanswered[kind.kind] += 1
        if self.unanswered[kind.kind] > PATIENCE_TICKS and kind.kind not in self.busy:
            logger.warning("clock: no worker answers for %s, doing it here", kind.kind)
            self.busy.add(kind.kind)
            self.own_hands.submit(self._do, kind.kind)

    def _do(self, kind: str) -> None:
        try:
            work.drain(kind)
        except (psycopg.Error, OperationalError) as error:
            logger.error("clock: %s could not be done: %s", kind, error)
        finally:
            self.busy.discard(kind)
            connections.close_all()

    def ring(self, kind: work.Work, times: int) -> None:
        """Ring a kind's workers; a broker that is away or hangs is left alone for a while and never waited for."""
        if time.monotonic() >= self.silent_until and self.ringer._work_queue.qsize() < 100:
            self.ringer.submit(self._ring, kind, min(times, RINGS_AT_MOST))

    def _ring(self, kind: work.Work, times: int) -> None:
        if time.monotonic() < self.silent_until:
            return
        try:
            for _ in range(times):
                drain_task.apply_async((kind.kind,), queue=kind.queue, retry=False)
        except drain_task.app.connection_for_write().connection_errors as error:
            self._broker_away(error)
        except OSError as error:
            self._broker_away(error)

    def _broker_away(self, error: BaseException) -> None:
        logger.warning("clock: the broker does not answer: %s", error)
        self.silent_until = time.monotonic() + BREAKER_SECONDS
