"""Contacts through the real door: added, proven by a code, called in order, flagged when nobody can reach them."""

import contextlib
import datetime as dt
import re
import zoneinfo

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db.models import F
from django.urls import reverse

from customers import contacts, ladders, messages, verification
from customers.models import Attempt, Contact, ContactChannel, DutyState, LogbookEntry, Message, Need, User
from customers.sealed import secrets_of
from opsportal import business_time, housekeeping, work

TOKYO = zoneinfo.ZoneInfo("Asia/Tokyo")
DAY = dt.datetime(2026, 11, 25, 11, tzinfo=TOKYO)
NIGHT = dt.datetime(2026, 11, 25, 2, tzinfo=TOKYO)


def add(world, name: str, *ways: tuple[str, str, str], proven: bool = True, **options) -> Contact:
    at = business_time.now()
    contact = contacts.add(customer=world.shop, name=name, at=at, by=world.admin, **options)
    for kind, address, hours in ways:
        channel = contacts.add_channel(contact=contact, kind=kind, address=address, hours=hours, at=at, by=world.admin)
        if proven:
            prove(channel)
    return contact


def prove(channel: ContactChannel) -> None:
    at = business_time.now()
    verification.send_code(channel=channel, at=at, by=None)
    assert verification.check_code(channel=channel, code=code_of(channel), at=at, by=None)


def code_of(channel: ContactChannel) -> str:
    return secrets_of(Message.objects.filter(contact_channel=channel).latest("id"))["code"]


def called(environment, at: dt.datetime) -> list[tuple[str, list[str]]]:
    return [(rung.contact.name, [way.kind for way in rung.channels]) for rung in ladders.ladder(environment, at)]


@pytest.fixture(params=["admin", "owner"])
def editor(request, world, client) -> User:
    """Each of those who may change the shop's contacts, logged in."""
    person = getattr(world, request.param)
    client.force_login(person)
    return person


def test_from_an_empty_page_to_a_contact_who_is_called_tonight(world, client, editor):
    page = client.get(reverse("contacts", args=[world.shop.pk]))
    assert reverse("contact-add", args=[world.shop.pk]) in page.text
    filled = {"name": "大塚 修", "position": "課長", "language": "en", "night": "on"}
    added = client.post(reverse("contact-add", args=[world.shop.pk]), filled)
    contact = Contact.objects.get(customer=world.shop)
    assert added.url == reverse("contact", args=[contact.pk])
    way = {"channel-kind": "mail", "channel-address": "Otsuka@SHOP.example", "channel-hours": "always"}
    answer = client.post(reverse("contact-channel-add", args=[contact.pk]), way)
    channel = ContactChannel.objects.get(contact=contact)
    assert answer.url == reverse("contact-channel", args=[channel.pk])
    assert called(world.shop_production, NIGHT) == []
    client.post(reverse("contact-code-send", args=[channel.pk]))
    work.drain("deliver-message")
    (sent,) = mail.outbox
    assert sent.to == ["Otsuka@shop.example"] and "Dear 大塚 修" in sent.body
    code = re.search(r"^ +(\d{6})$", sent.body, re.MULTILINE)[1]
    wide = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    proven = client.post(reverse("contact-code-check", args=[channel.pk]), {"code": f" {wide} "})
    assert proven.url == reverse("contact", args=[contact.pk])
    assert called(world.shop_production, NIGHT) == [("大塚 修", ["mail"])]
    assert called(world.shop_production, DAY) == []
    assert "Otsuka@shop.example" in client.get(reverse("contacts", args=[world.shop.pk])).text
    verbs = LogbookEntry.objects.filter(actor=editor, customer=world.shop).values_list("verb", flat=True)
    assert {"contact-added", "contact-channel-added", "contact-code-sent", "contact-verified"} <= set(verbs)


def test_business_and_night_have_each_their_own_order_and_channels(world):
    add(world, "店長", ("voice", "03-5550-0101", "business"), ("sms", "090-1111-1111", "always"))
    add(world, "夜の人", ("mail", "n@shop.example", "always"), business=False)
    add(world, "検証の人", ("mail", "t@shop.example", "always"), environment=world.shop_production, night=False)
    assert called(world.shop_production, DAY) == [("店長", ["voice", "sms"]), ("検証の人", ["mail"])]
    assert called(world.shop_production, NIGHT) == [("店長", ["sms"]), ("夜の人", ["mail"])]


