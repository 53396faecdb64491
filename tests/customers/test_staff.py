"""The provider's own people: invited, given roles, closed, and let back in by two colleagues."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from customers import customers, emergency_access, messages, second_factors
from customers.models import EmergencyAccess, LogbookEntry, Message, User
from customers.sealed import secrets_of
from opsportal import business_time
from tests.customers.test_invitations import PASSWORD as NEW_PASSWORD
from tests.customers.test_invitations import newest_link, proven
from tests.customers.test_log_in import log_in
from tests.world import PASSWORD, give_app

DAY = dt.timedelta(days=1)


def second_admin(world) -> User:
    at = business_time.now()
    admin = customers.add_staff(
        email="second@msp.example", name="鈴木 舞", staff_role="admin", password=PASSWORD, at=at, by=None
    )
    give_app(admin, at)
    return admin


def change(client: Client, user: User, **what: str):
    return client.post(reverse("change-colleague"), {"person": user.pk, **what})


def test_an_invited_colleague_sets_up_a_second_factor_before_anything_else(world, client):
    admin = proven(world.admin)
    admin.post(reverse("staff"), {"name": "伊藤 翔", "email": "sho@msp.example", "role": "operator"})
    answer = client.post(newest_link(), {"name": "伊藤 翔", "password": NEW_PASSWORD})
    assert answer.url == reverse("second-factor")
    assert client.get(reverse("home")).url == reverse("second-factor")
    assert User.objects.get(email="sho@msp.example").staff_role == "operator"


def test_no_colleague_reads_anothers_link_while_it_waits_in_a_real_portal(world, settings):
    settings.OUTBOX, settings.MAIL_CARRIER = False, ""
    admin, operator = proven(world.admin), proven(world.operator)
    admin.post(reverse("staff"), {"name": "伊藤 翔", "email": "sho@msp.example", "role": "admin"})
    Client().post(reverse("forgot-password"), {"email": world.admin.email})
    for kind in ("invitation", "password-reset"):
        message = Message.objects.get(kind=kind)
        link = secrets_of(message)["link"]
        for reader in (admin, operator):
            page = reader.get(reverse("message", args=[message.pk])).text
            assert messages.HIDDEN in page and link not in page and link.split("/")[-2] not in page
            assert link.split("/")[-2] not in reader.get(reverse("outbox")).text


def test_a_closed_log_in_ends_every_session_at_once_and_can_be_opened_again(world):
    admin, operator = proven(world.admin), proven(world.operator)
    assert operator.get(reverse("home")).status_code == 200
    change(admin, world.operator, close="1")
    assert operator.get(reverse("home")).url.startswith(reverse("login"))
    assert log_in(Client(), world.operator).status_code == 200
    change(admin, world.operator, reopen="1")
    assert log_in(Client(), world.operator).url == reverse("second-step")
    assert set(LogbookEntry.objects.values_list("verb", flat=True)) >= {"login-closed", "login-reopened"}


def test_a_closed_person_keeps_no_way_in_that_was_half_open(world, client):
    log_in(client, world.operator)
    change(proven(world.admin), world.operator, close="1")
    assert client.get(reverse("second-step")).url == reverse("login")


def test_the_last_admin_and_oneself_are_out_of_reach(world):
    admin = proven(world.admin)
    change(admin, world.admin, close="1")
    change(admin, world.admin, role="operator")
    second = second_admin(world)
    change(proven(second), world.admin, close="1")
    change(admin, second, close="1")
    world.admin.refresh_from_db()
    second.refresh_from_db()
    assert not world.admin.is_active and second.is_active


def test_operators_do_not_see_the_staff_pages(world):
    operator = proven(world.operator)
    assert [operator.get(reverse(name)).status_code for name in ("staff", "emergencies")] == [404, 404]


def test_a_changed_role_ends_sessions(world):
    admin, operator = proven(world.admin), proven(world.operator)
    change(admin, world.operator, role="admin")
    assert operator.get(reverse("home")).url.startswith(reverse("login"))
    world.operator.refresh_from_db()
    assert world.operator.staff_role == "admin"


def ask(client: Client, email: str, reason: str = "社員名簿の番号へ折り返して確認"):
    return client.post(reverse("emergencies"), {"email": email, "reason": reason})


def test_two_admins_let_a_person_in_once_who_then_sets_up_a_new_factor(world, client):
    first, second = proven(world.admin), proven(second_admin(world))
    ask(first, world.operator.email)
    row = EmergencyAccess.objects.get()
    answer = reverse("answer-emergency")
    first.post(answer, {"access": row.pk})
    assert log_in(client, world.operator).url == reverse("second-step"), "one admin is not enough"
    second.post(answer, {"access": row.pk})
    assert Message.objects.filter(kind="account-notice", user=world.operator).exists()
    assert log_in(client, world.operator).url == reverse("home")
    assert client.get(reverse("home")).url == reverse("second-factor")
    assert not second_factors.has_any(world.operator)
    give_app(world.operator, business_time.now())
    assert log_in(Client(), world.operator).url == reverse("second-step"), "it works once"


def invited_admin(world) -> User:
    """Whom one admin brings in alone: by an invitation to a mailbox that may well be the same person's."""
    proven(world.admin).post(reverse("staff"), {"name": "別名", "email": "other@msp.example", "role": "admin"})
    Client().post(newest_link(), {"name": "別名", "password": NEW_PASSWORD})
    admin = User.objects.get(email="other@msp.example")
    give_app(admin, business_time.now())
    return admin


