"""The pages of changes: seen exactly before it is proposed, followed live, called off, stopped for all, told to all."""

import datetime as dt
import re
from importlib import import_module

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils.html import escape

from customers import messages
from customers.models import LogbookEntry, Message, Need, Server
from maintenance import approvals, changes
from maintenance.actions import ACTIONS
from maintenance.models import Change, Freeze, Reminder, Step
from opsportal import business_time, work
from opsportal.aws.errors import Refused
from tests.customers.agreeing import signed
from tests.maintenance.changing import answered, let_run, proposed, target_of

State = Change.State
HTMX = {"HX-Request": "true"}


def tomorrow() -> dt.datetime:
    return business_time.now() + dt.timedelta(hours=17)


def form(client, world, action: str = "stop-start", **given) -> dict[str, str]:
    """What the browser would send: the form as it stands, filled."""
    text = client.get(reverse("new-change", args=[world.shop_production.pk, action])).text
    reference = re.search(r'name="reference" value="([^"]+)"', text)[1]
    return {"target": target_of(world).aws_id, "when": "now", "reference": reference, "decide": "show", **given}


def post(client, world, given: dict[str, str], action: str = "stop-start"):
    return client.post(reverse("new-change", args=[world.shop_production.pk, action]), given)


def shown(text: str) -> str:
    return re.search(r'name="shown" value="([^"]+)"', text)[1]


@pytest.fixture
def staff(acting, client):
    """An operator is logged in."""
    client.force_login(acting.operator)
    return acting


# Proposing -----------------------------------------------------------------------------------------------------------


def test_staff_see_exactly_what_would_be_called_before_anybody_is_asked(staff, client):
    text = post(client, staff, form(client, staff)).text
    for words in (
        "ec2:StopInstances",
        "ec2:StartInstances",
        "約 5 分",
        "失われるもの",
        "青木 由美",
        "までに回答がなければ",
    ):
        assert words in text, words
    assert not Change.objects.exists() and not Message.objects.filter(kind="change-approval").exists()


def test_what_was_seen_is_what_is_proposed(staff, client):
    given = form(client, staff, reason="  保守の \n ため ")
    given["shown"] = shown(post(client, staff, given).text)
    answer = post(client, staff, {**given, "decide": "propose"})
    change = Change.objects.get()
    assert answer.url == reverse("change", args=[change.pk])
    assert (str(change.reference), change.reason, change.state) == (given["reference"], "保守の ため", State.PROPOSED)
    assert Message.objects.filter(kind="change-approval", user=staff.owner).count() == 1


def test_a_snapshot_keeps_the_name_that_was_shown(staff, client):
    signed(staff, approvals={"backup": {"role": "none", "second_factor": False, "two_persons": False}})
    database = staff.shop_production.database_set.get()
    given = form(client, staff, "take-database-backup", target=database.aws_id)
    text = post(client, staff, given, "take-database-backup").text
    assert "取り決めにより承認不要" in text
    post(client, staff, {**given, "shown": shown(text), "decide": "propose"}, "take-database-backup")
    change = Change.objects.get()
    assert change.plan["steps"][0]["parameters"]["DBSnapshotIdentifier"] in text
    assert change.state == State.APPROVED


def test_what_changed_between_looking_and_proposing_is_looked_at_again(staff, client):
    given = form(client, staff)
    given["shown"] = shown(post(client, staff, given).text)
    Server.objects.filter(environment=staff.shop_production, name="web-1").update(public_address="203.0.113.9")
    text = post(client, staff, {**given, "decide": "propose"}).text
    assert "確認した内容から変わっています" in text and not Change.objects.exists()


def test_nothing_is_proposed_unseen(staff, client):
    assert "もう一度確認してください" in post(client, staff, form(client, staff, decide="propose")).text
    assert not Change.objects.exists()


def test_why_it_cannot_be_done_is_told_in_words(staff, client):
    Server.objects.filter(environment=staff.shop_production, name="web-1").update(state="stopped")
    assert "実行中のサーバーだけが対象です" in post(client, staff, form(client, staff)).text


