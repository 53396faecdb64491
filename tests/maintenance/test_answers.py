"""The page behind the link in a message: read by anybody's scanner, answered once, by the person who was asked."""

import datetime as dt
import re
import time
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Agreement, Member, Message
from customers.sealed import secrets_of
from maintenance import approvals, changes
from maintenance.models import Answer, Approval, Change
from opsportal import business_time, work
from tests.customers.agreeing import signed
from tests.customers.test_races import at_once
from tests.maintenance.changing import answered, proposed

State = Change.State


def link_of(change: Change, user) -> str:
    """The path of the newest link that was sent to a person."""
    message = Message.objects.filter(kind="change-approval", user=user).latest("pk")
    return urlsplit(secrets_of(message)["link"]).path


def tomorrow() -> dt.datetime:
    return business_time.now() + dt.timedelta(hours=17)


def agree(world, role: str, *, second_factor: bool = False) -> None:
    """Who approves restarts of servers, as both sides have signed."""
    held = Agreement.objects.filter(environment=world.shop_production).latest("number")
    rule = {"role": role, "second_factor": second_factor, "two_persons": False}
    signed(world, approvals={**held.approvals, "server-restart": rule})


@pytest.fixture
def asked(acting):
    """A change for the coming night that the owner and the approver were asked about."""
    agree(acting, "approver")
    acting.change = proposed(acting, starts_at=tomorrow())
    acting.link = link_of(acting.change, acting.owner)
    return acting


def fresh(change: Change) -> Change:
    return Change.objects.get(pk=change.pk)


def test_the_page_tells_everything_that_is_promised_and_every_call(asked, client):
    text = client.get(asked.link).text
    promised = ("約 5 分", "失われるもの", "いつでも起動し直せます", "変わりません", "回答がなければ実施しません")
    called = ("ec2:StopInstances", "ec2:StartInstances", asked.change.aws_id)
    for words in ("サーバーの停止と起動", "web-1", *promised, *called):
        assert words in text, words


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_opens_the_link_decides_nothing(asked, client, method):
    for _ in range(3):
        getattr(client, method)(asked.link)
    assert fresh(asked.change).state == State.PROPOSED and not Answer.objects.exists()


def test_a_scanner_that_sends_the_form_without_its_token_is_refused(asked):
    assert Client(enforce_csrf_checks=True).post(asked.link, {"word": "yes"}).status_code == 403
    assert not Answer.objects.exists()


def test_the_address_goes_nowhere_and_is_kept_nowhere(asked, client):
    answer = client.get(asked.link)
    assert answer["Referrer-Policy"] == "strict-origin" and "no-store" in answer["Cache-Control"]
    assert urlsplit(asked.link).path not in answer.text


def test_one_tap_approves_and_the_page_says_what_happens_now(asked, client):
    answer = client.post(asked.link, {"word": "yes"}, follow=True)
    assert "「実施してよい」と回答しました" in answer.text and "承認を取り消す" in answer.text
    given = Answer.objects.get()
    assert (fresh(asked.change).state, given.user, given.way) == (State.APPROVED, asked.owner, "link")


def test_pressing_twice_is_one_answer_and_no_fault(asked, client):
    for _ in range(2):
        assert "「実施してよい」と回答しました" in client.post(asked.link, {"word": "yes"}, follow=True).text
    assert Answer.objects.count() == 1


def test_a_no_ends_it_and_the_others_are_told(asked, client):
    assert "「実施しない」と回答しました" in client.post(asked.link, {"word": "no"}, follow=True).text
    assert fresh(asked.change).state == State.DECLINED
    told = Message.objects.filter(kind="change-decided")
    assert {message.user for message in told} == {asked.approver, asked.operator}
    assert "青木 由美 さんが「実施しない」と回答しました" in client.get(link_of(asked.change, asked.approver)).text


def test_later_asks_again_about_that_very_time(asked, client):
    offered = re.findall(r'name="when" value="([^"]+)"', client.get(asked.link).text)
    assert len(offered) == 4
    answer = client.post(asked.link, {"word": "later", "when": offered[0]}, follow=True)
    assert "別の日時を希望しました" in answer.text
    change = fresh(asked.change)
    assert (change.state, change.starts_at) == (State.PROPOSED, dt.datetime.fromisoformat(offered[0]))
    again = link_of(change, asked.owner)
    assert again != asked.link
    assert "「実施してよい」と回答しました" in client.post(again, {"word": "yes"}, follow=True).text
    assert fresh(change).state == State.APPROVED


