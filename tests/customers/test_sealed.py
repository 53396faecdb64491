"""Who reads the database, a dump or a replica finds no link, code or webhook address that still opens something."""

from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from customers import contacts, messages, sealed, verification
from customers.models import ContactChannel, Message
from opsportal import business_time, housekeeping, work

LINK, CODE = "/invitations/s3cr3t-of-this-link/", "482913"
HOOK = "https://hooks.chat.example/services/T000/B000/s3cr3t-of-this-hook"
FACTS = {"name": "青木 由美", "customer": "青葉書店", "code": CODE, "link": LINK, "minutes": 10}
OLD, NEW = bytes(range(32)), bytes(range(32, 64))


def _say(world) -> Message:
    at = business_time.now()
    return messages.say("contact-code", at=at, user=world.owner, language="ja", facts=FACTS)


def _stored() -> str:
    """All that these tables hold, as whoever has a dump reads it."""
    tables = ("customers_message", "customers_contactchannel", "customers_logbookentry")
    rows = " UNION ALL ".join(f"SELECT t::text AS row FROM {table} t" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(row, ' ') FROM ({rows}) all_rows")
        return cursor.fetchone()[0]


@pytest.fixture
def contact(world):
    """Somebody of the shop's, without a channel yet."""
    return contacts.add(customer=world.shop, name="大塚 修", at=business_time.now(), by=world.admin)


def _add(contact, address: str = HOOK) -> ContactChannel:
    at = business_time.now()
    return contacts.add_channel(contact=contact, kind="chat", address=address, hours="always", at=at, by=None)


def test_a_message_that_waits_lies_sealed_and_goes_out_whole(world, mailoutbox):
    _say(world)
    stored = _stored()
    assert CODE not in stored and "s3cr3t" not in stored
    work.drain("deliver-message")
    assert CODE in mailoutbox[0].body and "s3cr3t" not in _stored()


def test_a_webhook_address_lies_sealed_and_pages_show_its_host_and_end(world, contact, client):
    client.force_login(world.owner)
    filled = {"channel-kind": "chat", "channel-address": HOOK, "channel-hours": "always"}
    client.post(reverse("contact-channel-add", args=[contact.pk]), filled)
    channel = ContactChannel.objects.get(contact=contact)
    client.post(reverse("contact-code-send", args=[channel.pk]))
    assert "s3cr3t" not in _stored() and sealed.address_of(channel) == HOOK
    message = Message.objects.get(contact_channel=channel)
    pages = [reverse("contact", args=[contact.pk]), reverse("contact-channel", args=[channel.pk])]
    shown = [client.get(page).text for page in [*pages, reverse("contacts", args=[world.shop.pk])]]
    client.force_login(world.admin)
    shown += [client.get(page).text for page in (reverse("outbox"), reverse("message", args=[message.pk]))]
    for page in shown:
        assert "hooks.chat.example …hook" in page and "s3cr3t" not in page


def test_a_webhook_address_is_there_once_and_one_that_only_ends_alike_is_another(world, contact, client):
    client.force_login(world.owner)
    add = reverse("contact-channel-add", args=[contact.pk])
    filled = {"channel-kind": "chat", "channel-hours": "always"}
    for address in (HOOK, HOOK, HOOK.replace("B000", "B001")):
        client.post(add, filled | {"channel-address": address})
    kept = ContactChannel.objects.filter(contact=contact).order_by("place")
    assert [sealed.address_of(way) for way in kept] == [HOOK, HOOK.replace("B000", "B001")]


@pytest.fixture
def before(world, contact):
    """Rows as an older release wrote them: a message that waits, and a webhook whose code is on its way."""
    message, channel = _say(world), _add(contact)
    opened = sealed.secrets_of(message)
    Message.objects.filter(pk=message.pk).update(secrets=opened, sealed_secrets="")
    ContactChannel.objects.filter(pk=channel.pk).update(address=HOOK, sealed_address="")
    channel.refresh_from_db()
    verification.send_code(channel=channel, at=business_time.now(), by=None)
    sent = Message.objects.get(contact_channel=channel)
    Message.objects.filter(pk=sent.pk).update(address=HOOK, secrets=sealed.secrets_of(sent), sealed_secrets="")
    assert "s3cr3t" in _stored() and CODE in _stored()
    return message, channel


def _goes_on(before, mailoutbox) -> None:
    """The code on its way still proves the webhook, and the message still goes out whole."""
    _message, channel = before
    code = sealed.secrets_of(Message.objects.get(contact_channel=channel))["code"]
    channel.refresh_from_db()
    assert verification.check_code(channel=channel, code=code, at=business_time.now(), by=None)
    assert sealed.address_of(channel) == HOOK
    work.drain("deliver-message")
    (sent,) = mailoutbox
    assert CODE in sent.body


def test_rows_of_an_older_release_are_read_as_they_lie(before, mailoutbox):
    _goes_on(before, mailoutbox)


@pytest.mark.parametrize("seal", [partial(call_command, "rotate_secrets"), housekeeping.tidy])
def test_rows_of_an_older_release_are_sealed_and_go_on(before, mailoutbox, seal):
    seal()
    assert "s3cr3t" not in _stored() and CODE not in _stored()
    _goes_on(before, mailoutbox)


def test_an_older_webhook_address_is_still_there_once(before, contact):
    with pytest.raises(ValidationError):
        _add(contact)


def test_rotation_moves_messages_and_webhooks_under_the_new_key(world, contact, settings, mailoutbox):
    _say(world)
    channel = _add(contact)
    settings.SECRET_RING = {"new": NEW, **settings.SECRET_RING}
    call_command("rotate_secrets")
    settings.SECRET_RING = {"new": NEW}
    channel.refresh_from_db()
    assert sealed.address_of(channel) == HOOK
    work.drain("deliver-message")
    assert CODE in mailoutbox[0].body


def test_without_its_key_a_message_waits_and_staff_are_told_what_to_do(world, settings, client, clock, mailoutbox):
    settings.SECRET_RING = {"old": OLD}
    message = _say(world)
    settings.SECRET_RING = {"new": NEW}
    settings.OUTBOX, settings.MAIL_CARRIER = False, "smtp"
    work.drain("deliver-message")
    message.refresh_from_db()
    assert not mailoutbox and (message.state, message.failure["word"]) == (Message.State.WAITING, "sealed")
    client.force_login(world.admin)
    assert "SECRET_RING" in client.get(reverse("message", args=[message.pk])).text
    settings.SECRET_RING = {"old": OLD}
    clock.forward(minutes=1)
    work.drain("deliver-message")
    assert CODE in mailoutbox[0].body