def test_the_order_is_changed_from_the_page_and_stays_without_gaps(world, client, editor):
    rows = [add(world, name, ("mail", f"{number}@shop.example", "always")) for number, name in enumerate("甲乙丙")]
    move = {"ladder": "night", "way": "up"}
    client.post(reverse("contact-move", args=[rows[2].pk]), move)
    assert [name for name, _ in called(world.shop_production, NIGHT)] == ["甲", "丙", "乙"]
    assert [name for name, _ in called(world.shop_production, DAY)] == ["甲", "乙", "丙"]
    client.post(reverse("contact-remove", args=[rows[0].pk]))
    assert [name for name, _ in called(world.shop_production, NIGHT)] == ["丙", "乙"]
    kept = Contact.objects.filter(removed_at=None).order_by("night_rung").values_list("night_rung", flat=True)
    assert list(kept) == [1, 2]
    assert not ContactChannel.objects.filter(contact=rows[0]).exists()
    assert client.get(reverse("contact", args=[rows[0].pk])).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "あ" * 10_000), ("name", ""), ("name", "a\u202eb"), ("language", "fr"), ("environment", "999999")],
)
def test_a_wrong_field_is_told_at_the_field_and_nothing_typed_is_lost(world, client, editor, field, value):
    filled = {"name": "大塚 修", "position": "課長", "language": "ja", field: value}
    page = client.post(reverse("contact-add", args=[world.shop.pk]), filled)
    assert page.context["form"].errors[field]
    assert 'value="課長"' in page.text and "field-error" in page.text
    assert not Contact.objects.exists()


def test_a_name_that_is_there_already_is_refused(world, client, editor):
    add(world, "大塚 修")
    page = client.post(reverse("contact-add", args=[world.shop.pk]), {"name": "大塚 修", "language": "ja"})
    assert page.context["form"].errors["name"]
    assert Contact.objects.count() == 1


def test_script_in_a_name_stays_text(world, client, editor):
    add(world, "<script>alert(1)</script>", ("mail", "a@shop.example", "always"))
    for address in (reverse("contacts", args=[world.shop.pk]), reverse("logbook")):
        assert "<script>alert(1)" not in client.get(address).text


@pytest.mark.parametrize(
    ("kind", "address"),
    [("mail", "otsuka"), ("sms", "03-5550-0101"), ("voice", "12"), ("chat", "http://hooks.slack.com/services/a")],
)
def test_a_malformed_address_is_told_at_the_field(world, client, editor, kind, address):
    contact = add(world, "大塚 修")
    way = {"channel-kind": kind, "channel-address": address, "channel-hours": "always"}
    page = client.post(reverse("contact-channel-add", args=[contact.pk]), way)
    assert page.context["channel_form"].errors["address"]
    assert f'value="{address}"' in page.text
    assert not ContactChannel.objects.exists()


def test_the_same_address_in_another_writing_is_there_once(world, client, editor):
    contact = add(world, "大塚 修", ("sms", "090-1234-5678", "always"))
    way = {"channel-kind": "sms", "channel-address": "０９０－１２３４－５６７８", "channel-hours": "night"}
    page = client.post(reverse("contact-channel-add", args=[contact.pk]), way)
    assert page.context["channel_form"].errors["address"]


def test_a_code_ends_after_five_tries_even_with_the_right_one(world, client, editor):
    add(world, "大塚 修", ("mail", "a@shop.example", "always"), proven=False)
    channel = ContactChannel.objects.get()
    client.post(reverse("contact-code-send", args=[channel.pk]))
    right = code_of(channel)
    wrong = "000000" if right != "000000" else "111111"
    address = reverse("contact-code-check", args=[channel.pk])
    left = [client.post(address, {"code": wrong}).context["code_form"].errors["code"][0] for _ in range(5)]
    assert "4" in left[0] and "1" in left[3]
    page = client.post(address, {"code": right})
    assert page.context["code_form"].errors["code"]
    channel.refresh_from_db()
    assert channel.verified_at is None


def test_a_code_ends_after_ten_minutes_and_when_a_new_one_is_sent(world, client, clock, editor):
    add(world, "大塚 修", ("mail", "a@shop.example", "always"), proven=False)
    channel = ContactChannel.objects.get()
    send, check = (reverse(name, args=[channel.pk]) for name in ("contact-code-send", "contact-code-check"))
    client.post(send)
    first = code_of(channel)
    clock.forward(minutes=11)
    assert client.post(check, {"code": first}).context["code_form"].errors["code"]
    client.post(send)
    second = code_of(channel)
    if first != second:
        assert client.post(check, {"code": first}).status_code == 200
    assert client.post(check, {"code": second}).status_code == 302
    channel.refresh_from_db()
    assert channel.works
    assert client.post(check, {"code": second}).context["code_form"].errors["code"]


