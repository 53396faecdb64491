"""Reading a customer's AWS: what goes on, what is said, and what is never lost when it fails."""

import dataclasses
import datetime as dt

import pytest

from customers import inventory, polls
from customers.models import DutyState, Environment, Need, Observation, Poll, Server, Standing, Volume
from maintenance.models import Backup
from opsportal import business_time, work
from opsportal.aws.account import _sessions
from opsportal.aws.ec2 import InstanceStatus
from tests.world import read_everything, read_now, trust

Reading = Poll.Reading


def poll_of(environment: Environment, reading: Poll.Reading) -> Poll:
    return Poll.objects.get(environment=environment, reading=reading)


def open_needs(environment: Environment) -> dict[str, Need]:
    return {need.kind: need for need in Need.objects.filter(environment=environment, settled_at=None)}


def test_a_first_round_finds_servers_databases_volumes_and_backups(read):
    shop = read.shop_production
    assert set(Server.objects.filter(environment=shop).values_list("name", flat=True)) == {"web-1", "web-2"}
    assert shop.database_set.get().engine == "mysql"
    assert Volume.objects.filter(environment=shop, server_aws_id__startswith="i-").count() == 2
    assert Backup.objects.filter(environment=shop, state=Backup.State.GOOD).count() > 10
    assert not Poll.objects.filter(environment=shop).exclude(failures=[]).exists()


def test_an_environment_shows_nothing_of_another_account(read):
    ours = set(Server.objects.filter(environment=read.shop_production).values_list("aws_id", flat=True))
    theirs = set(Server.objects.filter(environment=read.inn_production).values_list("aws_id", flat=True))
    assert ours and theirs and not ours & theirs


def test_an_unchanged_answer_writes_nothing_but_the_poll(read, django_assert_max_num_queries):
    shop = read.shop_production
    before = (Observation.objects.count(), Standing.objects.get(environment=shop).version)
    Poll.objects.filter(environment=shop, reading=Reading.ALARMS).update(due_at=business_time.now())
    with django_assert_max_num_queries(8):
        (poll,) = work.claim(work.kinds()["read-alarms"], business_time.now())
        work.kinds()["read-alarms"].advance(poll, business_time.now())
        work.release(poll)
    assert (Observation.objects.count(), Standing.objects.get(environment=shop).version) == before


def test_each_reading_waits_for_its_own_freshness_with_some_spread(read):
    for poll in Poll.objects.exclude(reading__in=(Reading.STATUS, Reading.BACKUPS, Reading.LIFECYCLES)):
        wait = poll.due_at - poll.succeeded_at
        assert 0.89 * polls.FRESHNESS[poll.reading] <= wait <= polls.FRESHNESS[poll.reading]


def test_a_denied_operation_is_named_with_its_permission_and_the_rest_goes_on(connected, scenes):
    shop = connected.shop_production
    trust(scenes, shop, withheld=("rds:DescribePendingMaintenanceActions", "rds:DescribeDBSnapshots"))
    _sessions.clear()
    read_everything()
    (failure,) = poll_of(shop, Reading.STATUS).failures
    assert (failure["word"], failure["operation"]) == ("denied", "rds:DescribePendingMaintenanceActions")
    assert failure["since"]
    assert poll_of(shop, Reading.STATUS).failing_since is not None
    assert open_needs(shop)["poll-denied"].facts["operation"].startswith("rds:Describe")
    assert Server.objects.get(environment=shop, name="web-1").system_check == "ok"
    assert Backup.objects.filter(environment=shop, kind=Backup.Kind.EBS_SNAPSHOT).exists()
    assert not Poll.objects.filter(environment=connected.inn_production).exclude(failures=[]).exists()


def test_a_granted_permission_settles_the_need_at_the_next_reading(connected, scenes):
    shop = connected.shop_production
    trust(scenes, shop, withheld=("rds:DescribePendingMaintenanceActions",))
    _sessions.clear()
    read_everything()
    assert DutyState.objects.get(environment=shop, duty="N1").state == DutyState.State.UNKNOWN
    trust(scenes, shop)
    read_now(shop, Reading.STATUS)
    assert "poll-denied" not in open_needs(shop)
    assert poll_of(shop, Reading.STATUS).failing_since is None
    assert DutyState.objects.get(environment=shop, duty="N1").state == DutyState.State.OK


