"""Paging by the last row seen: every row exactly once in any order, whatever the URL says."""

import uuid

import pytest

from customers import directory
from customers.models import Standing
from opsportal import business_time
from opsportal.web.keyset import Order, page_of


@pytest.fixture
def many(world):
    """A dozen environments that share levels, needs and deadlines, some without any."""
    at = business_time.now()
    template = world.shop_production
    for number in range(12):
        template.pk, template.slug, template.external_id = (
            None,
            f"copy-{number}",
            uuid.uuid4(),
        )
        template.save()
        Standing.objects.create(
            environment=template,
            customer_name="試験書店",
            customer_kana="シケン",
            environment_name=f"環境{number}",
            level=1 + number % 3,
            needs=number % 2,
            next_deadline_at=at if number % 3 else None,
            last_backup_at=at if number % 4 else None,
            changed_at=at,
        )
    return world


def _walk(order: Order, size: int) -> list[int]:
    seen, after = [], ""
    for _ in range(20):
        page = page_of(Standing.objects.all(), order, after, size)
        seen += [row.environment_id for row in page.rows]
        after = page.next
        if not after:
            return seen
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("name", directory.ORDERS)
@pytest.mark.parametrize("size", [1, 5, 50])
def test_each_row_is_seen_once_and_in_order(many, name, size):
    order = directory.ORDERS[name]
    seen = _walk(order, size)
    assert sorted(seen) == sorted(Standing.objects.values_list("environment_id", flat=True))
    assert seen == _walk(order, 100)


@pytest.mark.parametrize("after", ["x", "e30", "W10:1:2", ":::", "%00", "AAAA" * 99])
def test_a_broken_place_shows_the_beginning(many, after, client):
    page = page_of(Standing.objects.all(), directory.ORDERS["level"], after)
    assert page.shown > 0
    client.force_login(many.operator)
    assert client.get("/customers/", {"after": after}).status_code == 200


def test_a_place_in_another_order_is_not_taken_for_one_in_this(many):
    place = page_of(Standing.objects.all(), directory.ORDERS["name"], "", 3).next
    page = page_of(Standing.objects.all(), directory.ORDERS["deadline"], place, 50)
    assert page.shown > 0
