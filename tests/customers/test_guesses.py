"""Guessing: who guesses is stopped, and the person who is guessed at still gets in."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import known_browsers, second_factors
from customers.models import Attempt, LogbookEntry, Message
from opsportal import business_time, housekeeping
from tests.customers.test_invitations import newest_link
from tests.customers.test_log_in import code_of, log_in
from tests.world import PASSWORD, give_app

HOME, OTHER = "203.0.113.1", "203.0.113.2"
NEW = {"new_password1": "ein neuer langer Satz", "new_password2": "ein neuer langer Satz"}


def botnet(size: int):
    """Addresses that have nothing to do with each other."""
    return [f"198.51.{number // 250}.{number % 250 + 1}" for number in range(size)]


def guess(user, *addresses: str, client: Client | None = None) -> list[int]:
    """Wrong passwords, each from an address and a browser of its own, unless one browser carries them."""
    return [log_in(client or Client(), user, "wrong", REMOTE_ADDR=where).status_code for where in addresses]


def pass_time(**span: float) -> None:
    """Let what was counted be so much older; limits run on the database's clock."""
    Attempt.objects.update(began_at=F("began_at") - dt.timedelta(**span))


def known_browser(user, address: str = HOME, seed: str = "") -> Client:
    """A browser in which the person was logged in before, and has logged out."""
    browser = Client(REMOTE_ADDR=address)
    log_in(browser, user)
    if seed:
        browser.post(reverse("second-step"), {"code": code_of(seed)})
        second_factors.AuthenticatorApp.objects.update(last_step=0)
    browser.post(reverse("logout"))
    return browser


def carrying(browser: Client) -> Client:
    """Another browser with nothing but the stolen cookie."""
    thief = Client()
    thief.cookies[known_browsers.COOKIE] = browser.cookies[known_browsers.COOKIE].value
    return thief


