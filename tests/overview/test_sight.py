"""What is not seen never looks like good news: readings that stopped, were denied, or never came."""

import datetime as dt
import json
import re

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from customers.models import Need, Poll, Standing
from opsportal.models import Beat
from tests.customers.agreeing import proposed, signed
from tests.world import read_now, trust

HTMX = {"HX-Request": "true"}
NOT_LATELY = "この情報は最近読み取れていません"
NOT_ALL = "この情報の一部を AWS から読み取れていません"


def environment_page(client, environment) -> str:
    return client.get(reverse("environment", args=[environment.pk])).text


def board(client, environment, **query):
    return client.get(reverse("environment-part", args=[environment.pk, "board"]), query, headers=HTMX)


@pytest.fixture
def alive(db):
    """Every process of the portal gave a sign of life just now."""
    for process in ("clock", "read", "act", "speak"):
        Beat.objects.update_or_create(process=process, defaults={"at": Now()})


def test_readings_that_stopped_turn_good_news_into_not_known(read, client, clock, alive):
    client.force_login(read.operator)
    fresh = environment_page(client, read.shop_production)
    seen = re.search(r"seen=([0-9.]+)", fresh)[1]
    assert fresh.count('class="duty duty-ok"') >= 3 and NOT_LATELY not in fresh
    clock.forward(minutes=7)
    old = environment_page(client, read.shop_production)
    assert "前回の読み取り時: 予告されたメンテナンスはありません" in old
    assert 'class="duty duty-ok"' not in old.split('<span class="duty-code">N2</span>')[0]
    assert NOT_LATELY in old and "サイトを最近確認できていません" in old
    assert "AWS からのメンテナンス予告はありません" not in old
    assert board(client, read.shop_production, seen=seen).status_code == 200


def test_the_page_is_good_news_again_once_it_is_read_again(read, client, clock, alive):
    client.force_login(read.operator)
    clock.forward(minutes=7)
    assert NOT_LATELY in environment_page(client, read.shop_production)
    read_now(read.shop_production)
    assert NOT_LATELY not in environment_page(client, read.shop_production)


def test_staff_see_on_their_first_page_that_readings_stopped(read, client, clock, alive):
    client.force_login(read.operator)
    seen = re.search(r"seen=([0-9.]+)", client.get("/").text)[1]
    assert "最近読み取れていない環境" not in client.get("/").text
    clock.forward(minutes=7)
    renewed = client.get("/", {"seen": seen}, headers=HTMX)
    assert renewed.status_code == 200 and "最近読み取れていない環境が 2 件あります" in renewed.text


def test_staff_see_on_their_first_page_that_a_process_is_silent(read, client, alive):
    client.force_login(read.operator)
    assert "ポータル自体" not in client.get("/").text
    Beat.objects.filter(process="clock").update(at=Now() - dt.timedelta(minutes=2))
    page = client.get("/").text
    assert "ポータル自体の動作が遅れています" in page and "clock" in page


def test_workers_that_fell_silent_before_the_clock_are_named_beside_it(read, client, alive):
    client.force_login(read.operator)
    Beat.objects.filter(process="clock").update(at=Now() - dt.timedelta(minutes=2))
    Beat.objects.filter(process="act").update(at=Now() - dt.timedelta(minutes=5))
    assert "応答がないプロセス: clock, act" in client.get("/").text
    assert client.get("/readyz").json()["silent"] == ["clock", "act"]
    Beat.objects.filter(process="clock").update(at=Now())
    assert client.get("/readyz").json()["silent"] == ["act"]


def test_the_list_of_customers_shows_and_finds_what_was_not_read_lately(read, client, clock, alive):
    Standing.objects.update(level=Standing.Level.OK)
    client.force_login(read.operator)
    listed = lambda level: client.get(reverse("customers"), {"level": level}).text.count("試験書店</a>")  # noqa: E731
    assert (listed(Standing.Level.OK), listed(Standing.Level.UNKNOWN)) == (1, 0)
    clock.forward(minutes=7)
    assert (listed(Standing.Level.OK), listed(Standing.Level.UNKNOWN)) == (0, 1)


def test_a_customer_is_not_told_that_the_site_is_well_when_nobody_looked(read, client, clock):
    client.force_login(read.owner)
    assert "現在の状態を確認できていません" not in client.get("/").text
    clock.forward(minutes=7)
    page = client.get("/").text
    assert "現在の状態を確認できていません" in page
    assert "サイトは正常です" not in page and "AWS からのメンテナンス予告はありません" not in page


def test_denied_announcements_are_not_told_as_none(connected, client, scenes):
    trust(scenes, connected.shop_production, withheld=("rds:DescribePendingMaintenanceActions",))
    read_now(connected.shop_production)
    for who in (connected.operator, connected.owner):
        client.force_login(who)
        for page in (
            environment_page(client, connected.shop_production),
            client.get(reverse("notices", args=[connected.shop_production.pk])).text,
        ):
            assert NOT_ALL in page
            assert "AWS からの予告はありません" not in page
    home = client.get("/").text
    assert NOT_ALL in home and "AWS からのメンテナンス予告はありません" not in home


def test_an_incident_is_not_ruled_out_while_alarms_cannot_be_read(connected, client, scenes):
    trust(scenes, connected.shop_production, withheld=("cloudwatch:DescribeAlarms",))
    read_now(connected.shop_production)
    client.force_login(connected.operator)
    page = environment_page(client, connected.shop_production)
    response = page.split('<span class="duty-code">I3</span>')[1].split("</li>")[0]
    assert "不明" in response
    assert "のアラームはすべて正常です" not in page


