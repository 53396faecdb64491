"""Paging by the last row seen: every row exactly once in any order, whatever the URL says."""

import uuid

import pytest

from customers import customers, directory
from customers.models import Customer, Standing
from opsportal import business_time
from opsportal.web import keyset
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


@pytest.fixture
def waiting(many):
    """Five customers without any environment among them, one of them without kana."""
    at = business_time.now()
    for number, kana in enumerate(("アサヒ", "シケン", "ワカバ", "シケン", "")):
        customers.onboard(name=f"契約だけ{number}", slug=f"waiting-{number}", kana=kana, at=at, by=None)
    return many


def _walk_list(name: str, size: int, monkeypatch) -> list[int]:
    monkeypatch.setattr(keyset.page_of_several, "__defaults__", (size,))
    seen, after = [], ""
    for _ in range(40):
        page = directory.page_of_environments(directory.Filters(), name, after, business_time.now())
        seen += [row.environment for row in page.rows]
        after = page.next
        if not after:
            return seen
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("name", directory.ORDERS)
@pytest.mark.parametrize("size", [1, 2, 7])
def test_customers_without_environment_stand_once_among_the_others_in_any_order(waiting, name, size, monkeypatch):
    seen = _walk_list(name, size, monkeypatch)
    whole = _walk_list(name, 100, monkeypatch)
    assert seen == whole and len(seen) == len(set(seen)) == Standing.objects.count() + 5
    assert [place for place in seen if place > 0] == [
        place for place in _walk(directory.ORDERS[name], 100) if place > 0
    ]


def test_customers_without_environment_stand_by_their_kana(waiting, monkeypatch):
    seen = _walk_list("name", 3, monkeypatch)
    names = {-customer.pk: customer.name for customer in Customer.objects.all()}
    assert [names[place] for place in seen if place < 0] == [
        "契約だけ0",
        "契約だけ3",
        "契約だけ1",
        "契約だけ2",
        "契約だけ4",
    ]
    assert 0 < seen.index(next(place for place in seen if names.get(place) == "契約だけ2")) < len(seen) - 1


@pytest.mark.parametrize("name", directory.ORDERS)
def test_the_list_asks_no_more_for_customers_without_environment(waiting, name, django_assert_num_queries):
    with django_assert_num_queries(3):  # the lines, their agreements, their late readings
        directory.page_of_environments(directory.Filters(words="契約"), name, "", business_time.now())


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
