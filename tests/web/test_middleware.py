"""What every request gets: an id to quote, the viewer's language, zone and theme."""

import pytest
from django.urls import reverse


def test_each_answer_carries_an_id_to_quote(client, db):
    first, second = (client.get("/login/")["X-Request-ID"] for _ in range(2))
    assert len(first) == 12 and first != second


def test_a_proxys_id_is_kept_unless_it_is_nonsense(client, db):
    assert client.get("/login/", headers={"X-Request-ID": "abc-12345678"})["X-Request-ID"] == "abc-12345678"
    assert client.get("/login/", headers={"X-Request-ID": "<script>"})["X-Request-ID"] != "<script>"


@pytest.mark.parametrize(
    ("asked", "language", "words"),
    [("ja,en;q=0.5", "ja", "ログイン"), ("en-GB", "en", "Log in"), ("de", "ja", "ログイン"), ("", "ja", "ログイン")],
)
def test_strangers_are_spoken_to_as_their_browser_asks(client, db, asked, language, words):
    response = client.get("/login/", headers={"Accept-Language": asked})
    assert response["Content-Language"] == language
    assert f'lang="{language}"' in response.text and words in response.text


def test_the_users_own_choice_beats_the_browser(client, world):
    client.force_login(world.operator)
    assert "いま対応が必要なこと" in client.get("/", headers={"Accept-Language": "en"}).text
    client.post(reverse("choose-language"), {"language": "en", "back": "/"})
    assert "What needs a hand now" in client.get("/", headers={"Accept-Language": "ja"}).text


@pytest.mark.parametrize(
    ("named", "words"),
    [("ja", "いま対応が必要なこと"), ("en", "What needs a hand now"), ("xx", "What needs a hand now")],
)
def test_parts_speak_the_language_of_the_page_that_was_opened_before_it_was_changed(client, world, named, words):
    client.force_login(world.operator)
    client.post(reverse("choose-language"), {"language": "en", "back": "/"})
    part = client.get("/", headers={"HX-Request": "true", "X-Page-Language": named, "HX-Request-Type": "full"})
    assert words in part.text and part["Content-Language"] == (named if named != "xx" else "en")
    assert "What needs a hand now" in client.get("/", headers={"X-Page-Language": "ja"}).text


def test_times_stand_in_the_users_zone(client, read):
    read.operator.time_zone = "America/New_York"
    read.operator.save()
    client.force_login(read.operator)
    page = client.get(reverse("observations", args=[read.shop_production.pk])).text
    assert " EST" in page or " EDT" in page
    assert " JST" not in page


def test_an_unknown_zone_falls_back_to_the_portals(client, read):
    read.operator.time_zone = "Mars/Olympus"
    read.operator.save()
    client.force_login(read.operator)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(("theme", "mark"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"'), ("", "")])
def test_the_theme_is_drawn_by_the_server_so_that_nothing_flashes(client, world, theme, mark):
    client.force_login(world.owner)
    client.post(reverse("choose-theme"), {"theme": theme, "back": "/"})
    page = client.get("/").text
    assert mark in page if mark else "data-theme=" not in page
    client.post(reverse("logout"))
    assert (f'data-theme="{theme}"' in client.get("/login/").text) is bool(theme)


@pytest.mark.parametrize("value", ["purple", "<b>", "darkdark"])
def test_nonsense_is_not_kept(client, world, value):
    client.force_login(world.owner)
    client.post(reverse("choose-theme"), {"theme": value, "back": "/"})
    client.post(reverse("choose-language"), {"language": value, "back": "/"})
    world.owner.refresh_from_db()
    assert (world.owner.theme, world.owner.language) == ("", "ja")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_one_is_never_sent_elsewhere(client, db, back):
    response = client.post(reverse("choose-language"), {"language": "en", "back": back})
    assert response.url == reverse("home")


def test_a_part_asked_for_after_the_session_ended_leads_the_page_to_log_in(client, db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/environments/7/?a=1"}
    response = client.get("/environments/7/parts/board/", headers=headers)
    assert response.status_code == 204
    assert response["HX-Redirect"] == "/login/?next=%2Fenvironments%2F7%2F%3Fa%3D1"


@pytest.mark.parametrize(
    "named",
    ["http://[", "http://[::1", "http://testserver:port/", "//", "\\", "http://other.example/x", "%ff", "あ"],
)
def test_a_page_that_does_not_say_where_it_is_is_led_to_log_in_all_the_same(client, db, named):
    answer = client.get("/environments/7/parts/board/", headers={"HX-Request": "true", "HX-Current-URL": named})
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/login/?next=%2F"


def test_pages_of_users_are_kept_neither_by_caches_between_nor_by_the_browser(client, world):
    client.force_login(world.owner)
    control = client.get("/")["Cache-Control"]
    assert "private" in control and "no-cache" in control and "no-store" in control