def test_who_guesses_at_one_address_locks_out_nobody_else(world):
    for _ in range(3):
        assert guess(world.owner, *["198.51.100.1"] * 20).count(200) == 5
        assert log_in(Client(), world.owner, REMOTE_ADDR="198.51.100.1").status_code == 429
        assert log_in(Client(), world.owner, REMOTE_ADDR=HOME).status_code == 302
        pass_time(minutes=16)
    assert log_in(Client(), world.owner, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_the_addresses_of_one_ipv6_connection_count_as_one(world):
    mine = [f"2001:db8:7:1::{number:x}" for number in range(40)]
    assert guess(world.owner, *mine) == [200] * 5 + [429] * 35
    assert guess(world.owner, "2001:db8:7:2::1", "::ffff:198.51.100.1", "64:ff9b::198.51.100.2") == [200] * 3
    assert guess(world.owner, *["198.51.100.1"] * 5) == [200] * 4 + [429]


def test_one_address_does_not_use_up_the_tries_of_many_people(world):
    for person in (world.approver, world.developer, world.viewer, world.stranger):
        guess(person, *[OTHER] * 20)
    people = [f"nobody{number}@shop.example" for number in range(45)]
    answers = [
        Client().post(reverse("login"), {"username": name, "password": "x"}, REMOTE_ADDR=OTHER) for name in people
    ]
    assert [answer.status_code for answer in answers] == [200] * 40 + [429] * 5
    assert guess(world.owner, *[OTHER] * 20) == [429] * 20
    assert guess(world.owner, *botnet(20)) == [200] * 20


def test_many_addresses_keep_out_strangers_but_not_the_persons_own_browser(world):
    own = known_browser(world.owner)
    assert guess(world.owner, *botnet(30)) == [200] * 20 + [429] * 10
    refused = log_in(Client(), world.owner, REMOTE_ADDR=OTHER)
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 900
    assert "15分後" in refused.text and "パスキー" in refused.text and "以前ログインしたブラウザー" in refused.text
    english = log_in(Client(headers={"Accept-Language": "en"}), world.owner, REMOTE_ADDR=OTHER).text
    assert "in 15 minutes" in english and "by a passkey" in english and "Forgot the password?" in english
    assert log_in(own, world.owner).status_code == 302
    assert own.get(reverse("home")).status_code == 200
    # That the owner got in gives the guessers nothing.
    assert guess(world.owner, *botnet(40)[30:]) == [429] * 10
    assert LogbookEntry.objects.filter(verb="login-blocked").count() == 1
    pass_time(minutes=16)
    assert log_in(Client(), world.owner, REMOTE_ADDR=OTHER).status_code == 302


def test_who_is_kept_out_by_the_guesses_of_others_gets_in_by_a_new_password(world):
    guess(world.owner, *botnet(21))
    browser = Client(REMOTE_ADDR=OTHER)
    assert log_in(browser, world.owner).status_code == 429
    browser.post(reverse("forgot-password"), {"email": world.owner.email})
    assert "ログイン" in browser.post(newest_link("password-reset"), NEW).text
    assert log_in(browser, world.owner, NEW["new_password1"]).status_code == 302
    assert log_in(Client(), world.owner, NEW["new_password1"], REMOTE_ADDR=OTHER).status_code == 429


def test_a_known_browser_helps_its_person_alone(world):
    foreign = known_browser(world.approver)
    guess(world.owner, *botnet(21))
    assert log_in(carrying(foreign), world.owner, REMOTE_ADDR=OTHER).status_code == 429
    forged = carrying(foreign)
    forged.cookies[known_browsers.COOKIE] = forged.cookies[known_browsers.COOKIE].value[:-3] + "AAA"
    assert log_in(forged, world.owner, REMOTE_ADDR=OTHER).status_code == 429
    for nonsense in ("", "....", "a:b:c", "x" * 5000, "é"):
        forged.cookies[known_browsers.COOKIE] = nonsense
        assert log_in(forged, world.owner, REMOTE_ADDR=OTHER).status_code == 429


def test_a_browser_knows_everybody_of_a_shared_desk(world):
    desk = Client(REMOTE_ADDR=HOME)
    for person in (world.owner, world.approver, world.owner):
        log_in(desk, person)
        desk.post(reverse("logout"))
    for person in (world.owner, world.approver):
        guess(person, *botnet(21))
        assert log_in(desk, person).status_code == 302
        desk.post(reverse("logout"))


def test_a_new_password_makes_every_browser_a_stranger_but_the_one_at_hand(world):
    stolen, own = known_browser(world.owner), Client(REMOTE_ADDR=HOME)
    log_in(own, world.owner)
    own.post(reverse("change-password"), {"old_password": PASSWORD, **NEW})
    guess(world.owner, *botnet(21))
    assert log_in(stolen, world.owner, NEW["new_password1"]).status_code == 429
    own.post(reverse("logout"))
    assert log_in(own, world.owner, NEW["new_password1"]).status_code == 302


def test_a_stolen_cookie_is_good_for_few_guesses(world):
    own = known_browser(world.owner)
    guess(world.owner, *botnet(21))
    thief = carrying(own)
    assert guess(world.owner, *botnet(60)[30:], client=thief) == [200] * 10 + [429] * 20
    pass_time(minutes=16)
    assert guess(world.owner, *botnet(60)[30:], client=thief) == [200] * 20 + [429] * 10
    pass_time(hours=24)
    assert guess(world.owner, *botnet(60)[30:41], client=thief)[-1] == 200


def test_a_known_browser_is_stopped_at_its_address_like_any_other(world):
    own = known_browser(world.owner)
    assert guess(world.owner, *[HOME] * 8, client=own) == [200] * 5 + [429] * 3
    assert log_in(own, world.owner).status_code == 429


def test_the_cookie_of_a_known_browser_is_kept_from_scripts_and_from_the_open_wire(world, client, settings):
    settings.SESSION_COOKIE_SECURE = True
    log_in(client, world.owner)
    cookie = client.cookies[known_browsers.COOKIE]
    assert cookie["httponly"] and cookie["secure"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
    assert not cookie["domain"] and world.owner.email not in cookie.value


def test_a_session_alone_does_not_guess_the_password(world, client):
    log_in(client, world.owner, REMOTE_ADDR=HOME)
    thief = Client(REMOTE_ADDR=OTHER)
    thief.cookies["sessionid"] = client.session.session_key
    tries = [thief.post(reverse("confirm"), {"password": "wrong"}).text for _ in range(7)]
    assert ["15分後" in text for text in tries] == [False] * 5 + [True] * 2
    assert "15分後" in thief.post(reverse("change-password"), {"old_password": PASSWORD, **NEW}).text
    assert client.post(reverse("confirm"), {"password": PASSWORD}, REMOTE_ADDR=HOME).status_code == 302


def test_the_present_password_is_not_guessed_where_it_is_changed(world, client):
    log_in(client, world.owner)
    tries = [client.post(reverse("change-password"), {"old_password": "wrong", **NEW}).text for _ in range(5)]
    assert all("field-error" in text for text in tries)
    assert client.post(reverse("change-password"), {"old_password": PASSWORD, **NEW}).status_code == 200
    assert log_in(Client(), world.owner, REMOTE_ADDR=OTHER).status_code == 302


@pytest.fixture
def seed(world) -> str:
    """The owner of the shop has an app."""
    return give_app(world.owner, business_time.now())


def guess_codes(user, *addresses: str, client: Client | None = None) -> list[int]:
    """Wrong codes of somebody who knows the password; 429 also where the first step refused already."""
    answers = []
    for where in addresses:
        browser = client or Client()
        first = log_in(browser, user, REMOTE_ADDR=where)
        asked = first.status_code == 302
        second = browser.post(reverse("second-step"), {"code": "000000"}, REMOTE_ADDR=where) if asked else first
        answers.append(second.status_code)
    return answers


def test_who_guesses_codes_at_one_address_locks_out_nobody_else(world, seed):
    for _ in range(4):
        guess_codes(world.owner, *["198.51.100.1"] * 10)
        pass_time(minutes=16)
    browser = Client(REMOTE_ADDR=HOME)
    log_in(browser, world.owner)
    assert browser.post(reverse("second-step"), {"code": code_of(seed)}).status_code == 302


def test_codes_guessed_from_many_addresses_keep_out_strangers_alone(world, seed):
    own = known_browser(world.owner, seed=seed)
    codes = second_factors.make_codes(user=world.owner, at=business_time.now(), address="")
    Message.objects.all().delete()
    assert guess_codes(world.owner, *botnet(33)) == [200] * 30 + [429] * 3
    told = Message.objects.get(kind="account-notice")
    assert told.user == world.owner and "第三者" in told.subject and "パスワードを知っている" in told.body
    stranger = Client(REMOTE_ADDR=OTHER)
    log_in(stranger, world.owner)
    refused = stranger.post(reverse("second-step"), {"code": code_of(seed)})
    assert refused.status_code == 429 and "24時間後" in refused.text and "回復コード" in refused.text
    log_in(own, world.owner)
    assert own.post(reverse("second-step"), {"code": code_of(seed)}).status_code == 302
    assert stranger.post(reverse("second-step"), {"code": codes[0]}).status_code == 302


def test_a_link_in_the_mailbox_does_not_give_more_guesses_at_codes(world, seed):
    guess_codes(world.owner, *botnet(31))
    thief = Client(REMOTE_ADDR=OTHER)
    thief.post(reverse("forgot-password"), {"email": world.owner.email})
    thief.post(newest_link("password-reset"), NEW)
    assert log_in(thief, world.owner, NEW["new_password1"]).url == reverse("second-step")
    assert thief.post(reverse("second-step"), {"code": code_of(seed)}).status_code == 429


def test_who_asks_for_links_at_one_address_keeps_nobody_from_theirs(world):
    def ask(where: str) -> str:
        return Client().post(reverse("forgot-password"), {"email": world.owner.email}, REMOTE_ADDR=where).text

    for _ in range(10):
        last = ask("198.51.100.1")
    assert "メールボックス" in last and Message.objects.filter(kind="password-reset").count() == 3
    ask(HOME)
    assert Message.objects.filter(kind="password-reset").count() == 4
    for where in botnet(9):
        ask(where)
    assert Message.objects.filter(kind="password-reset").count() == 5
    pass_time(minutes=31)
    ask(HOME)
    assert Message.objects.filter(kind="password-reset").count() == 6


def test_what_was_counted_is_forgotten_when_no_limit_looks_back_to_it(world):
    guess(world.owner, HOME)
    pass_time(hours=47)
    housekeeping.tidy()
    assert Attempt.objects.count() == 3
    pass_time(hours=2)
    housekeeping.tidy()
    assert not Attempt.objects.exists()


def test_counting_a_log_in_costs_few_questions(world):
    known = known_browser(world.owner)
    for browser in (Client(), known):
        with CaptureQueriesContext(connection) as asked:
            log_in(browser, world.owner, REMOTE_ADDR=HOME)
        counted = [query["sql"] for query in asked if "customers_attempt" in query["sql"]]
        assert len(counted) == 5, counted
