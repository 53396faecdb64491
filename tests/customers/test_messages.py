"""What is said is kept first, sent until it is taken, and never forgotten."""

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from customers import messages
from customers.models import Message
from customers.sealed import secrets_of
from opsportal import business_time, work

FACTS = {"name": "青木 由美", "customer": "青葉 & 子 <書店>", "code": "482913", "minutes": 10}


def say(world, **options) -> Message:
    options = {"user": world.owner, "language": "ja", "facts": FACTS} | options
    return messages.say("contact-code", at=business_time.now(), **options)


@pytest.fixture
def server(monkeypatch):
    """A mail server that answers with the next of these, then takes everything."""
    answers: list[Exception] = []
    taken = EmailBackend.send_messages

    def send(self, mails):
        if answers:
            raise answers.pop(0)
        return taken(self, mails)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return answers


def refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"owner@shop.example": (code, b"no such person")})


def test_a_mail_is_sent_in_the_readers_language_with_nothing_escaped(world):
    say(world)
    say(world, language="en")
    work.drain("deliver-message")
    japanese, english = (sent.body for sent in mail.outbox)
    assert "青葉 & 子 <書店>" in japanese and "482913" in japanese and "分間" in japanese
    assert "It holds for 10 minutes" in english
    assert {message.state for message in Message.objects.all()} == {Message.State.SENT}


def test_the_text_is_frozen_before_anything_is_sent_and_holds_no_secret(world):
    message = say(world)
    assert not mail.outbox
    message.refresh_from_db()
    assert message.state == Message.State.WAITING and message.due_at is not None
    assert "482913" not in message.body and secrets_of(message) == {"code": "482913"}


def test_secrets_are_forgotten_once_a_provider_took_the_message(world, settings):
    settings.OUTBOX, settings.MAIL_CARRIER = False, "smtp"
    message = say(world)
    work.drain("deliver-message")
    message.refresh_from_db()
    assert "482913" in mail.outbox[0].body
    assert secrets_of(message) == {} and message.carrier == "smtp" and message.receipt


def test_a_path_becomes_an_address_of_the_portal(world):
    message = say(world, facts={**FACTS, "link": "/invitations/abc/"})
    assert secrets_of(message)["link"] == "http://127.0.0.1:8000/invitations/abc/"


def test_a_fact_cannot_pull_a_secret_into_the_text(world):
    message = say(world, facts={**FACTS, "name": "⟦code⟧"})
    assert "Dear [code]" in message.body or "[code] 様" in message.body


def test_a_line_break_in_a_name_makes_no_header(world):
    message = say(world, facts={**FACTS, "customer": "evil\nBcc: everybody@example.com"})
    work.drain("deliver-message")
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert mail.outbox[0].recipients() == [world.owner.email]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (refused(450), "busy"),
        (smtplib.SMTPDataError(451, b"later"), "busy"),
        (smtplib.SMTPServerDisconnected("gone"), "unreachable"),
        (TimeoutError("timed out"), "unreachable"),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), "not-set-up"),
    ],
)
def test_what_may_be_taken_later_is_sent_again_later(world, server, clock, error, word):
    server.append(error)
    message = say(world)
    work.drain("deliver-message")
    message.refresh_from_db()
    assert (message.state, message.failure["word"]) == (Message.State.WAITING, word)
    assert message.due_at > business_time.now()
    assert not mail.outbox
    clock.forward(minutes=5)
    work.drain("deliver-message")
    message.refresh_from_db()
    assert (message.state, message.failure, message.attempts) == (Message.State.SENT, {}, 2)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("error", "word"),
    [(refused(550), "address-refused"), (smtplib.SMTPDataError(554, b"spam"), "mail-refused")],
)
def test_what_is_never_taken_is_kept_as_failed_with_the_servers_words(world, server, client, error, word):
    server.append(error)
    message = say(world)
    work.drain("deliver-message")
    message.refresh_from_db()
    assert (message.state, message.failure["word"], message.due_at) == (Message.State.FAILED, word, None)
    client.force_login(world.operator)
    assert message.failure["detail"] in client.get(reverse("message", args=[message.pk])).content.decode()


