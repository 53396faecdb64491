"""Logging in: by password, by a second factor, never by guessing."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import access, second_factors
from customers.backends import PortalBackend
from customers.models import LogbookEntry, Member, RecoveryCode, Session
from opsportal import business_time
from opsportal.work import ClockTimestamp
from tests.world import PASSWORD, give_app


def log_in(client: Client, user, password: str = PASSWORD, **more):
    """The first step, as the page sends it."""
    return client.post(reverse("login"), {"username": user.email, "password": password}, **more)


def code_of(seed: str) -> str:
    """The next digits that the app shows; those of setting it up are used."""
    return second_factors.digits(seed, second_factors.present_step())


@pytest.fixture
def seed(world) -> str:
    """The owner of the shop has an app."""
    return give_app(world.owner, business_time.now())


def verbs() -> list[str]:
    return list(LogbookEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_a_customer_without_second_factor_is_in_by_the_password(world, client):
    answer = client.post(
        reverse("login"), {"username": "OWNER@shop.example", "password": PASSWORD, "next": reverse("help")}
    )
    assert answer.url == reverse("help")
    assert client.get(reverse("home")).status_code == 200
    entry = LogbookEntry.objects.get(verb="logged-in")
    assert (entry.actor, entry.customer, entry.address) == (world.owner, world.shop, "127.0.0.1")


def test_no_customer_reads_when_and_where_a_person_of_another_one_logs_in(world, client):
    Member.objects.create(user=world.stranger, customer=world.shop, role="viewer")
    log_in(client, world.stranger, "wrong")
    client.post(reverse("forgot-password"), {"email": world.stranger.email})
    for browser in (Client(), client):
        log_in(browser, world.stranger)
    second_factors.make_codes(user=world.stranger, at=business_time.now(), address="192.0.2.1")
    client.post(reverse("end-other-sessions"))
    client.post(reverse("logout"))
    of_person = {"login-failed", "password-reset-asked", "logged-in", "recovery-codes-made", "sessions-ended"}
    written = LogbookEntry.objects.filter(verb__in=of_person | {"logged-out"})
    assert set(written.values_list("verb", flat=True)) == of_person | {"logged-out"}
    assert not written.exclude(customer=None).exists()
    for owner in (world.owner, world.stranger):
        reader = Client()
        reader.force_login(owner)
        page = reader.get(reverse("logbook"))
        assert page.status_code == 200 and not {row.verb for row in page.context["page"].rows} & of_person
    reader.force_login(world.operator)
    session = reader.session
    session["factor"] = "app"
    session.save()
    assert {row.verb for row in reader.get(reverse("logbook")).context["page"].rows} >= of_person


def test_the_password_alone_does_not_let_in_who_has_a_second_factor(world, client, seed):
    assert log_in(client, world.owner).url == reverse("second-step")
    assert client.get(reverse("home")).url.startswith(reverse("login"))
    assert client.post(reverse("second-step"), {"code": code_of(seed)}).url == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    assert Session.objects.get(user=world.owner).factor == Session.Factor.APP


def test_a_code_works_once(world, seed):
    code = code_of(seed)
    for expected in (302, 200):
        browser = Client()
        log_in(browser, world.owner)
        assert browser.post(reverse("second-step"), {"code": code}).status_code == expected


def test_a_recovery_code_works_once_however_it_is_typed(world, seed):
    codes = second_factors.make_codes(user=world.owner, at=business_time.now(), address="")
    for typed, expected in ((f" {codes[3].upper().replace('-', ' ')} ", 302), (codes[3], 200), ("123456", 200)):
        browser = Client()
        log_in(browser, world.owner)
        assert browser.post(reverse("second-step"), {"code": typed}).status_code == expected
    assert second_factors.factors_of(world.owner).codes_left == 9
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()


def test_guessing_a_second_factor_is_stopped(world, client, seed):
    log_in(client, world.owner)
    answers = [client.post(reverse("second-step"), {"code": "000000"}).status_code for _ in range(8)]
    assert answers == [200] * 6 + [429] * 2
    assert client.post(reverse("second-step"), {"code": code_of(seed)}).status_code == 429
    assert verbs().count("second-factor-failed") == 6 and verbs().count("login-blocked") == 1


def test_guessing_a_password_is_stopped_for_this_address_and_nobody_else(world):
    answers = [log_in(Client(), world.owner, "wrong").status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    blocked = log_in(Client(), world.owner)
    assert blocked.status_code == 429 and "15" in blocked.text and blocked["Retry-After"]
    assert log_in(Client(), world.owner, REMOTE_ADDR="198.51.100.7").status_code == 302
    assert log_in(Client(), world.approver).status_code == 302
    assert verbs().count("login-failed") == 5 and verbs().count("login-blocked") == 1


def test_guessing_one_person_from_many_addresses_is_stopped_too(world):
    answers = [log_in(Client(), world.owner, "wrong", REMOTE_ADDR=f"198.51.100.{n}").status_code for n in range(21)]
    assert answers == [200] * 20 + [429]


@pytest.mark.parametrize("other", ["adm\u0131n@msp.example", "admin@m\u017fp.example", "\uff41dmin@msp.example"])
def test_another_spelling_of_an_address_gives_no_further_guesses(world, other):
    for email in (other, "ADMIN@msp.example"):
        for number in range(21):
            where = f"198.51.100.{number}"
            Client().post(reverse("login"), {"username": email, "password": "wrong"}, REMOTE_ADDR=where)
    written = LogbookEntry.objects.filter(verb="login-failed", facts__email=world.admin.email)
    assert written.count() == 20
    answer = Client().post(reverse("login"), {"username": other, "password": PASSWORD}, REMOTE_ADDR="203.0.113.1")
    assert answer.status_code != 302


def deep(depth: int) -> str:
    return "[" * depth + "]" * depth


ANSWERS = [
    "", "null", "[]", "{}", '{"id": 1}', deep(9_000), '{"response": ' + deep(9_000) + "}",
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "", "authenticatorData": "",'
    ' "signature": "", "attestationObject": ""}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject":'
    ' "gYGBgYGBgYGBgQ", "authenticatorData": "AAAA", "signature": "AA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject":'
    ' "' + "gYGB" * 1_500 + '", "authenticatorData": "' + "AAAA" * 20 + '", "signature": "AA"}}',
]  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
def test_nonsense_as_a_passkeys_answer_is_answered_on_the_page(world, client, answer):
    client.post(reverse("ask-passkey"))
    refused = client.post(reverse("answer-passkey"), {"answer": answer})
    assert refused.status_code == 200 and "パスキー" in refused.text
    log_in(client, world.owner)
    client.post(reverse("ask-new-passkey"))
    refused = client.post(reverse("add-passkey"), {"name": "電話", "answer": answer})
    assert refused.status_code == 200 and not world.owner.passkeys.exists()


def test_wrong_passkeys_are_stopped_and_do_not_fill_the_logbook(world, client):
    answers = [client.post(reverse("answer-passkey"), {"answer": "{}"}).status_code for _ in range(40)]
    assert answers == [200] * 30 + [429] * 10
    assert verbs().count("passkey-failed") == 30 and verbs().count("login-blocked") == 1
    assert Client().post(reverse("answer-passkey"), {"answer": "{}"}, REMOTE_ADDR="198.51.100.7").status_code == 200


@pytest.mark.parametrize("email", ["nobody@shop.example", "owner@shop.example"])
def test_a_wrong_answer_does_not_tell_whether_the_person_exists(world, client, email):
    page = client.post(reverse("login"), {"username": email, "password": "wrong"}).text
    page = re.sub(r'value="[^"]*"|nonce="[^"]*"', "", page)
    other = client.post(reverse("login"), {"username": "x@y.example", "password": "wrong"}).text
    assert page == re.sub(r'value="[^"]*"|nonce="[^"]*"', "", other)


def test_what_belongs_to_nobody_is_not_written_down(world, client):
    client.post(reverse("login"), {"username": "my-secret@password.example", "password": "wrong"})
    assert "email" not in LogbookEntry.objects.get(verb="login-failed").facts


@pytest.mark.parametrize("name", ["x" * 10_000, "<script>alert(1)</script>", "", "a\x00b@shop.example"])
def test_nonsense_as_a_name_is_answered_at_the_field(world, client, name):
    answer = client.post(reverse("login"), {"username": name, "password": PASSWORD})
    assert answer.status_code == 200 and "field-error" in answer.text
    assert "<script>alert" not in answer.text


def test_staff_without_second_factor_reach_only_its_set_up(world, client):
    second_factors.forget_all(world.admin)
    assert log_in(client, world.admin).status_code == 302
    for name in ("home", "customers", "account", "help", "search", "change-password", "recovery-codes"):
        assert client.get(reverse(name)).url == reverse("second-factor"), name
    assert client.get(reverse("second-factor")).status_code == 200
    assert client.get(reverse("set-up-app")).status_code == 200


def test_setting_up_an_app_opens_the_portal_and_ends_sessions_that_never_proved_it(world, client):
    second_factors.forget_all(world.admin)
    other = Client()
    for browser in (client, other):
        log_in(browser, world.admin)
    seed = seed_shown(client)
    assert seed_shown(client) == seed
    assert "field-error" in client.post(reverse("set-up-app"), {"code": "12345"}).text
    assert client.post(reverse("set-up-app"), {"code": code_of(seed)}).url == reverse("recovery-codes")
    shown = client.post(reverse("recovery-codes")).text
    assert len(re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", shown)) == 10
    assert client.get(reverse("home")).status_code == 200
    assert other.get(reverse("second-factor")).url.startswith(reverse("login"))


def seed_shown(client: Client) -> str:
    """What the page for a new app shows this session."""
    return client.get(reverse("set-up-app")).context["seed"].replace(" ", "")


def test_a_seed_that_another_session_was_shown_opens_nothing(world, client):
    """Somebody who knew the password read the seed first; the person then sets up an app of their own."""
    thief = Client()
    for browser in (thief, client):
        log_in(browser, world.owner)
    stolen, own = seed_shown(thief), seed_shown(client)
    assert stolen != own
    assert "field-error" in thief.post(reverse("set-up-app"), {"code": code_of(own)}).text
    assert "field-error" in client.post(reverse("set-up-app"), {"code": code_of(own)}).text
    own = seed_shown(client)
    assert "field-error" in client.post(reverse("set-up-app"), {"code": code_of(stolen)}).text
    assert client.post(reverse("set-up-app"), {"code": code_of(own)}).status_code == 302
    again = Client()
    log_in(again, world.owner)
    later = second_factors.digits(stolen, second_factors.present_step() + 1)
    assert again.post(reverse("second-step"), {"code": later}).status_code == 200


def test_the_seed_is_nowhere_in_clear(world, seed):
    assert seed not in str(list(type(world.owner.authenticator_app).objects.values()))


def test_staff_keep_their_last_second_factor(world, client):
    _logged_in_operator(world, client)
    client.post(reverse("remove-factor"), {"passkey": ""})
    assert second_factors.has_any(world.operator)


def test_a_change_of_factors_asks_once_more_who_it_is(world, client):
    log_in(client, world.owner)
    session = client.session
    session["proven_at"] -= 3600
    session.save()
    asked = client.get(reverse("second-factor"))
    assert asked.url == f"{reverse('confirm')}?next=%2Faccount%2Fsecond-factor%2F"
    assert "field-error" in client.post(asked.url, {"password": "wrong"}).text
    assert client.post(asked.url, {"password": PASSWORD, "next": reverse("second-factor")}).status_code == 302
    assert client.get(reverse("second-factor")).status_code == 200


def test_a_staff_session_ends_after_thirty_idle_minutes_and_twelve_hours(world, client):
    row = _logged_in_operator(world, client)
    assert (row.idle, row.life) == (dt.timedelta(minutes=30), dt.timedelta(hours=12))
    _age(row, minutes=29)
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("home")).status_code == 200
    _age(row, minutes=31)
    assert client.get(reverse("home")).url.startswith(reverse("login"))


def test_activity_never_carries_a_session_beyond_its_life(world, client):
    row = _logged_in_operator(world, client)
    Session.objects.filter(pk=row.pk).update(began_at=ClockTimestamp() - dt.timedelta(hours=12))
    _age(row, minutes=5)
    client.get(reverse("home"))
    assert client.get(reverse("home")).url.startswith(reverse("login"))


def test_what_a_page_renews_by_itself_does_not_keep_a_session(world, client):
    row = _logged_in_operator(world, client)
    _age(row, minutes=20)
    client.get(reverse("home"), headers={"HX-Request": "true"})
    assert Session.objects.filter(pk=row.pk, seen_at__lt=ClockTimestamp() - dt.timedelta(minutes=19)).exists()


def _logged_in_operator(world, client) -> Session:
    log_in(client, world.operator)
    client.post(
        reverse("second-step"), {"code": code_of(second_factors.unseal(world.operator.authenticator_app, "seed"))}
    )
    return Session.objects.get(user=world.operator)


def _age(row: Session, **span: float) -> None:
    moment = ClockTimestamp() - dt.timedelta(**span)
    Session.objects.filter(pk=row.pk).update(seen_at=moment, expire_date=moment + row.idle)


def test_other_sessions_are_listed_and_can_be_ended(world, client):
    other = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit Safari/604.1"})
    for browser in (client, other):
        log_in(browser, world.owner)
    page = client.get(reverse("account")).text
    assert "Safari · iPhone" in page and "127.0.0.1" in page
    client.post(reverse("end-session"), {"session": other.session.row_key})
    assert other.get(reverse("home")).url.startswith(reverse("login"))
    assert client.get(reverse("home")).status_code == 200


def test_nobody_ends_the_session_of_somebody_else(world, client):
    other = Client()
    log_in(other, world.stranger)
    log_in(client, world.owner)
    client.post(reverse("end-session"), {"session": other.session.row_key})
    assert other.get(reverse("home")).status_code == 200


def test_a_changed_password_logs_out_everywhere_else(world, client):
    other = Client()
    for browser in (client, other):
        log_in(browser, world.owner)
    fields = {
        "old_password": PASSWORD,
        "new_password1": "ein neuer langer Satz",
        "new_password2": "ein neuer langer Satz",
    }
    assert "field-error" in client.post(reverse("change-password"), {**fields, "old_password": "wrong"}).text
    assert client.post(reverse("change-password"), fields).url == reverse("account")
    assert client.get(reverse("home")).status_code == 200
    assert other.get(reverse("home")).url.startswith(reverse("login"))


def test_a_cookie_is_not_in_the_table_of_sessions(world, client):
    log_in(client, world.owner)
    assert not Session.objects.filter(session_key=client.session.session_key).exists()


def test_the_person_of_a_session_comes_whole_in_one_question(world):
    with CaptureQueriesContext(connection) as asked:
        owner = PortalBackend().get_user(world.owner.pk)
        held = access.memberships(owner)
    assert len(asked) == 1
    assert not owner.get_deferred_fields()
    assert [(member.customer_id, member.role) for member in held] == [(world.shop.pk, "owner")]
