"""Alarms: which ring, which are muted, what nobody watches."""

from django.urls import reverse

from customers.models import DutyState, Need, Poll
from incidents import monitoring
from incidents.models import Alarm
from opsportal import business_time
from tests.world import read_now


def test_the_alarms_are_kept_with_what_they_watch(read):
    alarms = Alarm.objects.filter(environment=read.shop_production)
    assert alarms.filter(subject="server").exists() and alarms.filter(subject="database").exists()
    assert DutyState.objects.get(environment=read.shop_production, duty="I1").reading == Poll.Reading.ALARMS


def test_a_ringing_alarm_needs_a_hand_now_until_it_is_quiet(read, scenes, clock):
    shop = read.shop_production
    scenes.apply("alarm", server="web-1")
    read_now(shop, Poll.Reading.ALARMS)
    needs = Need.objects.filter(environment=shop, kind="alarm-ringing", settled_at=None)
    assert needs and all(need.urgency == Need.Urgency.NOW for need in needs)
    scenes.clear()
    clock.forward(minutes=30)
    read_now(shop, Poll.Reading.ALARMS)
    assert not needs.all().exists()


def test_a_muted_alarm_and_a_server_without_one_are_told(read):
    shop = read.shop_production
    web_2 = shop.server_set.get(name="web-2")
    Alarm.objects.filter(environment=shop, subject_aws_id=web_2.aws_id).delete()
    muted = Alarm.objects.filter(environment=shop).first()
    Alarm.objects.filter(pk=muted.pk).update(actions_enabled=False)
    monitoring.judge(shop, [], business_time.now())
    kinds = dict(
        Need.objects.filter(environment=shop, origin="alarms", settled_at=None).values_list("kind", "facts__name")
    )
    assert kinds["alarm-missing"] == "web-2"
    assert kinds["alarm-muted"] == muted.name
    assert DutyState.objects.get(environment=shop, duty="I1").state == DutyState.State.WATCH


def test_a_quiet_alarm_tells_what_it_watches_for_and_since_when_all_is_well(read, client):
    client.force_login(read.operator)
    text = client.get(reverse("alarms", args=[read.shop_production.pk])).text
    assert "監視内容:" in text and "から正常" in text
    assert "超えています" not in text and "発生" not in text


def test_a_ringing_alarm_tells_since_when_it_rings_and_a_step_that_can_be_taken(read, client, scenes):
    scenes.apply("alarm", server="web-1")
    read_now(read.shop_production, Poll.Reading.ALARMS)
    client.force_login(read.operator)
    assert "から発報中" in client.get(reverse("alarms", args=[read.shop_production.pk])).text
    home = client.get("/").text
    assert "監視対象の状態とグラフを確認してください。" in home and "対応手順書" not in home


def test_an_alarm_names_the_server_that_it_watches(read, client):
    client.force_login(read.operator)
    text = client.get(reverse("alarms", args=[read.shop_production.pk])).text
    server = read.shop_production.server_set.get(name="web-1")
    assert f'<div>web-1<div class="faint code">{server.aws_id}</div>' in text
