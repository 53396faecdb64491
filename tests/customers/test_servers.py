"""Servers, databases and sites out of service."""

import pytest
from django.urls import reverse

from customers import charts, visits
from customers.models import Chart, DutyState, Need, Poll, Server, Standing, Visit
from opsportal import business_time, work
from tests.world import read_now


def open_kinds(environment) -> set[str]:
    return set(Need.objects.filter(environment=environment, settled_at=None).values_list("kind", flat=True))


def test_a_stopped_server_needs_a_hand_within_one_status_reading(read, scenes, clock):
    shop = read.shop_production
    scenes.apply("stop-instance", server="web-1")
    clock.forward(minutes=2)
    read_now(shop, Poll.Reading.STATUS)
    assert Server.objects.get(environment=shop, name="web-1").state == "stopped"
    assert "server-stopped" in open_kinds(shop)


def test_a_site_that_is_down_is_seen_from_outside(read, scenes):
    shop = read.shop_production
    assert Visit.objects.get(environment=shop).up
    scenes.apply("site-down")
    read_now(shop, Poll.Reading.SITE)
    assert "site-down" in open_kinds(shop)
    assert DutyState.objects.get(environment=shop, duty="I3").state == DutyState.State.ACT
    assert Standing.objects.get(environment=shop).site_up is False
    scenes.clear()
    read_now(shop, Poll.Reading.SITE)
    assert "site-down" not in open_kinds(shop)
    assert [visit.up for visit in Visit.objects.filter(environment=shop).order_by("at")] == [True, False, True]


def test_a_site_whose_name_leads_inside_is_not_visited_and_its_page_says_so(read, client, settings):
    shop = read.shop_production
    settings.OUTWARD_NETWORKS = []
    read_now(shop, Poll.Reading.SITE)
    assert "site-barred" in open_kinds(shop)
    client.force_login(read.operator)
    page = client.get(reverse("environment", args=[shop.pk])).content.decode()
    assert "インターネットではなく、内部のネットワーク" in page
    client.force_login(read.owner)
    page = client.get(reverse("environment", args=[shop.pk])).content.decode()
    assert "サイトのアドレスが正しくないため" in page


def test_a_visit_that_the_portal_itself_fails_says_so_and_ends_with_the_next_good_one(read, client, clock, monkeypatch):
    shop = read.shop_production

    def broken(*_words, **_options):
        raise TypeError("no such thing")

    with monkeypatch.context() as broken_door:
        broken_door.setattr(visits.outward, "fetch", broken)
        assert visits.visit(shop.site_url, "").reason == "portal"
        clock.forward(minutes=5)
        read_now(shop, Poll.Reading.SITE)
    assert "poll-visit-failed" in open_kinds(shop) and "site-down" not in open_kinds(shop)
    assert Visit.objects.get(environment=shop).up
    client.force_login(read.operator)
    page = client.get(reverse("environment", args=[shop.pk])).content.decode()
    assert "ポータル側の原因で、サイトを確認できませんでした" in page
    client.force_login(read.owner)
    page = client.get(reverse("environment", args=[shop.pk])).content.decode()
    assert "ポータルから現在サイトを確認できません" in page
    read_now(shop, Poll.Reading.SITE)
    assert "poll-visit-failed" not in open_kinds(shop)
    assert Standing.objects.get(environment=shop).failing_polls == 0


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://127.0.0.1:1/", "no-answer"), ("ftp://127.0.0.1/", "address")],
)
def test_a_visit_never_raises(url, reason):
    met = visits.visit(url, "")
    assert not met.up and met.reason == reason


def test_a_page_without_the_expected_words_is_down(read):
    met = visits.visit(read.shop_production.site_url, "ない文言")
    assert (met.up, met.reason) == (False, "text")


def test_a_chart_is_fetched_when_somebody_looks_and_kept_for_minutes(read):
    shop, at = read.shop_production, business_time.now()
    server = Server.objects.get(environment=shop, name="web-1")
    (chart,) = charts.charts_for(shop, [server], 24, at)
    assert chart.fetched_at is None
    work.drain("fetch-chart")
    (chart,) = charts.charts_for(shop, [server], 24, at)
    lines = {line["label"]: line for line in chart.lines}
    assert set(lines) == {"CPUUtilization", "mem_used_percent", "disk_used_percent", "NetworkOut"}
    assert len(lines["CPUUtilization"]["times"]) > 200
    assert Chart.objects.filter(due_at__isnull=False).count() == 0
    assert Poll.objects.get(environment=shop, reading=Poll.Reading.ALARMS).metrics_requested == 4


def test_a_chart_that_is_denied_says_so(read, scenes):
    shop = read.shop_production
    scenes.apply("deny", operation="cloudwatch:GetMetricData")
    server = Server.objects.get(environment=shop, name="web-1")
    charts.charts_for(shop, [server], 24, business_time.now())
    work.drain("fetch-chart")
    assert Chart.objects.get().failure["operation"] == "cloudwatch:GetMetricData"
