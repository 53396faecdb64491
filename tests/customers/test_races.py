"""Two processes at once on real connections: one holds, the other waits or goes on with something else."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from customers import needs, standings
from customers.models import Duty, Need, Poll, Standing
from opsportal import business_time, work

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*runs: Callable[[], object]) -> list[object]:
    """Run each in a thread with a connection of its own, all let go in the same moment; their results in order."""
    gate, results = threading.Barrier(len(runs)), [None] * len(runs)

    def go(number: int, run: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[number] = run()
        except Exception as error:  # handed to the test, which asserts on it
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def want(key: str) -> needs.Wanted:
    return needs.Wanted(key=key, duty=Duty.I3, kind="site-down", urgency=Need.Urgency.NOW)


def test_two_workers_never_claim_the_same_row(world):
    kind = work.kinds()["read-status"]
    for _ in range(10):
        Poll.objects.update(due_at=business_time.now(), lease=None, leased_until=None)
        claims = at_once(*[lambda: [row.pk for row in work.claim(kind, business_time.now())]] * 4)
        taken = [pk for claimed in claims for pk in claimed]
        assert len(taken) == len(set(taken)) == 2


def test_two_readings_that_raise_the_same_need_raise_it_once(world):
    shop = world.shop_production

    def keep() -> bool:
        with transaction.atomic():
            standings.hold(shop)
            changed = needs.hold(shop, "servers", [want("stopped-i-1")], business_time.now())
            standings.refresh(shop, business_time.now())
            return changed

    for _ in range(10):
        Need.objects.all().delete()
        assert sorted(at_once(keep, keep)) == [False, True]
        assert Need.objects.count() == 1


def test_no_reading_forgets_what_another_found_at_the_same_moment(world):
    shop = world.shop_production

    def keep(origin: str) -> Callable[[], None]:
        def run() -> None:
            with transaction.atomic():
                standings.hold(shop)
                needs.hold(shop, origin, [want(f"{origin}-1")], business_time.now())
                standings.refresh(shop, business_time.now())

        return run

    for _ in range(10):
        Need.objects.all().delete()
        assert at_once(keep("servers"), keep("alarms-ringing"), keep("site")) == [None] * 3
        standing = Standing.objects.get(environment=shop)
        assert (standing.needs, standing.level) == (3, Standing.Level.ACT)
