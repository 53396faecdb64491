"""Alarms: which ring, which are muted, what nobody watches."""

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