@pytest.mark.parametrize("wrong", ["another-id", "00000000-0000-0000-0000-000000000000"])
def test_a_role_with_another_external_id_is_not_entered(connected, scenes, wrong):
    shop = connected.shop_production
    trust(scenes, shop, external_id=wrong)
    _sessions.clear()
    read_everything()
    assert {failure["word"] for poll in shop.polls.exclude(reading="site") for failure in poll.failures} == {"no-entry"}
    assert not Server.objects.filter(environment=shop).exists()
    assert open_needs(shop)["poll-no-entry"].urgency == Need.Urgency.SOON


def test_another_account_than_promised_is_refused_before_anything_is_stored(connected, scenes):
    shop = connected.shop_production
    _sessions.clear()
    scenes.apply("wrong-account")
    read_everything()
    assert {failure["word"] for poll in shop.polls.exclude(reading="site") for failure in poll.failures} == {
        "wrong-account"
    }
    assert not Server.objects.filter(environment=shop).exists()
    assert Server.objects.filter(environment=connected.inn_production).exists()


def test_throttling_waits_longer_each_time_and_is_news_only_when_it_lasts(read, scenes):
    shop = read.shop_production
    scenes.apply("throttle", operation="cloudwatch:DescribeAlarms")
    waits = []
    for _ in range(4):
        read_now(shop, Reading.ALARMS)
        poll = poll_of(shop, Reading.ALARMS)
        waits.append(poll.due_at - poll.started_at)
        if len(waits) < 3:
            assert "poll-throttled" not in open_needs(shop)
    assert waits == sorted(waits) and waits[-1] > 3 * waits[0]
    assert "poll-throttled" in open_needs(shop)
    scenes.clear()
    read_now(shop, Reading.ALARMS)
    assert "poll-throttled" not in open_needs(shop)
    assert poll_of(shop, Reading.ALARMS).failures_in_a_row == 0


def test_a_page_missing_in_the_middle_never_deletes(read, scenes):
    shop = read.shop_production
    before = Server.objects.filter(environment=shop, gone_at=None).count()
    scenes.apply("break-page")
    read_now(shop)
    assert Server.objects.filter(environment=shop, gone_at=None).count() == before
    assert Backup.objects.filter(environment=shop).exclude(gone_at=None).count() == 0


def test_a_region_that_does_not_answer_leaves_the_others_alone_and_what_was_known_stands(read, scenes):
    shop, inn = read.shop_production, read.inn_production
    scenes.apply("region-down", how="unavailable")
    for _ in range(3):
        read_now(shop, Reading.STATUS)
    read_now(inn, Reading.STATUS)
    assert poll_of(shop, Reading.STATUS).failures[0]["word"] == "unreachable"
    assert "poll-unreachable" in open_needs(shop)
    assert Server.objects.filter(environment=shop, gone_at=None).count() == 2
    assert poll_of(inn, Reading.STATUS).failures == []
    standing = Standing.objects.get(environment=shop)
    assert standing.failing_polls == 1


def test_a_skewed_clock_is_named(read, scenes):
    scenes.apply("skew")
    read_now(read.shop_production, Reading.STATUS)
    assert poll_of(read.shop_production, Reading.STATUS).failures[0]["word"] == "clock-skew"


def test_a_role_that_leads_elsewhere_is_named_by_the_first_reading_although_its_session_ended(read, scenes):
    scenes.apply("wrong-account")
    read_now(read.shop_production, Reading.STATUS, Reading.INVENTORY)
    for reading in (Reading.STATUS, Reading.INVENTORY):
        assert [failure["word"] for failure in poll_of(read.shop_production, reading).failures] == ["wrong-account"]


def test_a_server_that_vanished_is_marked_gone_with_the_time(read, scenes):
    shop = read.shop_production
    server = Server.objects.get(environment=shop, name="web-2")
    Server.objects.create(
        environment=shop, aws_id="i-0vanished", name="web-9", state="running", instance_type="t3.small",
        first_seen_at=business_time.now(), changed_at=business_time.now(),
    )  # fmt: skip
    polls.read_again(shop, [Reading.INVENTORY], business_time.now())
    read_everything()
    vanished = Server.objects.get(environment=shop, aws_id="i-0vanished")
    assert vanished.gone_at is not None
    assert Observation.objects.get(environment=shop, aws_id="i-0vanished").kind == Observation.Kind.GONE
    server.refresh_from_db()
    assert server.gone_at is None