def test_a_code_is_kept_only_as_a_hash_bound_to_its_address(world):
    add(world, "大塚 修", ("mail", "a@shop.example", "always"), proven=False)
    channel = ContactChannel.objects.get()
    verification.send_code(channel=channel, at=business_time.now(), by=None)
    channel.refresh_from_db()
    code = code_of(channel)
    assert code not in channel.code_hash and len(channel.code_hash) == 64
    ContactChannel.objects.update(address="b@shop.example")
    channel.refresh_from_db()
    assert verification.check_code(channel=channel, code=code, at=business_time.now(), by=None) is False


def test_codes_are_sent_again_only_after_growing_waits(world, client, clock, editor):
    add(world, "大塚 修", ("mail", "a@shop.example", "always"), proven=False)
    channel = ContactChannel.objects.get()
    send = reverse("contact-code-send", args=[channel.pk])

    def sent() -> int:
        client.post(send)
        return Message.objects.filter(contact_channel=channel).count()

    assert [sent(), sent()] == [1, 1]
    clock.forward(seconds=61)
    assert [sent(), sent()] == [2, 2]
    clock.forward(seconds=61)
    assert sent() == 2
    clock.forward(seconds=61)
    assert sent() == 3


def test_a_new_address_does_not_get_around_the_brake_of_the_customer(world, client, editor):
    contact = add(world, "大塚 修")
    for number in range(25):
        channel = contacts.add_channel(
            contact=contact,
            kind="sms",
            address=f"090-0000-{number:04}",
            hours="always",
            at=business_time.now(),
            by=None,
        )
        client.post(reverse("contact-code-send", args=[channel.pk]))
        client.post(reverse("contact-channel-remove", args=[channel.pk]))
    assert Message.objects.count() == verification.CODES_AN_HOUR


def wrong_code(channel: ContactChannel) -> str:
    return "000000" if code_of(channel) != "000000" else "111111"


def pass_time(clock, **span: float) -> None:
    """Let the business clock and what was counted by the database's go on together."""
    clock.forward(**span)
    Attempt.objects.update(began_at=F("began_at") - dt.timedelta(**span))


def test_new_codes_to_an_address_do_not_give_tries_without_end(world, client, clock, editor):
    """Remove the channel, add it again, ask for a code, guess five times: until the address itself is used up."""
    contact, tried, sent = add(world, "大塚 修"), 0, 0
    for _ in range(40):
        at = business_time.now()
        channel = contacts.add_channel(
            contact=contact, kind="sms", address="090-1234-5678", hours="always", at=at, by=None
        )
        client.post(reverse("contact-code-send", args=[channel.pk]))
        if Message.objects.filter(contact_channel=channel).exists():
            sent += 1
            for _ in range(5):
                page = client.post(reverse("contact-code-check", args=[channel.pk]), {"code": wrong_code(channel)})
                tried += "あと" in page.context["code_form"].errors["code"][0]
        client.post(reverse("contact-channel-remove", args=[channel.pk]))
        pass_time(clock, minutes=20)
    assert 6 <= sent <= 12 and 24 <= tried <= 30
    pass_time(clock, hours=24)
    channel = contacts.add_channel(
        contact=contact, kind="sms", address="090-1234-5678", hours="always", at=business_time.now(), by=None
    )
    client.post(reverse("contact-code-send", args=[channel.pk]))
    assert client.post(reverse("contact-code-check", args=[channel.pk]), {"code": code_of(channel)}).status_code == 302


def test_a_code_that_is_tried_too_often_says_when_the_next_try_is(world, client, clock, editor):
    add(world, "大塚 修", ("mail", "a@shop.example", "always"), proven=False)
    channel = ContactChannel.objects.get()
    send, check = (reverse(name, args=[channel.pk]) for name in ("contact-code-send", "contact-code-check"))
    for minutes in (2, 3, 5, 9):
        client.post(send)
        answers = [client.post(check, {"code": wrong_code(channel)}) for _ in range(5)]
        said = answers[0].context["code_form"].errors["code"][0]
        pass_time(clock, minutes=minutes)
    assert "多数" in said and "JST" in said
    assert client.post(check, {"code": code_of(channel)}).status_code == 200


def test_whoever_lives_at_an_address_is_left_in_peace_by_all_customers_together(world, client, clock, editor):
    for customer in (world.shop, world.inn):
        contact = contacts.add(customer=customer, name="大塚 修", at=business_time.now(), by=world.admin)
        for _ in range(15):
            at = business_time.now()
            channel = contacts.add_channel(
                contact=contact, kind="voice", address="03-5550-0101", hours="always", at=at, by=None
            )
            with contextlib.suppress(ValidationError):
                verification.send_code(channel=channel, at=at, by=world.admin)
            contacts.remove_channel(channel=channel, at=at, by=None)
            pass_time(clock, minutes=11)
    assert LogbookEntry.objects.filter(verb="contact-code-sent", customer=world.shop).count() == 12
    assert LogbookEntry.objects.filter(verb="contact-code-sent", customer=world.inn).count() == 8


