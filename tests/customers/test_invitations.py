"""People are invited by mail, and the link works once, for a week, for them alone."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from customers import invitations
from customers.models import Invitation, LogbookEntry, Member, Message, Session, User
from customers.sealed import secrets_of
from opsportal import business_time
from tests.world import PASSWORD as OLD_PASSWORD

NEW = {"name": "新井 蓮", "email": "Ren@shop.example", "role": "approver"}
PASSWORD = "九月の海はまだ温かいです"


def link_in(message: Message) -> str:
    """The path of the link that the mail holds."""
    return re.search(r"/(?:invitations|password)/\S+/", secrets_of(message)["link"])[0]


def newest_link(kind: str = "invitation") -> str:
    return link_in(Message.objects.filter(kind=kind).latest("pk"))


@pytest.fixture
def as_owner(world) -> Client:
    """An owner who proved themself just now."""
    return proven(world.owner)


@pytest.fixture
def as_admin(world) -> Client:
    """An admin who proved themself just now."""
    return proven(world.admin)


def proven(user) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session.update({"factor": "app", "proven_at": 2**40})
    session.save()
    return client


def invite(client: Client, customer, **changes):
    return client.post(reverse("people", args=[customer.pk]), {**NEW, **changes})


def test_an_owner_invites_a_person_who_accepts_with_a_password_and_is_in(world, as_owner, client):
    assert invite(as_owner, world.shop).status_code == 302
    page = client.get(newest_link())
    assert "試験書店" in page.text and "承認者" in page.text and "青木 由美" in page.text
    answer = client.post(newest_link(), {"name": "新井 蓮", "password": PASSWORD})
    assert answer.url == reverse("second-factor")
    assert client.get(reverse("environment", args=[world.shop_production.pk])).status_code == 200
    member = Member.objects.get(user__email="ren@shop.example")
    assert (member.customer, member.role) == (world.shop, "approver")
    verbs = set(LogbookEntry.objects.filter(customer=world.shop).values_list("verb", flat=True))
    assert {"invited", "invitation-accepted", "logged-in"} <= verbs


def test_who_comes_after_the_first_owner_is_invited_to_look_unless_more_is_chosen(world, as_admin):
    page = as_admin.get(reverse("people", args=[world.shop.pk]))
    assert '<option value="viewer" selected>' in page.text.partition("招待する")[2]
    Member.objects.filter(customer=world.shop).delete()
    page = as_admin.get(reverse("people", args=[world.shop.pk]))
    assert '<option value="owner" selected>' in page.text.partition("招待する")[2]


def in_english(user) -> Client:
    """Somebody who reads the portal in English, and proved themself just now."""
    User.objects.filter(pk=user.pk).update(language="en")
    return proven(user)


@pytest.mark.parametrize("said", [{"language": "ja"}, {}])
def test_a_mail_is_in_the_language_of_its_reader_not_of_the_screen_that_sent_it(world, said):
    admin = in_english(world.admin)
    page = admin.get(reverse("people", args=[world.shop.pk])).text
    assert '<option value="ja" selected>' in page.partition("Language of the mail")[2]
    assert invite(admin, world.shop, **said).status_code == 302
    admin.post(reverse("staff"), {"name": "伊藤 翔", "email": "sho@msp.example", "role": "operator", **said})
    for message in Message.objects.filter(kind="invitation"):
        assert (message.language, "ログイン方法" in message.body) == ("ja", True)


def test_an_invitation_in_english_stays_so_when_it_is_sent_again(world, as_owner):
    invite(as_owner, world.shop, language="en")
    action = reverse("change-invitation", args=[world.shop.pk])
    as_owner.post(action, {"invitation": Invitation.objects.get().pk})
    first, again = Message.objects.filter(kind="invitation")
    assert first.language == again.language == "en" and "Open this link" in again.body
    refused = invite(as_owner, world.shop, language="fr", email="other@shop.example")
    assert "field-error" in refused.text and Invitation.objects.count() == 1


def test_a_link_works_once(world, as_owner, client):
    invite(as_owner, world.shop)
    link = newest_link()
    client.post(link, {"name": "新井 蓮", "password": PASSWORD})
    again = Client().get(link)
    assert again.status_code == 410 and "承諾済み" in again.text


def test_an_expired_invitation_says_so_and_whom_to_ask(world, as_owner, client, clock):
    invite(as_owner, world.shop)
    link = newest_link()
    clock.forward(days=7, minutes=1)
    answer = client.get(link)
    assert answer.status_code == 410 and "有効期限" in answer.text and "青木 由美" in answer.text
    assert client.post(link, {"name": "新井 蓮", "password": PASSWORD}).status_code == 410
    assert not User.objects.filter(email="ren@shop.example").exists()
    assert invite(as_owner, world.shop).status_code == 302
    assert client.get(newest_link()).status_code == 200


def test_a_withdrawn_or_renewed_link_no_longer_works(world, as_owner, client):
    invite(as_owner, world.shop)
    first, row = newest_link(), Invitation.objects.get()
    action = reverse("change-invitation", args=[world.shop.pk])
    as_owner.post(action, {"invitation": row.pk})
    assert newest_link() != first
    assert [client.get(link).status_code for link in (first, newest_link())] == [410, 200]
    as_owner.post(action, {"invitation": row.pk, "withdraw": "1"})
    assert client.get(newest_link()).status_code == 410


@pytest.mark.parametrize("link", ["/invitations/nonsense/", "/invitations/%00/", f"/invitations/{'x' * 5000}/"])
def test_an_unknown_link_says_what_to_do(client, world, link):
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "nobody"}, "メールアドレスの形式ではありません"),
        ({"email": "a@b"}, "メールアドレスの形式ではありません"),
        ({"email": f"{'x' * 300}@shop.example"}, "メールアドレスの形式ではありません"),
        ({"email": "owner@shop.example"}, "すでにログインできます"),
        ({"email": "operator@msp.example"}, "当社の担当者のメールアドレスです"),
        ({"name": "あ" * 10_000}, "10000文字あります"),
        ({"name": "<script>alert(1)</script>"}, "使えません"),
        ({"name": "a\x00b"}, ""),
        ({"name": "新井\u202e蓮"}, "使えません"),
        ({"email": "adm\u0131n@shop.example"}, "メールアドレスの形式ではありません"),
        ({"name": "   "}, ""),
        ({"role": "king"}, ""),
    ],
)
def test_bad_input_is_answered_at_its_field_and_nothing_is_lost_or_stored(world, as_owner, changes, words):
    answer = invite(as_owner, world.shop, **changes)
    assert answer.status_code == 200 and "field-error" in answer.text and words in answer.text
    assert "<script>alert" not in answer.text
    kept = NEW["name"] if "name" not in changes else NEW["email"]
    assert kept in answer.text
    assert not Invitation.objects.exists() and not Message.objects.exists()


def test_a_second_invitation_of_the_same_person_is_refused_at_the_field(world, as_owner):
    invite(as_owner, world.shop)
    answer = invite(as_owner, world.shop, email="REN@SHOP.example ")
    assert "招待済みです" in answer.text and Invitation.objects.count() == 1


def test_messages_at_fields_speak_english_too(world, as_owner):
    User.objects.filter(pk=world.owner.pk).update(language="en")
    assert "This is not a mail address" in invite(as_owner, world.shop, email="nobody").text


def test_a_weak_password_is_refused_and_the_invitation_stays_open(world, as_owner, client):
    invite(as_owner, world.shop)
    answer = client.post(newest_link(), {"name": "新井 蓮", "password": "short"})
    assert answer.status_code == 200 and "field-error" in answer.text
    assert Invitation.objects.get().accepted_at is None


def test_only_owners_and_admins_manage_people(world, as_admin):
    for person, allowed in (("approver", 404), ("developer", 404), ("viewer", 404), ("operator", 404), ("owner", 200)):
        client = proven(getattr(world, person))
        assert client.get(reverse("people", args=[world.shop.pk])).status_code == allowed
        assert client.get(reverse("people", args=[world.inn.pk])).status_code == 404
    assert as_admin.get(reverse("people", args=[world.inn.pk])).status_code == 200


def test_a_person_of_two_customers_joins_with_the_log_in_they_have(world, as_admin, client):
    as_admin.post(reverse("people", args=[world.shop.pk]), {**NEW, "email": world.stranger.email, "role": "viewer"})
    link = newest_link()
    page = client.get(link)
    assert 'name="password"' not in page.text and f"next={link}" in page.text
    client.force_login(world.owner)
    assert client.post(link).status_code == 200 and not Member.objects.filter(user=world.stranger, customer=world.shop)
    client.force_login(world.stranger)
    assert client.post(link).url == reverse("home")
    assert Member.objects.filter(user=world.stranger, customer=world.shop, role="viewer").exists()


def test_a_changed_role_holds_from_the_next_request_and_a_removal_ends_the_sessions(world):
    owner, viewer = proven(world.owner), proven(world.viewer)
    draft = reverse("agreement-draft", args=[world.shop_production.pk])
    member = Member.objects.get(user=world.viewer)
    action = reverse("change-person", args=[world.shop.pk])
    for role, seen in (("owner", 200), ("approver", 404)):
        owner.post(action, {"person": member.pk, "role": role})
        assert viewer.get(draft).status_code == seen
    owner.post(action, {"person": member.pk, "remove": "1"})
    assert not Member.objects.filter(pk=member.pk).exists() and not Session.objects.filter(user=world.viewer).exists()
    assert viewer.get(reverse("home")).url.startswith(reverse("login"))


def test_no_owner_logs_out_a_person_of_another_customer_too(world):
    member = Member.objects.create(user=world.stranger, customer=world.shop, role="viewer")
    owner, stranger = proven(world.owner), proven(world.stranger)
    action = reverse("change-person", args=[world.shop.pk])
    owner.post(action, {"person": member.pk, "role": "approver"})
    owner.post(action, {"person": member.pk, "remove": "1"})
    assert not Member.objects.filter(pk=member.pk).exists()
    assert stranger.get(reverse("environment", args=[world.inn_production.pk])).status_code == 200
    assert stranger.get(reverse("environment", args=[world.shop_production.pk])).status_code == 404


def test_an_owner_who_was_removed_does_not_come_back_by_an_invitation_of_their_own(world, as_owner, as_admin, client):
    invite(as_owner, world.shop, role="owner")
    link = newest_link()
    Member.objects.filter(customer=world.shop, user=world.approver).update(role="owner")
    person = Member.objects.get(customer=world.shop, user=world.owner)
    as_admin.post(reverse("change-person", args=[world.shop.pk]), {"person": person.pk, "remove": "1"})
    assert client.post(link, {"name": "新井 蓮", "password": PASSWORD}).status_code == 410
    waiting = Invitation.objects.get(customer=world.shop, accepted_at=None)
    as_admin.post(reverse("change-invitation", args=[world.shop.pk]), {"invitation": waiting.pk})
    assert client.post(newest_link(), {"name": "新井 蓮", "password": PASSWORD}).status_code == 302


def test_the_last_owner_stays_and_a_foreign_person_is_out_of_reach(world):
    owner, action = proven(world.owner), reverse("change-person", args=[world.shop.pk])
    own = Member.objects.get(user=world.owner)
    foreign = Member.objects.get(user=world.stranger)
    for person, change in ((own, {"role": "viewer"}), (own, {"remove": "1"}), (foreign, {"remove": "1"})):
        owner.post(action, {"person": person.pk, **change})
    assert Member.objects.filter(user__in=[world.owner, world.stranger], role="owner").count() == 2


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_an_old_session_proves_itself_before_it_lets_anybody_in_and_nothing_typed_is_lost(world, who):
    client = proven(getattr(world, who))
    session = client.session
    session["proven_at"] = 0
    session.save()
    page = reverse("people", args=[world.shop.pk]) if who == "owner" else reverse("staff")
    typed = {**NEW, "role": who}
    asked = client.post(page, typed)
    assert asked.url == f"{reverse('confirm')}?next={page.replace('/', '%2F')}" and not Invitation.objects.exists()
    assert client.post(reverse("confirm"), {"password": OLD_PASSWORD, "next": page}).url == page
    form = client.get(page).context["form"]
    assert {name: form[name].value() for name in NEW} == typed | {"email": "ren@shop.example"}
    assert client.get(page).context["form"]["name"].value() is None
    client.post(page, typed)
    assert Invitation.objects.filter(invited_by=getattr(world, who)).count() == 1


def test_nobody_floods_mailboxes_with_invitations(world, as_owner):
    answers = [invite(as_owner, world.shop, email=f"new-{number}@shop.example") for number in range(31)]
    assert [answer.status_code for answer in answers] == [302] * 30 + [200] and "field-error" in answers[-1].text
    assert Message.objects.filter(kind="invitation").count() == 30


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_one_mailbox_gets_few_invitations_however_often_they_are_sent_again(world, who):
    client, staff = proven(getattr(world, who)), who == "admin"
    page = reverse("staff") if staff else reverse("people", args=[world.shop.pk])
    client.post(page, {**NEW, "role": who})
    again = reverse("change-staff-invitation") if staff else reverse("change-invitation", args=[world.shop.pk])
    for _ in range(8):
        client.post(again, {"invitation": Invitation.objects.get().pk})
    assert Message.objects.filter(kind="invitation").count() == 6


def test_the_link_is_nowhere_in_clear_but_in_the_mail(world, as_owner):
    invite(as_owner, world.shop)
    token = newest_link().split("/")[2]
    assert token not in str(list(Invitation.objects.values())) + str(list(LogbookEntry.objects.values()))
    assert token not in Message.objects.latest("pk").body


def test_the_domain_checks_too(world):
    with pytest.raises(ValidationError):
        invitations.invite(
            email="x@y.example", name="x", role="owner", staff_role="admin", customer=world.shop,
            at=business_time.now(), by=None,
        )  # fmt: skip
