"""A maintenance notice from AWS's first word to its last."""

import datetime as dt

import pytest
from django.urls import reverse

from customers.models import DutyState, Need, Observation, Poll, Standing
from maintenance import notices
from maintenance.models import Notice
from opsportal import business_time
from tests.world import read_now


def n1(environment) -> DutyState:
    return DutyState.objects.get(environment=environment, duty="N1")


def test_without_a_notice_the_duty_is_good(read):
    assert n1(read.shop_production).state == DutyState.State.OK
    assert not Notice.objects.exists()


def test_a_retirement_is_on_the_board_after_one_reading(read, scenes):
    shop = read.shop_production
    scenes.apply("retire-instance", server="web-1", days=2)
    read_now(shop, Poll.Reading.STATUS)
    notice = Notice.objects.get(environment=shop)
    assert (notice.code, notice.name, notice.status) == ("instance-retirement", "web-1", Notice.Status.OPEN)
    need = Need.objects.get(environment=shop, kind="notice-open", settled_at=None)
    assert need.urgency == Need.Urgency.NOW
    assert need.deadline_at == notice.starts_at
    assert n1(shop).state == DutyState.State.ACT
    assert n1(shop).next_at == notice.starts_at
    assert Standing.objects.get(environment=shop).level == Standing.Level.ACT
    assert not Notice.objects.filter(environment=read.inn_production).exists()


@pytest.mark.parametrize(("days", "urgency"), [(2, Need.Urgency.NOW), (10, Need.Urgency.SOON), (20, Need.Urgency.PLAN)])
def test_the_nearer_the_more_urgent(read, scenes, days, urgency):
    scenes.apply("retire-instance", server="web-1", days=days)
    read_now(read.shop_production, Poll.Reading.STATUS)
    assert Need.objects.get(kind="notice-open", settled_at=None).urgency == urgency


def test_time_alone_makes_a_notice_urgent(read, scenes, clock):
    shop = read.shop_production
    scenes.apply("retire-instance", server="web-1", days=10)
    read_now(shop, Poll.Reading.STATUS)
    clock.forward(days=8)
    read_now(shop, Poll.Reading.STATUS)
    assert Need.objects.get(environment=shop, kind="notice-open", settled_at=None).urgency == Need.Urgency.NOW


def test_a_reboot_that_may_be_moved_tells_until_when(read, scenes):
    scenes.apply("reboot-event", server="web-1")
    read_now(read.shop_production, Poll.Reading.STATUS)
    notice = Notice.objects.get()
    assert notice.code == "system-reboot"
    assert notice.deadline_at > notice.starts_at


def test_pending_rds_maintenance_is_a_notice_on_the_database(read, scenes):
    scenes.apply("rds-maintenance")
    read_now(read.shop_production, Poll.Reading.STATUS)
    notice = Notice.objects.get()
    assert (notice.origin, notice.subject, notice.name) == (Notice.Origin.RDS_PENDING, "database", "shop-db")


def test_a_notice_that_aws_dropped_is_settled_and_stays(read, scenes):
    shop = read.shop_production
    scenes.apply("retire-instance", server="web-1")
    read_now(shop, Poll.Reading.STATUS)
    scenes.clear()
    read_now(shop, Poll.Reading.STATUS)
    notice = Notice.objects.get(environment=shop)
    assert notice.status == Notice.Status.SETTLED and notice.settled_at
    assert not Need.objects.filter(environment=shop, kind="notice-open", settled_at=None).exists()
    assert n1(shop).state == DutyState.State.OK
    kinds = Observation.objects.filter(environment=shop, subject="notice").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["appeared", "gone"]


def test_read_twice_a_notice_is_there_once(read, scenes):
    scenes.apply("retire-instance", server="web-1")
    for _ in range(2):
        Poll.objects.update(digest=b"")
        read_now(read.shop_production, Poll.Reading.STATUS)
    assert Notice.objects.count() == 1
    assert Need.objects.filter(kind="notice-open").count() == 1


def test_a_notice_whose_time_has_passed_is_told_as_past(read, scenes, client):
    shop, at = read.shop_production, business_time.now()
    scenes.apply("retire-instance", server="web-1")
    read_now(shop, Poll.Reading.STATUS)
    Notice.objects.update(starts_at=at - dt.timedelta(hours=5))
    notices.judge(shop, [], at)
    client.force_login(read.operator)
    text = client.get(reverse("environment", args=[shop.pk])).text
    assert "web-1 の AWS メンテナンスの予定時刻を過ぎました: ハードウェアの使用終了" in text
    assert "実施済みか、正常に動いているかを確認してください。" in text
    assert "この時刻までに" not in text and "予定の時刻を過ぎました。" in text


def test_a_notice_is_judged_again_when_its_time_comes(read, scenes):
    shop = read.shop_production
    scenes.apply("retire-instance", server="web-1", days=2)
    read_now(shop, Poll.Reading.STATUS)
    assert notices.judge(shop, [], business_time.now()).again_at == Notice.objects.get(environment=shop).starts_at