def test_a_customer_about_whom_nobody_named_a_contact_is_flagged_within_a_day(world, client):
    assert not Need.objects.filter(environment=world.shop_production, kind="contact-none").exists()
    housekeeping.tidy()
    need = Need.objects.get(environment=world.shop_production, settled_at=None)
    assert need.kind == "contact-none"
    assert DutyState.objects.get(environment=world.shop_production, duty="I2").state == DutyState.State.ACT
    client.force_login(world.operator)
    assert "連絡先が1件もなく、顧客の誰にも連絡できません" in client.get("/").text
    housekeeping.tidy()
    assert Need.objects.filter(environment=world.shop_production).count() == 1
    add(world, "大塚 修", ("sms", "090-1234-5678", "always"))
    assert not Need.objects.filter(environment=world.shop_production, settled_at=None).exists()


def test_whoever_cannot_be_reached_is_flagged_on_the_board_the_staff_home_and_the_customers_page(world, client):
    add(world, "大塚 修", ("sms", "090-1234-5678", "business"), proven=False)
    kinds = Need.objects.filter(environment=world.shop_production, settled_at=None).values_list("kind", flat=True)
    assert set(kinds) == {"contact-unreachable", "nobody-in-business", "nobody-at-night"}
    assert DutyState.objects.get(environment=world.shop_production, duty="I2").state == DutyState.State.ACT
    client.force_login(world.operator)
    assert "大塚 修 さんに連絡できません" in client.get("/").text
    assert "大塚 修" in client.get(reverse("customer", args=[world.shop.pk])).text
    prove(ContactChannel.objects.get())
    kinds = Need.objects.filter(environment=world.shop_production, settled_at=None).values_list("kind", flat=True)
    assert set(kinds) == {"nobody-at-night"}
    ContactChannel.objects.get()
    client.force_login(world.owner)
    client.post(reverse("contact-hours", args=[ContactChannel.objects.get().pk]), {"hours": "always"})
    assert not Need.objects.filter(environment=world.shop_production, settled_at=None).exists()
    assert DutyState.objects.get(environment=world.shop_production, duty="I2").state == DutyState.State.OK
    board = client.get(reverse("environment", args=[world.shop_production.pk])).text
    assert "連絡できる連絡先: 1 人" in board


def test_an_address_that_the_provider_refuses_no_longer_counts(world, monkeypatch):
    import smtplib

    from django.core.mail.backends.locmem import EmailBackend

    contact = add(world, "大塚 修", ("mail", "gone@shop.example", "always"))
    assert called(world.shop_production, NIGHT)
    work.drain("deliver-message")

    def refuse(self, mails):
        raise smtplib.SMTPRecipientsRefused({"gone@shop.example": (550, b"no such person")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    channel = ContactChannel.objects.get(contact=contact)
    facts = {"name": "大塚 修", "customer": "試験書店", "code": "1", "minutes": 10}
    messages.say("contact-code", at=business_time.now(), language="ja", contact_channel=channel, facts=facts)
    work.drain("deliver-message")
    assert called(world.shop_production, NIGHT) == []
    assert Need.objects.filter(kind="contact-unreachable", settled_at=None).exists()


def test_who_neither_administers_nor_owns_changes_no_contact(world, client):
    contact = add(world, "大塚 修", ("mail", "a@shop.example", "always"))
    channel = ContactChannel.objects.get()
    for person in (world.operator, world.approver, world.developer, world.viewer, world.stranger):
        client.force_login(person)
        for name, key in (("contact", contact.pk), ("contact-channel", channel.pk), ("contacts", world.shop.pk)):
            assert client.get(reverse(name, args=[key])).status_code == 404
        for name in ("contact-channel-remove", "contact-code-send", "contact-code-check", "contact-hours"):
            assert client.post(reverse(name, args=[channel.pk]), {"hours": "night", "code": "1"}).status_code == 404
        assert client.post(reverse("contact-remove", args=[contact.pk])).status_code == 404
    assert Contact.objects.filter(removed_at=None).count() == ContactChannel.objects.filter(hours="always").count() == 1


def test_operators_see_on_the_customers_page_whom_to_call_now(world, client):
    add(world, "大塚 修", ("sms", "090-1234-5678", "always"))
    client.force_login(world.operator)
    page = client.get(reverse("customer", args=[world.shop.pk])).text
    assert "大塚 修" in page and "090-1234-5678" in page
