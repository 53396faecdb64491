"""Error pages say what happened, what to do, and the number to quote, in the viewer's language and without database."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from opsportal.overview.views.errors import server_error


def test_a_missing_page_says_what_to_do(client, world):
    client.force_login(world.owner)
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "ページが見つかりません" in response.text and response["X-Request-ID"] in response.text


def test_a_form_without_its_token_is_explained(db):
    response = Client(enforce_csrf_checks=True).post(reverse("choose-language"), {"language": "en"})
    assert response.status_code == 403
    assert "ページを開いてから時間が経ちすぎました" in response.text and response["X-Request-ID"] in response.text


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (RuntimeError("boom"), 500, "ポータルで問題が起きました"),
        (OperationalError("refused"), 503, "データベースに接続できません"),
    ],
)
def test_a_failure_is_told_without_touching_the_database(error, status, words):
    request = RequestFactory().get("/")
    request.request_id = "abc123abc123"
    with translation.override("ja"):
        try:
            raise error
        except type(error):
            response = server_error(request)
    assert response.status_code == status
    assert words in response.content.decode() and "abc123abc123" in response.content.decode()


def test_a_password_that_is_wrong_says_so_and_keeps_the_address(client, world):
    response = client.post(reverse("login"), {"username": "operator@msp.example", "password": "wrong"})
    assert response.status_code == 200
    assert "組み合わせが違います" in response.text and "operator@msp.example" in response.text


def test_whoever_was_sent_to_log_in_comes_back_to_where_they_wanted(client, world):
    from tests.world import PASSWORD

    asked = client.get(reverse("observations", args=[world.shop_production.pk]))
    wanted = parse_qs(urlsplit(asked.url).query)["next"][0]
    response = client.post(asked.url, {"username": "Owner@Shop.example", "password": PASSWORD, "next": wanted})
    assert response.url == reverse("observations", args=[world.shop_production.pk])
