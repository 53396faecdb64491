"""The clock finds due work, rings for it, and does it itself when nobody answers."""

import datetime as dt
import time

import pytest
from django.db import connection
from django.test import Client

from customers import observations
from customers.models import Observation, Poll, Server, Session
from opsportal import business_time, clock, doorbell, housekeeping, work
from opsportal.models import Beat


@pytest.fixture
def rung(monkeypatch) -> list[tuple[str, str]]:
    """What was rung, instead of a broker."""
    bells: list[tuple[str, str]] = []
    monkeypatch.setattr(
        clock.drain_task, "apply_async", lambda arguments, queue, retry: bells.append((arguments[0], queue))
    )
    return bells


def _settle(running: clock.Clock) -> None:
    running.ringer.shutdown(wait=True)
    running.own_hands.shutdown(wait=True)


def test_due_rows_are_rung_for_on_their_own_queue(world, rung):
    running = clock.Clock()
    running.greeted = time.monotonic()
    running.tick()
    _settle(running)
    readings = {"read-status", "read-inventory", "read-alarms", "read-backups", "read-lifecycles", "probe-site"}
    assert {kind for kind, _ in rung} == {*readings, "prove-trust"}
    assert {queue for _, queue in rung} == {"read"}


def test_nothing_due_is_rung_for_only_now_and_then_so_that_workers_show_that_they_live(world, rung):
    for kind in work.kinds().values():
        kind.due(business_time.now()).update(due_at=business_time.now() + dt.timedelta(hours=1))
    running = clock.Clock()
    running.tick()
    running.tick()
    _settle(running)
    assert sorted(kind for kind, _ in rung) == sorted(work.kinds())


def test_a_broker_that_is_away_delays_no_tick(world, monkeypatch):
    work._noted.clear()
    asked = []

    def away(*arguments, **options):
        asked.append(arguments)
        raise clock.BrokerError("away")

    monkeypatch.setattr(clock.drain_task, "apply_async", away)
    running = clock.Clock()
    for _ in range(3):
        running.tick()
    _settle(running)
    assert len(asked) == 1
    assert Beat.objects.filter(process="clock").exists()


@pytest.mark.django_db(transaction=True)
def test_when_no_worker_answers_the_clock_reads_itself(connected, rung):
    running = clock.Clock()
    for _ in range(clock.PATIENCE_TICKS + 1):
        running.tick()
    _settle(running)
    assert Server.objects.filter(environment=connected.shop_production).count() == 2
    assert not Poll.objects.filter(succeeded_at=None, reading=Poll.Reading.STATUS).exists()


@pytest.mark.django_db(transaction=True)
def test_an_announcement_reaches_the_clock_after_commit(world):
    ears = doorbell.connect()
    ears.execute(f"LISTEN {doorbell.CHANNEL}")
    work.announce("fetch-chart")
    began = time.monotonic()
    (news,) = list(ears.notifies(timeout=5, stop_after=1))
    assert news.payload == "fetch-chart"
    assert time.monotonic() - began < 5
    ears.close()


@pytest.mark.django_db(transaction=True)
def test_the_doorbell_hangs_up_when_it_is_told_to(world):
    doorbell.notify("fetch-chart")
    _wait_for(lambda: _senders() == 1)
    doorbell.hang_up()
    _wait_for(lambda: _senders() == 0)


@pytest.mark.django_db(transaction=True)
def test_ended_sessions_are_deleted_once_a_day_and_live_ones_stay(world, rung):
    live, ended = _log_in(world.operator), _log_in(world.owner)
    _end(ended)
    _run_a_clock_for_one_tick()
    assert [row.session_key for row in Session.objects.all()] == [live]

    _end(ended := _log_in(world.owner))
    _run_a_clock_for_one_tick()
    assert Session.objects.filter(session_key=ended).exists()
    Beat.objects.filter(process="housekeeping").update(at=work.ClockTimestamp() - dt.timedelta(hours=25))
    _run_a_clock_for_one_tick()
    assert [row.session_key for row in Session.objects.all()] == [live]


def test_only_one_of_two_clocks_has_the_turn(world):
    assert [housekeeping.take_turn(), housekeeping.take_turn()] == [True, False]


def _run_a_clock_for_one_tick() -> None:
    running = clock.Clock()
    running.tick()
    _settle(running)


def _log_in(user) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.session.row_key


def _end(session: str) -> None:
    Session.objects.filter(session_key=session).update(expire_date=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))


def _senders() -> int:
    """How many other connections last rang the bell."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND query LIKE 'SELECT pg_notify%%'"
        )
        return cursor.fetchone()[0]


def _wait_for(reached) -> None:
    until = time.monotonic() + 5
    while not reached():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_observations_are_kept_as_long_as_promised_and_no_longer(read, rung, settings, monkeypatch):
    monkeypatch.setattr(observations, "_BATCH", 2)
    settings.OBSERVATIONS_KEPT_DAYS = 100
    shop, at = read.shop_production, business_time.now()
    for days in (99, 101, 102, 103, 104, 800):
        Observation.objects.create(
            environment=shop, at=at - dt.timedelta(days=days), kind="changed", subject="server", aws_id=f"i-{days}"
        )
    before = Observation.objects.count()
    _run_a_clock_for_one_tick()
    assert Observation.objects.count() == before - 5
    assert Observation.objects.filter(aws_id="i-99").exists()


@pytest.mark.django_db(transaction=True)
def test_a_chore_that_fails_keeps_no_other_from_being_done(world, rung, monkeypatch):
    done = []

    def broken(at):
        raise ValueError("broken")

    monkeypatch.setattr(work, "daily_chores", lambda: [broken, done.append])
    _run_a_clock_for_one_tick()
    assert len(done) == 1
