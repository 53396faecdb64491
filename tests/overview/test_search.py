"""Search finds by name, id and address, and only what the user may see."""

import pytest
from django.urls import reverse

from customers.models import Address, Server


def found(client, words: str) -> str:
    return client.get(reverse("search"), {"q": words}, headers={"HX-Request": "true"}).text


@pytest.mark.parametrize("words", ["試験書店", "シケンショ", "shop", "111122223333"])
def test_staff_find_customers_and_environments(read, client, words):
    client.force_login(read.operator)
    text = found(client, words)
    assert "試験書店" in text and "試験旅館" not in text


def test_a_server_is_found_by_id_private_and_elastic_address(read, client):
    server = Server.objects.get(environment=read.shop_production, name="web-1")
    Address.objects.create(
        environment=read.shop_production,
        aws_id="eipalloc-1",
        address="203.0.113.77",
        server_aws_id=server.aws_id,
        first_seen_at=server.first_seen_at,
        changed_at=server.first_seen_at,
    )
    client.force_login(read.operator)
    for words in (server.aws_id, server.private_address, "203.0.113.77", f"web {server.aws_id[:8]}"):
        assert f"#server-{server.pk}" in found(client, words)


def test_customers_find_nothing_of_others(read, client):
    theirs = Server.objects.filter(environment=read.inn_production).first()
    client.force_login(read.owner)
    for words in ("試験旅館", theirs.aws_id, theirs.private_address, "inn"):
        assert f"#server-{theirs.pk}" not in found(client, words)
        assert f"/environments/{read.inn_production.pk}/" not in found(client, words)


@pytest.mark.parametrize("words", ["%", "_", "'; DROP TABLE x; --", "\\", "<script>", "あ" * 500, "\u0000x"])
def test_odd_words_find_nothing_and_break_nothing(read, client, words):
    client.force_login(read.operator)
    answer = client.get(reverse("search"), {"q": words})
    assert answer.status_code == 200 and "<script>" not in answer.text.replace("<script src", "")


def test_no_words_offer_the_places_to_go(read, client):
    client.force_login(read.operator)
    assert "顧客" in found(client, "") and "<kbd>g</kbd>" in found(client, "")