def test_without_a_role_to_act_with_it_is_shown_but_not_proposed(staff, client):
    type(staff.shop_production).objects.update(act_role_arn="")
    given = form(client, staff)
    text = post(client, staff, given).text
    assert "ec2:StopInstances" in text
    refused = post(client, staff, {**given, "shown": shown(text), "decide": "propose"}).text
    assert "操作用ロールを登録してください" in refused and not Change.objects.exists()


def test_a_target_of_another_customer_cannot_be_named(staff, client):
    foreign = Server.objects.filter(environment=staff.inn_production).first()
    assert "ec2:StopInstances" not in post(client, staff, form(client, staff, target=foreign.aws_id)).text


def test_less_notice_than_agreed_is_said_and_left_to_the_proposer(staff, client):
    signed(staff, notice_short_days=14)
    assert "14 日前までに予告します" in post(client, staff, form(client, staff)).text


def test_an_action_that_does_not_exist_is_missing(staff, client):
    assert client.get(reverse("new-change", args=[staff.shop_production.pk, "format-disk"])).status_code == 404


# Following -----------------------------------------------------------------------------------------------------------


def test_staff_and_customer_follow_it_live_to_its_end(acting, client, clock):
    change = proposed(acting)
    answered(change, acting.owner)
    page = reverse("change", args=[change.pk])
    client.force_login(acting.owner)
    let_run(change, clock, until={State.RUNNING})
    text = client.get(page, headers=HTMX).text
    assert "実施中" in text and "サーバーを停止" in text and "<html" not in text
    version = re.search(r"seen=([\d.]+)", text)[1]
    assert client.get(page, {"seen": version}, headers=HTMX).status_code == 204
    let_run(change, clock)
    assert client.get(page, {"seen": version}, headers=HTMX).status_code == 200
    request_id = change.steps.first().request_id
    for who in (acting.owner, acting.operator):
        client.force_login(who)
        text = client.get(page).text
        assert "完了し、正常に動作しています" in text and request_id in text and "data-live" not in text


def test_a_first_of_two_answers_shows_on_open_pages(acting, client):
    rule = {"role": "approver", "second_factor": False, "two_persons": True}
    signed(acting, approvals={"server-restart": rule})
    change = proposed(acting, starts_at=tomorrow())
    client.force_login(acting.operator)
    page = reverse("change", args=[change.pk])
    version = re.search(r"seen=([\d.]+)", client.get(page).text)[1]
    answered(change, acting.owner)
    assert change.state == State.PROPOSED
    assert "確認先: 大塚 修 さん" in client.get(page, {"seen": version}, headers=HTMX).text


def test_staff_call_it_off_until_it_begins(staff, client, clock):
    change = proposed(staff)
    client.post(reverse("cancel-change", args=[change.pk]))
    change.refresh_from_db()
    assert (change.state, change.ended_by) == (State.CANCELLED, staff.operator)
    begun = proposed(staff)
    answered(begun, staff.owner)
    let_run(begun, clock, until={State.RUNNING})
    assert "中止できません" in client.post(reverse("cancel-change", args=[begun.pk]), follow=True).text
    begun.refresh_from_db()
    assert begun.state == State.RUNNING


def test_every_change_is_listed_for_staff_and_the_customer(acting, client):
    change = proposed(acting, starts_at=tomorrow())
    for who in (acting.operator, acting.viewer):
        client.force_login(who)
        assert f'id="change-{change.pk}"' in client.get(reverse("changes", args=[acting.shop_production.pk])).text
        part = reverse("environment-part", args=[acting.shop_production.pk, "changes"])
        assert part in client.get(reverse("environment", args=[acting.shop_production.pk])).text
        assert f'id="change-{change.pk}"' in client.get(part, headers=HTMX).text


def test_what_waits_for_me_stands_on_my_home_until_i_answered(acting, client):
    change = proposed(acting, starts_at=tomorrow())
    client.force_login(acting.owner)
    text = client.get("/").text
    assert reverse("change", args=[change.pk]) in text and "お客様にお願いしたいことがあります" in text
    answered(change, acting.owner)
    text = client.get("/").text
    assert "承認済み" in text and "お客様にお願いしたいことがあります" not in text
    client.force_login(acting.viewer)
    assert "実施する・しない・別の日時" not in client.get("/").text