def test_waits_grow_and_end_after_a_day(world, server, clock):
    message = say(world)
    waits = []
    for _ in range(200):
        server.append(TimeoutError("timed out"))
        work.drain("deliver-message")
        message.refresh_from_db()
        if message.due_at is None:
            break
        waits.append((message.due_at - business_time.now()).total_seconds())
        clock.forward(seconds=waits[-1] + 1)
    assert message.state == Message.State.FAILED
    assert waits[0] < 20 and max(waits) <= 18 * 60
    assert waits[1] > waits[0] and len(waits) > 50


def test_a_message_of_no_more_use_is_not_tried_again(world, server):
    server.append(TimeoutError("timed out"))
    message = say(world, useless_at=business_time.now() + dt.timedelta(seconds=5))
    work.drain("deliver-message")
    message.refresh_from_db()
    assert message.state == Message.State.FAILED


def test_a_worker_that_died_while_sending_is_followed_by_another_under_the_same_number(world):
    message = say(world)
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENDING)
    work.drain("deliver-message")
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert message.number in mail.outbox[0].body
    assert message.reference.hex in mail.outbox[0].extra_headers["Message-ID"]


def test_without_a_mail_server_nothing_counts_as_sent(world, settings):
    settings.OUTBOX, settings.MAIL_CARRIER = False, ""
    message = say(world)
    work.drain("deliver-message")
    message.refresh_from_db()
    assert (message.state, message.failure["word"]) == (Message.State.WAITING, "not-set-up")


@pytest.mark.parametrize("channel", ["sms", "voice", "chat"])
def test_other_channels_end_in_the_outbox_or_say_that_no_provider_is_set_up(world, settings, channel):
    kept, lost = (say(world, channel=channel, address="+819011112222") for _ in range(2))
    Message.objects.filter(pk=lost.pk).update(due_at=None)
    work.drain("deliver-message")
    Message.objects.filter(pk=lost.pk).update(due_at=business_time.now())
    settings.OUTBOX = False
    work.drain("deliver-message")
    kept.refresh_from_db()
    lost.refresh_from_db()
    assert (kept.state, kept.carrier) == (Message.State.SENT, "outbox")
    assert (lost.state, lost.failure["word"]) == (Message.State.FAILED, "no-provider")


def test_staff_see_each_message_as_on_the_device_with_its_link_and_nobody_else_does(world, client):
    message = say(world, facts={**FACTS, "name": "<script>alert(1)</script> http://127.0.0.1:8000/invitations/abc/"})
    work.drain("deliver-message")
    client.force_login(world.operator)
    page = client.get(reverse("message", args=[message.pk])).content.decode()
    assert 'href="http://127.0.0.1:8000/invitations/abc/"' in page
    assert "<script>alert" not in page and "482913" in page
    assert message.subject in client.get(reverse("outbox")).content.decode()
    for person in (world.owner, world.stranger):
        client.force_login(person)
        assert client.get(reverse("outbox")).status_code == 404
        assert client.get(reverse("message", args=[message.pk])).status_code == 404


def test_in_a_real_portal_the_page_hides_the_secrets(world, client, settings):
    settings.OUTBOX, settings.MAIL_CARRIER = False, "smtp"
    message, waiting = say(world), say(world)
    Message.objects.filter(pk=waiting.pk).update(due_at=business_time.now() + dt.timedelta(hours=1))
    work.drain("deliver-message")
    client.force_login(world.admin)
    for row in (message, waiting):
        page = client.get(reverse("message", args=[row.pk])).content.decode()
        assert "482913" not in page and messages.HIDDEN in page
    waiting.refresh_from_db()
    assert secrets_of(waiting)
    page = client.get(reverse("message", args=[message.pk])).content.decode()
    assert "482913" not in page and messages.HIDDEN in page


def test_the_outbox_is_narrowed_by_words_channel_and_state(world, client):
    say(world)
    say(world, channel="sms", address="+819011112222", user=None)
    client.force_login(world.operator)

    def rows(query: str) -> int:
        return len(client.get(f"{reverse('outbox')}?{query}").context["page"].rows)

    queries = ("", "channel=sms", "q=9011112222", "q=青木", "state=failed", "state=nonsense")
    assert [rows(query) for query in queries] == [2, 1, 1, 1, 0, 2]