def test_another_time_may_be_written_in_ones_own_zone(asked, client):
    day = (business_time.now() + dt.timedelta(days=3)).date()
    given = {"word": "later", "when": "other", "day": day.isoformat(), "clock": "04:30"}
    client.post(asked.link, given)
    assert fresh(asked.change).starts_at == dt.datetime.combine(day, dt.time(19, 30), dt.UTC) - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"when": "other"}, "日付と時刻を選んでください"),
        ({"when": "2020-01-01T00:00:00+00:00"}, "より後の日時を選んでください"),
        ({"when": "2199-01-01T00:00:00+00:00"}, "より前の日時を選んでください"),
        ({"when": "nonsense"}, "日付と時刻を選んでください"),
        ({}, "別の日時を選んでください"),
    ],
)
def test_a_time_that_cannot_be_is_told_and_nothing_is_decided(asked, client, given, words):
    assert words in client.post(asked.link, {"word": "later", **given}).text
    assert fresh(asked.change).starts_at == asked.change.starts_at and not Answer.objects.exists()


def test_a_late_yes_counts_for_nothing_and_is_told_so(asked, client, clock):
    clock.forward(hours=18)
    assert "回答期限を過ぎました" in client.post(asked.link, {"word": "yes"}).text
    work.drain("lapse-approval")
    assert fresh(asked.change).state == State.LAPSED
    assert "ご回答がなかったため実施しません" in client.get(asked.link).text


def test_when_it_was_called_off_the_link_says_so(asked, client):
    changes.cancel(change=asked.change, at=business_time.now(), by=asked.operator)
    assert "この作業は中止になりました" in client.post(asked.link, {"word": "yes"}).text
    assert fresh(asked.change).state == State.CANCELLED


def test_a_yes_to_what_has_changed_since_is_void(asked, client):
    Change.objects.filter(pk=asked.change.pk).update(parameters={**asked.change.parameters, "mark": "another"})
    assert "この確認は無効になりました" in client.get(asked.link).text
    assert "計画が変わりました" in client.post(asked.link, {"word": "yes"}).text
    assert fresh(asked.change).state == State.PROPOSED and not Answer.objects.exists()


def test_the_second_of_two_learns_who_was_first(asked, client):
    answered(asked.change, asked.approver)
    text = client.post(asked.link, {"word": "no"}).text
    assert "大塚 修 さんがすでに承認しました" in text
    assert fresh(asked.change).state == State.APPROVED


def test_whoever_may_no_longer_approve_is_told_so(asked, client):
    link = link_of(asked.change, asked.approver)
    Member.objects.filter(user=asked.approver).update(role=Member.Role.VIEWER)
    assert "ご回答は不要になりました" in client.get(link).text
    client.post(link, {"word": "yes"})
    assert not Answer.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "operator", "approver"])
def test_a_link_that_was_passed_on_answers_for_nobody_who_is_logged_in(asked, client, who):
    client.force_login(getattr(asked, who))
    for text in (client.get(asked.link).text, client.post(asked.link, {"word": "yes"}).text):
        assert "このリンクは別の方宛てです" in text and "試験書店" not in text and "web-1" not in text
    assert not Answer.objects.exists()
    client.post(asked.link, {"word": "leave"})
    assert "この日時に実施してよい" in client.get(asked.link).text


def test_a_link_that_nobody_sent_opens_nothing(asked, client):
    answer = client.get(reverse("answer-approval", args=["x" * 43]))
    assert answer.status_code == 410 and "このリンクは使えません" in answer.text
    assert answer["Referrer-Policy"] == "strict-origin"


def test_the_yes_is_taken_back_behind_the_link_until_it_begins(asked, client):
    client.post(asked.link, {"word": "yes"})
    assert "承認を取り消しました" in client.post(asked.link, {"word": "withdraw"}, follow=True).text
    assert fresh(asked.change).state == State.DECLINED


def test_the_page_speaks_the_language_of_whoever_was_asked(acting, client):
    type(acting.owner).objects.filter(pk=acting.owner.pk).update(language="en", time_zone="America/New_York")
    link = link_of(proposed(acting, starts_at=tomorrow()), acting.owner)
    text = client.get(link, headers={"Accept-Language": "ja"}).text
    assert "Yes, do it then" in text and re.search(r"E[SD]T", text)
    body = Message.objects.filter(kind="change-approval", user=acting.owner).latest("pk").body
    assert "need your answer" in body and re.search(r"E[SD]T", body) and "<time" not in body


