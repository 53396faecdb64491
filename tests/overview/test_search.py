"""Search finds by name, id and address, and only what the user may see."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from customers import search
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


@pytest.mark.parametrize(
    "words", ["試", "書店", "しけんしょ", "ｼｹﾝｼｮﾃﾝ", "ＳＨＯＰ", "Shop", "１１１１２２２２３３３３"]
)
def test_one_kanji_hiragana_and_any_width_find_the_customer(read, client, words):
    client.force_login(read.operator)
    assert f"/environments/{read.shop_production.pk}/" in found(client, words)


@pytest.mark.parametrize("words", ["シケンショテン 本番", "試験 111122223333"])
def test_words_of_the_customer_and_of_the_environment_find_together(read, client, words):
    client.force_login(read.operator)
    text = found(client, words)
    assert f"/environments/{read.shop_production.pk}/" in text
    assert f"/environments/{read.inn_production.pk}/" not in text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs", "Cn"]), max_size=20))
@example("ﾃｽﾄ環境 ＷＥＢ－１ ゔゕゖ ㌔ Ａ")
def test_words_are_folded_alike_by_the_portal_and_by_the_database(folded, words):
    assert folded(words).split()[: search.TERMS_AT_MOST] == search.terms_of(words)


@pytest.fixture
def folded(db) -> Callable[[str], str]:
    """What the database makes of words."""

    def run(words: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT search_folded(%s)", [words])
            return cursor.fetchone()[0]

    return run


@pytest.mark.parametrize("words", ["青", "web-7", "あお"])
def test_a_search_reads_each_kind_once(read, client, words, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        search.found(read.operator, words)
