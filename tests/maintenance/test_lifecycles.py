"""Engines and certificates near their end."""

import datetime as dt

from django.urls import reverse

from customers.models import DutyState, Need, Poll
from maintenance import lifecycles
from maintenance.models import EngineLifecycle
from opsportal import business_time
from tests.world import read_now


def test_support_dates_of_the_engines_in_use_are_read(read):
    database = read.shop_production.database_set.get()
    line = lifecycles.lifecycle_of(database, list(EngineLifecycle.objects.all()))
    assert line.major_version == "8.4"
    assert DutyState.objects.get(environment=read.shop_production, duty="N4").next_at == min(
        line.standard_ends_at, database.certificate_ends_at
    )


def test_an_ending_engine_is_planned_then_soon(read):
    shop, at = read.shop_production, business_time.now()
    for days, urgency in ((100, Need.Urgency.PLAN), (30, Need.Urgency.SOON)):
        EngineLifecycle.objects.update(standard_ends_at=at + dt.timedelta(days=days))
        lifecycles.judge(shop, [], at)
        need = Need.objects.get(environment=shop, kind="engine-support-ending", settled_at=None)
        assert (need.urgency, need.facts["engine"]) == (urgency, "mysql")


def test_mysql_8_0_is_not_taken_for_8_4_nor_for_8():
    database = type("Row", (), {"engine": "mysql", "engine_version": "8.0.40"})()
    lines = [EngineLifecycle(engine="mysql", major_version=version) for version in ("8.4", "8.0", "5.7")]
    assert lifecycles.lifecycle_of(database, lines).major_version == "8.0"


def test_what_has_ended_is_told_as_past_and_needs_a_hand_at_once(read, client):
    shop, at = read.shop_production, business_time.now()
    EngineLifecycle.objects.update(standard_ends_at=at - dt.timedelta(days=30))
    shop.database_set.update(certificate_ends_at=at - dt.timedelta(days=1))
    lifecycles.judge(shop, [], at)
    needs = Need.objects.filter(environment=shop, duty="N4", settled_at=None)
    assert {need.urgency for need in needs} == {Need.Urgency.NOW} and len(needs) == 2
    assert DutyState.objects.get(environment=shop, duty="N4").state == DutyState.State.ACT
    client.force_login(read.operator)
    text = client.get(reverse("environment", args=[shop.pk])).text
    assert "標準サポートは終了しています" in text and "期日を過ぎると" not in text
    assert "は期限切れです" in text


def test_a_certificate_with_weeks_left_is_not_called_ended(read, client):
    shop, at = read.shop_production, business_time.now()
    shop.database_set.update(certificate_ends_at=at + dt.timedelta(days=85))
    lifecycles.judge(shop, [], at)
    client.force_login(read.operator)
    text = client.get(reverse("environment", args=[shop.pk])).text
    assert "の期限が近づいています" in text and "期限切れ" not in text


def test_support_dates_that_did_not_change_are_not_judged_anew(read):
    shop = read.shop_production
    poll = Poll.objects.get(environment=shop, reading=Poll.Reading.LIFECYCLES)
    assert poll.judge_at == DutyState.objects.get(environment=shop, duty="N4").next_at - lifecycles.PLAN_BEFORE


def test_time_alone_makes_an_end_planned_then_soon_then_now(read, clock):
    shop = read.shop_production
    end = DutyState.objects.get(environment=shop, duty="N4").next_at
    for before, urgency in (
        (lifecycles.PLAN_BEFORE, Need.Urgency.PLAN),
        (lifecycles.SOON_BEFORE, Need.Urgency.SOON),
        (dt.timedelta(0), Need.Urgency.NOW),
    ):
        clock.forward(seconds=(end - before - clock.now()).total_seconds() - 3600)
        read_now(shop, Poll.Reading.LIFECYCLES)
        assert not Need.objects.filter(environment=shop, origin="lifecycles", urgency=urgency, settled_at=None).exists()
        clock.forward(hours=2)
        read_now(shop, Poll.Reading.LIFECYCLES)
        assert Need.objects.filter(environment=shop, origin="lifecycles", urgency=urgency, settled_at=None).exists()