def test_the_page_of_a_change_asks_the_database_little(acting, client, django_assert_max_num_queries):
    change = proposed(acting, starts_at=tomorrow())
    page = reverse("change", args=[change.pk])
    for who in (acting.operator, acting.owner):
        client.force_login(who)
        client.get(page)
        # Twelve, and four that stand around every request of a test.
        with django_assert_max_num_queries(16):
            client.get(page)


# What needs a hand ---------------------------------------------------------------------------------------------------


def test_a_failure_needs_a_hand_until_somebody_has_dealt_with_it(staff, client):
    change = proposed(staff)
    answered(change, staff.owner)
    at = business_time.now()
    assert changes.move(change, State.RUNNING, at=at, started_at=at)
    assert changes.move(change, State.FAILED, at=at, failure={"word": "took-too-long", "step": "stop"})
    need = Need.objects.get(kind="change-failed", settled_at=None)
    assert (need.environment, need.urgency) == (staff.shop_production, Need.Urgency.NOW)
    assert "失敗: web-1 の" in client.get("/").text
    page = client.get(reverse("change", args=[change.pk])).text
    assert "想定時間内に終わりませんでした" in page and "対応した" in page
    client.post(reverse("see-to-change", args=[change.pk]))
    assert not Need.objects.filter(kind="change-failed", settled_at=None).exists()
    assert LogbookEntry.objects.filter(verb="change-seen-to", actor=staff.operator).count() == 1
    told = Message.objects.filter(kind="change-failed")
    assert {message.user for message in told} == {staff.owner, staff.operator}


def test_silence_near_its_time_needs_a_hand_and_an_answer_settles_it(staff, client, clock):
    change = proposed(staff, starts_at=business_time.now() + dt.timedelta(days=3))
    clock.forward(hours=47)
    work.drain("remind-of-change")
    assert not Need.objects.filter(kind="change-unanswered").exists()
    clock.forward(hours=2)
    work.drain("remind-of-change")
    assert "承認の回答待ち: web-1 の" in client.get("/").text
    client.force_login(staff.owner)
    assert "承認の回答待ち" not in client.get("/").text
    answered(change, staff.owner)
    assert not Need.objects.filter(kind="change-unanswered", settled_at=None).exists()


# The brake -----------------------------------------------------------------------------------------------------------


def test_a_freeze_holds_a_customers_changes_back_and_says_so(staff, client, clock):
    change = proposed(staff)
    answered(change, staff.owner)
    client.post(reverse("freeze", args=[staff.shop.pk]), {"turn": "freeze", "reason": "セール期間"})
    work.drain("advance-change")
    change.refresh_from_db()
    assert change.state == State.APPROVED and not Step.objects.exists()
    client.force_login(staff.owner)
    assert "セール期間" in client.get(reverse("change", args=[change.pk])).text
    client.force_login(staff.operator)
    client.post(reverse("freeze", args=[staff.shop.pk]), {"turn": "lift"})
    clock.forward(seconds=60)
    assert let_run(change, clock).state == State.DONE


def test_a_freeze_needs_a_reason(staff, client):
    assert "理由を簡単に" in client.post(reverse("freeze", args=[staff.shop.pk]), {"turn": "freeze"}).text
    assert not Freeze.objects.exists()


def test_only_an_admin_stops_the_changes_of_all(staff, client):
    everybody = reverse("freeze-all")
    given = {"turn": "freeze", "reason": "AWS の障害"}
    assert "管理者が行います" in client.get(everybody).text
    assert client.post(everybody, given).status_code == 404 and not Freeze.objects.exists()
    client.force_login(staff.admin)
    client.post(everybody, given)
    client.force_login(staff.operator)
    assert "AWS の障害" in client.get("/").text
    change = proposed(staff)
    assert "AWS の障害" in client.get(reverse("change", args=[change.pk])).text


# Telling people ------------------------------------------------------------------------------------------------------