def test_a_reading_whose_lease_ran_out_on_the_way_is_thrown_away(connected):
    kind = work.kinds()["read-inventory"]
    (slow, *_) = work.claim(kind, business_time.now())
    Poll.objects.filter(pk=slow.pk).update(leased_until=work.ClockTimestamp() - dt.timedelta(seconds=1))
    claimed_again = {row.pk for _ in range(2) for row in work.claim(kind, business_time.now())}
    assert slow.pk in claimed_again
    kind.advance(slow, business_time.now())
    assert not Server.objects.filter(environment=slow.environment).exists()


def test_calls_are_counted(read):
    assert all(poll.calls > 0 for poll in Poll.objects.exclude(reading=Reading.SITE))


def test_no_external_id_nor_key_reaches_the_log_or_a_row(connected, scenes, caplog):
    shop = connected.shop_production
    trust(scenes, shop, external_id="another-id")
    _sessions.clear()
    caplog.set_level("DEBUG", logger="opsportal")
    read_everything()
    told = caplog.text + str(list(shop.polls.values_list("failures", flat=True)))
    assert str(shop.external_id) not in told
    assert "SecretAccessKey" not in told and "ASIA" not in told


def test_a_terminated_server_stays_gone_whatever_else_still_lists_it(read, scenes):
    shop = read.shop_production
    Server.objects.filter(environment=shop, name="web-2").update(gone_at=business_time.now())
    gone = Server.objects.get(environment=shop, name="web-2")
    inventory.update(Server, shop, [InstanceStatus(gone.aws_id, "running", "ok", "ok", ())], business_time.now())
    gone.refresh_from_db()
    assert gone.gone_at is not None


def test_an_hour_of_unchanged_aws_changes_nothing_on_any_page(read, clock):
    shop = read.shop_production
    read_now(shop)
    version, seen = Standing.objects.get(environment=shop).version, Observation.objects.count()
    lifecycles = poll_of(shop, Reading.LIFECYCLES).succeeded_at
    for _ in range(4):
        clock.forward(minutes=7)
        read_now(shop, Reading.STATUS, Reading.INVENTORY, Reading.ALARMS, Reading.SITE, Reading.BACKUPS)
    assert Standing.objects.get(environment=shop).version == version
    assert Observation.objects.count() == seen
    assert poll_of(shop, Reading.LIFECYCLES).succeeded_at == lifecycles


def test_one_cause_is_one_need_however_many_readings_meet_it(connected, scenes):
    shop = connected.shop_production
    trust(scenes, shop, external_id="another-id")
    _sessions.clear()
    read_everything()
    assert Need.objects.filter(environment=shop, settled_at=None, kind="poll-no-entry").count() == 1
    trust(scenes, shop)
    read_now(shop)
    assert not Need.objects.filter(environment=shop, settled_at=None, kind="poll-no-entry").exists()


def test_an_answer_that_cannot_be_kept_shows_on_the_page(read, monkeypatch):
    shop = read.shop_production
    kind = work.kinds()["read-alarms"]
    reader = dataclasses.replace(kind.advance.keywords["reader"], store=lambda *_: {}["unexpected"])
    Poll.objects.filter(environment=shop, reading=Reading.ALARMS).update(due_at=business_time.now(), digest=b"")
    (poll,) = work.claim(kind, business_time.now())
    polls.read(poll, business_time.now(), reader)
    assert poll_of(shop, Reading.ALARMS).failures[0]["word"] == "broken"
    assert "poll-broken" in open_needs(shop)


def test_a_reading_asked_for_anew_while_it_is_made_is_made_again(read):
    shop = read.shop_production
    kind = work.kinds()["read-lifecycles"]
    Poll.objects.filter(environment=shop, reading=Reading.LIFECYCLES).update(due_at=business_time.now())
    (poll,) = work.claim(kind, business_time.now())
    polls.read_again(shop, [Reading.LIFECYCLES], business_time.now())
    kind.advance(poll, business_time.now())
    work.release(poll)
    assert [row.pk for row in work.claim(kind, business_time.now())] == [poll.pk]
