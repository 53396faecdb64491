"""The first page: staff see every customer's needs in order, customers whether their sites are well."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from customers import standings
from customers.models import Duty, Member, Need, Poll, Standing
from opsportal import business_time, housekeeping
from tests.world import give_app, read_now

HTMX = {"HX-Request": "true"}


def _need(environment, title: str, urgency: int, days: int | None, **more) -> Need:
    at = business_time.now()
    need = Need.objects.create(
        environment=environment,
        duty=more.pop("duty", Duty.I1),
        origin="test",
        key=title,
        kind="alarm-muted",
        urgency=urgency,
        facts={"name": title},
        performer=more.pop("performer", "provider"),
        deadline_at=None if days is None else at + dt.timedelta(days=days),
        raised_at=at,
        changed_at=at,
    )
    standings.refresh(environment, at)
    return need


def _version(client) -> str:
    return re.search(r"seen=([0-9.]+)", client.get("/", headers=HTMX).text)[1]


def _titles(text: str) -> list[str]:
    return re.findall(r"アラーム (\w+) の通知先がありません", text)


@pytest.fixture
def needs(world):
    """Five needs of two customers, made in disorder."""
    _need(world.shop_production, "plan", 3, 90)
    _need(world.inn_production, "soonlate", 2, 9, duty=Duty.N5)
    _need(world.shop_production, "soonnever", 2, None)
    _need(world.inn_production, "now", 1, None)
    _need(world.shop_production, "soonearly", 2, 2)
    return world


def test_needs_stand_by_urgency_then_deadline_those_without_last(needs, client):
    client.force_login(needs.operator)
    assert _titles(client.get("/").text) == ["now", "soonearly", "soonlate", "soonnever", "plan"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("urgency=2", ["soonearly", "soonlate", "soonnever"]),
        ("duty=N5", ["soonlate"]),
        ("urgency=1&duty=N5", []),
        ("urgency=nonsense&duty=XX&after=broken", ["now", "soonearly", "soonlate", "soonnever", "plan"]),
    ],
)
def test_needs_are_narrowed_by_the_url(needs, client, query, titles):
    client.force_login(needs.operator)
    page = client.get(f"/?{query}").text
    assert _titles(page) == titles
    if not titles:
        assert "該当する要対応はありません" in page


def test_each_need_says_where_what_next_and_who(needs, client):
    _need(needs.shop_production, "theirs", 1, 1, performer="customer")
    client.force_login(needs.operator)
    page = client.get("/").text
    for words in (
        "試験書店",
        "試験旅館",
        "CloudWatch でアクションを有効にしてください。",
        "担当: お客様",
        "あと 23 時間",
    ):
        assert words in page


def test_a_settled_need_is_gone(needs, client):
    Need.objects.filter(key="now").update(settled_at=business_time.now())
    client.force_login(needs.operator)
    assert "now" not in _titles(client.get("/").text)


def test_without_news_the_refresh_is_answered_by_nothing(needs, client):
    client.force_login(needs.operator)
    version = _version(client)
    assert client.get("/", {"seen": version}, headers=HTMX).status_code == 204
    standings.refresh(needs.inn_production, business_time.now())
    renewed = client.get("/", {"seen": version}, headers=HTMX)
    assert renewed.status_code == 200
    assert f"seen={version}" not in renewed.text and "<html" not in renewed.text


def test_the_refresh_keeps_filters_but_not_the_old_version(needs, client):
    client.force_login(needs.operator)
    part = client.get("/", {"seen": 1, "urgency": 2}, headers=HTMX).text
    address = re.search(r'hx-get="([^"]+)"', part)[1]
    assert "urgency=2" in address and address.count("seen=") == 1


def test_the_wall_has_no_frame(needs, client):
    client.force_login(needs.operator)
    assert 'class="has-side has-bottom wall"' in client.get("/?wall=1").text


def test_a_first_start_says_what_comes_next(client, db):
    from customers import customers

    at = business_time.now()
    operator = customers.add_staff(
        email="first@msp.example", name="最初", staff_role="operator", password=None, at=at, by=None
    )
    give_app(operator, at)
    client.force_login(operator)
    assert "環境がまだありません" in client.get("/").text
    assert "顧客がまだありません" in client.get(reverse("customers")).text


def test_a_customer_whose_site_is_well_reads_just_that(read, client):
    Need.objects.all().delete()
    standings.refresh(read.shop_production, business_time.now())
    client.force_login(read.owner)
    page = client.get("/").text
    assert "サイトは正常です" in page and "AWS からのメンテナンス予告はありません" in page
    assert read.inn.name not in page


def test_a_customer_is_told_what_comes_and_what_it_means(read, client, scenes):
    scenes.apply("retire-instance", server="web-1")
    read_now(read.shop_production, Poll.Reading.STATUS)
    client.force_login(read.owner)
    page = client.get("/").text
    assert "ハードウェアの使用終了 (web-1)" in page and "移さないとサーバーが停止し" in page
    client.force_login(read.stranger)
    assert "ハードウェアの使用終了" not in client.get("/").text


def test_a_site_that_is_down_comes_before_everything_else(read, client):
    Standing.objects.filter(environment=read.shop_production).update(site_up=False)
    client.force_login(read.owner)
    page = client.get("/").text
    assert "サイトが正しく表示されていません" in page and "well-act" in page


def test_what_the_plan_leaves_to_the_customer_waits_for_them(needs, client):
    _need(needs.shop_production, "yours", 2, 3, performer="customer")
    client.force_login(needs.owner)
    waiting = client.get("/").text.split("お客様にお願いしたいこと")[1].split("当社で対応していること")[0]
    assert re.findall(r"アラーム (\w+) の通知先が無効です", waiting) == ["yours"]


def test_naming_whom_to_call_waits_for_the_customer_whatever_the_plan(read, client):
    """Nobody but they know whom to call, though the provider has the duty to call them."""
    housekeeping.tidy()
    assert Need.objects.get(environment=read.shop_production, kind="contact-none").performer == "provider"
    client.force_login(read.owner)
    waiting = client.get("/").text.split("お客様にお願いしたいこと")[-1].split("当社で対応していること")[0]
    assert "連絡してよい方と連絡手段を登録してください" in waiting
    page = client.get(reverse("environment", args=[read.shop_production.pk])).text
    assert "連絡してよい方と連絡手段を登録してください" in page


def test_an_unread_site_is_never_called_well(world, client):
    client.force_login(world.owner)
    page = client.get("/").text
    assert "確認中です" in page and "サイトは正常です" not in page


def test_roles_of_one_customer_all_see_their_home(read, client):
    for who in ("owner", "approver", "developer", "viewer"):
        client.force_login(getattr(read, who))
        assert read.shop.name in client.get("/").text
    assert Member.objects.filter(customer=read.shop).count() == 4


def test_a_deadline_that_has_passed_stays_the_next_deadline(world, client):
    need = _need(world.shop_production, "overdue", 1, -3)
    _need(world.shop_production, "later", 2, 5)
    client.force_login(world.operator)
    assert Standing.objects.get(environment=world.shop_production).next_deadline_at == need.deadline_at
    assert "超過" in client.get(reverse("customers"), {"q": "試験書店"}).text