def said(kind: str) -> set[str]:
    return {message.user.email.split("@")[0] for message in Message.objects.filter(kind=kind)}


def test_people_are_told_what_was_decided_the_day_and_the_hour_before_and_how_it_ended(acting, clock):
    change = proposed(acting, starts_at=business_time.now() + dt.timedelta(days=2))
    answered(change, acting.owner)
    assert said("change-decided") == {"operator"}
    for hours, reminders in ((23, 0), (2, 1), (21, 1), (1.5, 2)):
        clock.forward(hours=hours)
        for _ in range(2):
            work.drain("remind-of-change")
        assert Message.objects.filter(kind="change-starting", user=acting.owner).count() == reminders, hours
    let_run(change, clock, turns=400)
    assert change.state == State.DONE
    assert said("change-starting") == said("change-done") == {"owner", "operator"}
    for message in Message.objects.filter(kind__startswith="change-"):
        assert "<" not in message.body and "{" not in message.body, message.body


def test_nobody_is_reminded_of_what_does_not_happen_at_that_time(acting, clock):
    change = proposed(acting, starts_at=business_time.now() + dt.timedelta(hours=3))
    answered(change, acting.owner)
    assert Reminder.objects.filter(change=change, kind="hour", done_at=None).exists()
    approvals.withdraw(change=change, user=acting.owner, at=business_time.now())
    clock.forward(hours=2.5)
    work.drain("remind-of-change")
    assert said("change-starting") == set() and "operator" in said("change-decided")


def test_a_told_time_comes_with_an_entry_for_the_calendar(acting, settings):
    change = proposed(acting, starts_at=tomorrow())
    answered(change, acting.owner)
    settings.MAIL_CARRIER = "test"
    work.drain("deliver-message")
    (sent,) = [one for one in mail.outbox if "実施予定" in one.subject]
    ((name, calendar, kind),) = sent.attachments
    assert name == "calendar.ics" and kind.startswith("text/calendar")
    lines = calendar.split("\r\n")
    assert f"DTSTART:{change.starts_at:%Y%m%dT%H%M%SZ}" in lines and "STATUS:CONFIRMED" in lines
    assert max(len(line.encode()) for line in lines) <= 75
    changes.cancel(change=change, at=business_time.now(), by=acting.admin)
    assert "STATUS:CANCELLED" in Message.objects.filter(kind="change-decided", user=acting.owner).latest("pk").calendar


def test_a_refusal_of_aws_is_told_with_its_own_words(acting, client):
    change = proposed(acting)
    change.failure = Refused("Insufficient capacity", operation="ec2:StartInstances", code="X").facts()
    change.save()
    client.force_login(acting.operator)
    assert "Insufficient capacity" in client.get(reverse("change", args=[change.pk])).text


def test_messages_are_said_in_english_too(acting):
    type(acting.owner).objects.filter(pk=acting.owner.pk).update(language="en")
    change = proposed(acting, starts_at=tomorrow())
    changes.cancel(change=change, at=business_time.now(), by=acting.operator)
    told = Message.objects.filter(user=acting.owner, kind__startswith="change-").order_by("pk")
    asked, ended = [messages.full_text(message.body, {}) for message in told]
    assert "Expected downtime: about 5 minutes" in asked and "was called off. Nothing was done." in ended
    assert not re.search(r"[぀-ヿ]", asked.replace("試験のため", ""))


# Every kind of change ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
def test_every_kind_has_a_form_for_its_first_target(staff, client, action):
    page = reverse("new-change", args=[staff.shop_production.pk, action])
    text = client.get(page).text
    assert "実施内容を確認する" in text or "対象になるサーバー・データベースがありません" in text
    for parameter in ACTIONS[action].parameters:
        assert f'name="parameter_{parameter.name}"' in text


def test_a_value_that_cannot_be_is_told_at_its_field_and_one_that_can_is_planned(staff, client):
    disk = staff.shop_production.volume_set.first()
    page = reverse("new-change", args=[staff.shop_production.pk, "grow-volume"])
    given = {"target": disk.aws_id, "when": "now", "decide": "show", "parameter_size_gb": str(disk.size_gb)}
    assert 'id="id_parameter_size_gb_error"' in client.post(page, given).text
    text = client.post(page, {**given, "parameter_size_gb": str(disk.size_gb + 10)}).text
    assert "ec2:ModifyVolume" in text and f">{disk.size_gb + 10}<" in text and "小さくすることはできません" in text


