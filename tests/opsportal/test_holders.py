"""What a killed worker has left is given back within seconds where it may be repeated, and only there."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.db import connection

from customers.models import Poll
from opsportal import business_time, clock, holders, work

CLAIM = """
import django, time
django.setup()
from opsportal import business_time, work
print(len(work.claim(work.kinds()["read-status"], business_time.now())), flush=True)
time.sleep(60)
"""


@pytest.fixture
def worker(transactional_db, world, settings):
    """Another process that has claimed the readings of status, and advances none."""
    given = connection.settings_dict
    address = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    process = subprocess.Popen(
        [sys.executable, "-c", CLAIM],
        env={
            **os.environ,
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "opsportal.settings",
            "BUSINESS_CLOCK_FILE": settings.BUSINESS_CLOCK_FILE,
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "2\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def _free() -> int:
    return work.waiting(work.kinds()["read-status"], business_time.now()).count()


def _gone(process: subprocess.Popen) -> None:
    """Kill it as the system would, and wait until PostgreSQL has noticed."""
    process.kill()
    process.wait()
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute(
                "SELECT pg_sleep(0.05), count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE l.classid = %s AND d.datname = current_database()",
                [holders._SPACE],
            )
            if cursor.fetchone()[1] == 0:
                return
    raise AssertionError("PostgreSQL still keeps the session")


def test_a_reading_whose_worker_was_killed_is_free_at_the_clocks_next_look(worker):
    holders.leave()
    clock.Clock().give_back(business_time.now())
    assert _free() == 0
    _gone(worker)
    clock.Clock().give_back(business_time.now())
    assert _free() == 2


def test_a_reading_that_keeps_killing_its_workers_waits_out_its_lease(worker):
    holders.leave()
    Poll.objects.update(tries=3)
    _gone(worker)
    clock.Clock().give_back(business_time.now())
    assert _free() == 0


@pytest.mark.parametrize("queue", ["act", "speak"])
def test_what_acts_or_speaks_is_never_given_back(world, monkeypatch, queue):
    kind = replace(work.kinds()["read-status"], queue=queue)
    monkeypatch.setattr(work, "kinds", lambda: {kind.kind: kind})
    (row, *_) = work.claim(kind, business_time.now())
    monkeypatch.setattr(holders, "orphaned", lambda leases: {row.lease})
    clock.Clock().give_back(business_time.now())
    row.refresh_from_db()
    assert row.leased_until is not None
    with pytest.raises(ValueError):
        work.give_back(kind, {row.lease}, business_time.now())


@pytest.mark.django_db(transaction=True)
def test_a_holder_that_was_cut_off_is_there_again_under_another_number(world, monkeypatch):
    first = holders.new_lease()
    assert holders.orphaned({first}) == set()
    holders._presence.session.close()
    monkeypatch.setattr(holders, "_LOOK_SECONDS", 0)
    second = holders.new_lease()
    assert holders.orphaned({first, second}) == {first}


def test_without_a_session_of_its_own_a_lease_names_nobody_and_ends_by_time(world, monkeypatch):
    def away():
        raise holders.psycopg.OperationalError("away")

    holders.leave()
    monkeypatch.setattr(holders.doorbell, "connect", away)
    (row,) = work.claim(replace(work.kinds()["read-status"], batch=1), business_time.now())
    assert holders.orphaned({row.lease}) == set()