def test_an_owner_reads_no_operation_names_but_finds_them(connected, client, scenes):
    trust(scenes, connected.shop_production, withheld=("rds:DescribePendingMaintenanceActions",))
    read_now(connected.shop_production)
    client.force_login(connected.owner)
    home = client.get("/").text
    assert "AWS アカウントの権限が不足しています" in home and "DescribePendingMaintenanceActions" not in home
    readings = reverse("readings", args=[connected.shop_production.pk])
    assert readings in home
    assert "rds:DescribePendingMaintenanceActions" in client.get(readings).text


def test_what_the_provider_sees_to_is_listed_where_the_home_says_so(read, client, scenes):
    scenes.apply("alarm", server="web-1")
    read_now(read.shop_production, Poll.Reading.ALARMS)
    client.force_login(read.owner)
    home = client.get("/").text
    assert "下にまとめています" in home
    assert "web-1" in home.split("当社で対応していること")[1]


def test_the_last_backup_is_still_known_when_backups_cannot_be_read(read, client, scenes):
    standing = Standing.objects.get(environment=read.shop_production)
    assert standing.last_backup_at
    scenes.apply("deny", operation="rds:DescribeDBSnapshots")
    read_now(read.shop_production, Poll.Reading.BACKUPS)
    assert Standing.objects.get(environment=read.shop_production).last_backup_at == standing.last_backup_at


def test_status_checks_that_cannot_be_read_are_not_called_good(read, client, scenes):
    client.force_login(read.operator)
    assert "ステータスチェック: システム 正常" in environment_page(client, read.shop_production)
    scenes.apply("deny", operation="ec2:DescribeInstanceStatus")
    read_now(read.shop_production, Poll.Reading.STATUS)
    page = environment_page(client, read.shop_production)
    assert "システム 正常" not in page and "ステータスチェック" in page


def test_the_list_does_not_call_a_site_up_that_nobody_visited_lately(read, client, clock, alive):
    client.force_login(read.operator)
    assert "応答あり" in client.get(reverse("customers")).text
    clock.forward(minutes=7)
    page = client.get(reverse("customers")).text
    assert "応答あり" not in page and "最近未確認" in page


def test_what_the_plan_leaves_to_the_customer_is_not_promised_by_the_provider(read, client, scenes):
    scenes.apply("alarm", server="web-1")
    read_now(read.shop_production, Poll.Reading.ALARMS)
    Need.objects.filter(kind="alarm-ringing").update(performer="customer")
    client.force_login(read.owner)
    asked = client.get("/").text.split("お客様にお願いしたいこと</h3>")[1].split("これからの予定")[0]
    assert "お客様のご担当です" in asked and "当社で" not in asked


def test_the_home_of_a_customer_renews_the_age_of_the_last_visit(read, client, clock):
    client.force_login(read.owner)
    seen = re.search(r"seen=([0-9.-]+)", client.get("/").text)[1]
    assert client.get("/", {"seen": seen}, headers=HTMX).status_code == 204
    clock.forward(minutes=2)
    read_now(read.shop_production, Poll.Reading.SITE)
    assert client.get("/", {"seen": seen}, headers=HTMX).status_code == 200


def test_open_pages_are_told_the_business_time(read, client, clock):
    client.force_login(read.operator)
    told = [int(client.get("/", headers=HTMX)["X-Portal-Now"])]
    clock.forward(hours=8)
    told.append(int(client.get("/", headers=HTMX)["X-Portal-Now"]))
    assert told[1] - told[0] >= 8 * 3600 * 1000


def test_a_site_that_was_just_visited_is_not_called_unvisited_because_aws_is_silent(read, client, clock, alive):
    clock.forward(minutes=7)
    read_now(read.shop_production, Poll.Reading.SITE)
    client.force_login(read.operator)
    row = client.get(reverse("customers")).text.split("試験書店", 1)[1].split("</tr>")[0]
    assert "応答あり" in row and "最近未確認" not in row


def test_a_customer_who_responds_by_the_plan_is_not_told_that_the_provider_does(read, client, scenes):
    signed(read, performers={"I3": "customer"})
    scenes.apply("site-down")
    read_now(read.shop_production, Poll.Reading.SITE)
    client.force_login(read.owner)
    home = client.get("/").text
    assert "お願いしたいことは下にあります" in home
    assert "当番の運用担当者の画面に出しています" not in home


def test_a_customer_whose_provider_responds_is_told_so_whatever_else_waits_for_them(read, client, scenes):
    proposed(read, read.admin, retention_days=14)
    scenes.apply("site-down")
    read_now(read.shop_production, Poll.Reading.SITE)
    client.force_login(read.owner)
    home = client.get("/").text
    assert "当番の運用担当者の画面に出しています" in home
    assert "お願いしたいことは下にあります" not in home


def test_an_open_page_shows_how_fast_the_site_answered_at_the_visit_whose_age_it_shows(read, client, clock, alive):
    client.force_login(read.operator)
    seen = re.search(r"seen=([0-9.]+)", environment_page(client, read.shop_production))[1]
    Standing.objects.filter(environment=read.shop_production).update(site_ms=1234)
    answer = board(client, read.shop_production, seen=seen)
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["figures"] == {"site-ms": "1,234"}


def test_not_everything_is_called_saved_while_it_is_not_seen_what_there_is(read, client, scenes, alive):
    scenes.apply("deny", operation="ec2:DescribeInstances")
    read_now(read.shop_production)
    client.force_login(read.operator)
    saved = environment_page(client, read.shop_production).split('<span class="duty-code">N5</span>')[0]
    assert saved.rindex("duty duty-unknown") > saved.rindex('<span class="duty-code">N4</span>')