def test_a_command_is_shown_line_by_line_as_it_will_be_sent(staff, client):
    disk = staff.shop_production.volume_set.first()
    page = reverse("new-change", args=[staff.shop_production.pk, "grow-volume"])
    given = {"target": disk.aws_id, "when": "now", "decide": "show", "parameter_size_gb": str(disk.size_gb + 10)}
    sent = client.post(page, given).context["question"].change.plan["steps"][1]["parameters"]["Parameters"]["commands"]
    assert len(sent) > 3 and escape("\n".join(sent)) in client.post(page, given).text


def test_the_choices_are_those_of_the_target_that_was_chosen(staff, client):
    page = reverse("new-change", args=[staff.shop_production.pk, "resize-instance"])
    other = target_of(staff, "web-2")
    text = client.get(page, {"target": other.aws_id}).text
    assert f'<option value="{other.aws_id}" selected>' in text
    assert f'value="{other.instance_type}"' not in text.partition('name="parameter_instance_type"')[2][:400]


def test_what_staff_do_at_somebodys_request_names_both_in_the_logbook(staff, client):
    change = proposed(staff)
    asker = {"on_behalf_of": staff.owner.pk}
    client.post(reverse("act-for", args=[staff.shop.pk]), {"next": "/", **asker})
    text = client.get(reverse("new-change", args=[staff.shop_production.pk, "stop-start"])).text
    assert f'name="on_behalf_of" value="{staff.owner.pk}"' in text
    client.post(reverse("cancel-change", args=[change.pk]), asker)
    entry = LogbookEntry.objects.get(verb="change-cancelled")
    assert (entry.actor, entry.on_behalf_of) == (staff.operator, staff.owner)
    client.post(reverse("freeze", args=[staff.shop.pk]), {"turn": "freeze", "reason": "棚卸し", **asker})
    assert LogbookEntry.objects.get(verb="frozen").on_behalf_of == staff.owner


def _said_yes_to(world) -> Change:
    """A change that an operator proposed and the customer's approver approved."""
    signed(world, approvals={"server-restart": {"role": "approver", "second_factor": False, "two_persons": False}})
    change = proposed(world, starts_at=tomorrow())
    answered(change, world.approver)
    return change


def test_whoever_left_or_is_called_otherwise_now_stands_on_the_change_by_the_name_of_then(acting, client):
    """Staff by another name, the approver no longer with the customer: the owner still reads who did what."""
    change = _said_yes_to(acting)
    names = (acting.operator.name, acting.approver.name)
    acting.approver.memberships.all().delete()
    for person in (acting.operator, acting.approver):
        type(person).objects.filter(pk=person.pk).update(name="新しい名")
    client.force_login(acting.owner)
    text = client.get(reverse("change", args=[change.pk])).text
    assert all(name in text for name in names) and "新しい名" not in text
    listed = client.get(reverse("changes", args=[acting.shop_production.pk])).text
    assert names[0] in listed and "新しい名" not in listed


def test_changes_and_answers_of_before_are_filled_with_the_names_of_their_people(acting):
    change = _said_yes_to(acting)
    given = approvals.question_of(change).answers.get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, trigger in (("change", "change_keeps_names"), ("answer", "answer_keeps_names")):
            cursor.execute(f"ALTER TABLE maintenance_{table} DISABLE TRIGGER {trigger}")
            cursor.execute(f"UPDATE maintenance_{table} SET people = '{{}}'")
        cursor.execute(import_module("maintenance.migrations.0010_keep_names").FILL)
    change.refresh_from_db()
    given.refresh_from_db()
    assert change.people == {"proposed_by": {"name": acting.operator.name, "email": acting.operator.email}}
    assert given.people == {"user": {"name": acting.approver.name, "email": acting.approver.email}}