# With a second factor --------------------------------------------------------------------------------------------


@pytest.fixture
def strict(acting):
    """As agreed, restarts of a server need the owner's yes with a second factor."""
    agree(acting, "owner", second_factor=True)
    acting.change = proposed(acting, starts_at=tomorrow())
    acting.link = link_of(acting.change, acting.owner)
    return acting


def test_a_yes_leads_through_log_in_where_a_second_factor_was_agreed(strict, client):
    assert "ログインして承認する" in client.get(strict.link).text
    going = client.post(strict.link, {"word": "yes"})
    assert going.status_code == 302 and going.url.startswith(reverse("login")) and "next=" in going.url
    assert not Answer.objects.exists()


def _session(client, user, **values) -> None:
    client.force_login(user)
    session = client.session
    session.update(values)
    session.save()


def test_a_session_without_a_second_factor_is_sent_to_set_one_up(strict, client):
    _session(client, strict.owner, factor="", proven_at=int(time.time()))
    assert client.post(strict.link, {"word": "yes"}).url == reverse("second-factor")
    assert not Answer.objects.exists()


def test_an_old_proof_is_asked_for_anew(strict, client):
    _session(client, strict.owner, factor="app", proven_at=0)
    assert client.post(strict.link, {"word": "yes"}).url.startswith(reverse("confirm"))
    assert not Answer.objects.exists()


def test_a_fresh_proof_of_that_very_person_counts(strict, client):
    _session(client, strict.owner, factor="app", proven_at=int(time.time()))
    client.post(strict.link, {"word": "yes"})
    assert (fresh(strict.change).state, Answer.objects.get().proven) == (State.APPROVED, True)


def test_a_no_needs_no_second_factor(strict, client):
    client.post(strict.link, {"word": "no"})
    assert fresh(strict.change).state == State.DECLINED


# In the portal -----------------------------------------------------------------------------------------------------


def test_who_is_asked_answers_on_the_page_of_the_change(asked, client):
    client.force_login(asked.owner)
    page = reverse("change", args=[asked.change.pk])
    assert "ご回答をお願いします" in client.get(page).text
    client.post(reverse("answer-change", args=[asked.change.pk]), {"word": "yes"})
    assert fresh(asked.change).state == State.APPROVED and Answer.objects.get().way == "portal"
    client.post(reverse("withdraw-approval", args=[asked.change.pk]))
    assert fresh(asked.change).state == State.DECLINED


@pytest.mark.parametrize("who", ["viewer", "developer"])
def test_who_is_not_asked_sees_the_change_and_decides_nothing(asked, client, who):
    client.force_login(getattr(asked, who))
    assert "この日時に実施してよい" not in client.get(reverse("change", args=[asked.change.pk])).text
    client.post(reverse("answer-change", args=[asked.change.pk]), {"word": "yes"})
    client.post(reverse("withdraw-approval", args=[asked.change.pk]))
    assert fresh(asked.change).state == State.PROPOSED and not Answer.objects.exists()


def test_a_foreign_change_does_not_exist(asked, client):
    client.force_login(asked.stranger)
    for name in ("answer-change", "withdraw-approval"):
        assert client.post(reverse(name, args=[asked.change.pk]), {"word": "yes"}).status_code == 404
    assert client.get(reverse("change", args=[asked.change.pk])).status_code == 404


# Two at once ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_in_the_same_moment_one_decides(acting):
    agree(acting, "approver")
    for _ in range(8):
        change = proposed(acting, starts_at=tomorrow())
        links = [link_of(change, user) for user in (acting.owner, acting.approver)]
        at_once(*[lambda link=link, word=word: Client().post(link, {"word": word})
                  for link, word in zip(links, ("yes", "no"), strict=True)])  # fmt: skip
        given = Answer.objects.get(approval__change=change)
        expected = {"yes": State.APPROVED, "no": State.DECLINED}[given.word]
        assert fresh(change).state == expected
        assert approvals.question_of(change).state == Approval.State(given.word)
        if change.is_open:
            changes.cancel(change=fresh(change), at=business_time.now(), by=acting.operator)