def promoted_operator(world) -> User:
    change(proven(world.admin), world.operator, role="admin")
    world.operator.refresh_from_db()
    return world.operator


def reopened_admin(world) -> User:
    admin = second_admin(world)
    for what in ("close", "reopen"):
        change(proven(world.admin), admin, **{what: "1"})
    admin.refresh_from_db()
    return admin


@pytest.mark.parametrize("brought_in", [invited_admin, promoted_operator, reopened_admin])
@pytest.mark.parametrize("turned", [False, True], ids=["the new one confirms", "the new one asks"])
def test_one_admin_alone_brings_in_nobody_who_is_the_second(world, clock, brought_in, turned):
    """Two admins are two only when the second was not made one for this a moment ago."""
    new = brought_in(world)
    asking, confirming = (new, world.admin) if turned else (world.admin, new)
    asked = ask(proven(asking), world.owner.email)
    if turned:
        assert "7 日以上" in asked.text and not EmergencyAccess.objects.exists()
        at = business_time.now()
        EmergencyAccess.objects.create(user=world.owner, reason="x", asked_by=new, asked_at=at, expires_at=at + DAY)
    row = EmergencyAccess.objects.get()
    refused = proven(confirming).post(reverse("answer-emergency"), {"access": row.pk}, follow=True).text
    assert f"{new.name} さんが管理者になったのは" in refused and "7 日以上" in refused
    assert EmergencyAccess.objects.get().confirmed_by is None
    clock.forward(days=7)
    EmergencyAccess.objects.all().delete()
    ask(proven(asking), world.owner.email)
    proven(confirming).post(reverse("answer-emergency"), {"access": EmergencyAccess.objects.get().pk})
    assert EmergencyAccess.objects.get().confirmed_by == confirming


def test_a_new_admin_sees_why_there_is_no_button_yet(world):
    ask(proven(second_admin(world)), world.owner.email)
    button = f"{world.owner.name}さんの申請を承認する"
    page = proven(invited_admin(world)).get(reverse("emergencies")).text
    assert "別名 さんが管理者になったのは" in page and button not in page
    page = proven(world.admin).get(reverse("emergencies")).text
    assert "管理者になったのは" not in page and button in page


def test_nobody_opens_the_way_for_themself(world):
    first, second = proven(world.admin), proven(second_admin(world))
    assert "field-error" in ask(first, world.admin.email).text
    ask(second, world.admin.email)
    first.post(reverse("answer-emergency"), {"access": EmergencyAccess.objects.get().pk})
    assert EmergencyAccess.objects.get().confirmed_by is None


def test_an_open_way_closes_within_the_hour(world, client, clock):
    at, second = business_time.now(), second_admin(world)
    row = emergency_access.ask(user=world.operator, reason="x", at=at, by=world.admin, address="")
    emergency_access.confirm(access_id=row.pk, at=at, by=second, address="")
    clock.forward(minutes=61)
    assert log_in(client, world.operator).url == reverse("second-step")


def test_a_wrong_person_or_an_endless_reason_is_answered_at_its_field(world):
    admin = proven(world.admin)
    assert "field-error" in ask(admin, "nobody@msp.example").text
    assert "10000" in ask(admin, world.operator.email, "あ" * 10_000).text
    ask(admin, world.operator.email)
    assert "field-error" in ask(admin, world.operator.email).text


def test_what_an_admin_asked_for_who_is_none_any_more_is_not_confirmed(world, client):
    second = second_admin(world)
    ask(proven(world.admin), world.operator.email)
    change(proven(second), world.admin, close="1")
    proven(second).post(reverse("answer-emergency"), {"access": EmergencyAccess.objects.get().pk})
    assert EmergencyAccess.objects.get().confirmed_by is None
    assert log_in(client, world.operator).url == reverse("second-step")


def test_nobody_comes_back_by_an_invitation_they_made_before_they_were_sent_away(world, client):
    second = second_admin(world)
    proven(world.admin).post(reverse("staff"), {"name": "別名", "email": "other@private.example", "role": "admin"})
    link = newest_link()
    assert client.get(link).status_code == 200
    change(proven(second), world.admin, close="1")
    assert client.get(link).status_code == 410
    assert client.post(link, {"name": "別名", "password": NEW_PASSWORD}).status_code == 410
    assert not User.objects.filter(email="other@private.example").exists()
