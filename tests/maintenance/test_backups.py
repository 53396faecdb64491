"""Last good backup, missing nights, retention."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from customers import agreements, resources
from customers.models import DutyState, Need, Poll, Server, Standing
from maintenance import backups
from maintenance import protection as protection_of
from maintenance.models import Backup
from opsportal import business_time
from tests.world import read_everything, read_now, trust


def protections(environment) -> list[protection_of.Protection]:
    at = business_time.now()
    things = [*resources.servers_of(environment), *resources.databases_of(environment)]
    return protection_of.protections(environment, things, agreements.agreement_at(environment, at), at)


def protection(environment, name: str) -> protection_of.Protection:
    return next(row for row in protections(environment) if row.name == name)


def test_every_server_and_database_shows_its_last_good_backup_and_a_fortnight(read):
    shop = read.shop_production
    found = protections(shop)
    assert [row.name for row in found] == ["web-1", "web-2", "shop-db"]
    for row in found:
        assert business_time.now() - row.last_good_at < dt.timedelta(hours=27)
        assert len(row.nights) == protection_of.NIGHTS_SHOWN
        assert row.missed_nights == 0
    n5 = DutyState.objects.get(environment=shop, duty="N5")
    assert n5.state == DutyState.State.OK
    assert Standing.objects.get(environment=shop).last_backup_at == min(row.last_good_at for row in found)


def test_a_missed_night_raises_a_need_for_that_server_alone(read, scenes):
    shop = read.shop_production
    scenes.apply("miss-backup", server="web-1")
    read_now(shop, Poll.Reading.BACKUPS)
    need = Need.objects.get(environment=shop, kind="backup-missing", settled_at=None)
    assert need.facts["name"] == "web-1"
    assert DutyState.objects.get(environment=shop, duty="N5").state == DutyState.State.ACT
    assert protection(shop, "web-2").missed_nights == 0
    assert "missing" in {night.state for night in protection(shop, "web-1").nights}
    scenes.clear()
    read_now(shop, Poll.Reading.BACKUPS)
    assert not Need.objects.filter(environment=shop, kind="backup-missing", settled_at=None).exists()


def test_time_alone_makes_a_night_missing(read):
    shop = read.shop_production
    later = business_time.now() + dt.timedelta(days=2)
    backups.judge(shop, [], later)
    assert Need.objects.filter(environment=shop, kind="backup-missing", settled_at=None).count() == 3
    assert all(need.urgency == Need.Urgency.NOW for need in Need.objects.filter(kind="backup-missing"))


def test_a_retention_below_the_agreed_days_is_told(read):
    shop, at = read.shop_production, business_time.now()
    agreements.agree(
        environment=shop,
        plan=agreements.agreement_at(shop, at).plan,
        retention_days=30,
        valid_from=at,
        at=at,
        by=read.admin,
    )
    backups.judge(shop, [], at)
    need = Need.objects.get(environment=shop, kind="retention-short", settled_at=None)
    assert (need.facts["set"], need.facts["agreed"]) == (7, 30)


def test_a_server_without_any_backup_needs_a_hand_at_once(read):
    shop = read.shop_production
    server = shop.server_set.get(name="web-2")
    Backup.objects.filter(environment=shop, subject_aws_id=server.aws_id).delete()
    backups.judge(shop, [], business_time.now())
    assert Need.objects.get(kind="backup-none", settled_at=None).facts["name"] == "web-2"


def test_a_backup_that_expired_is_marked_gone_and_kept_as_history(read, clock):
    shop = read.shop_production
    before = Backup.objects.filter(environment=shop).count()
    clock.forward(days=3)
    read_now(shop, Poll.Reading.BACKUPS)
    assert Backup.objects.filter(environment=shop).exclude(gone_at=None).exists()
    assert Backup.objects.filter(environment=shop).count() > before


def test_seven_nightly_backups_are_seven_days_kept(read, client):
    client.force_login(read.operator)
    for environment in (read.shop_production, read.inn_production):
        assert {row.kept_days for row in protections(environment)} == {7}
        text = client.get(reverse("environment", args=[environment.pk])).text
        assert "保持 7 日分(取り決め 7 日)" in text and "保持 6 日分" not in text


def test_a_job_its_image_and_the_snapshots_of_it_count_as_one_backup(read):
    inn = read.inn_production
    server = inn.server_set.get()
    kinds = set(Backup.objects.filter(environment=inn, subject_aws_id=server.aws_id).values_list("kind", flat=True))
    assert kinds == {Backup.Kind.IMAGE, Backup.Kind.EBS_SNAPSHOT, Backup.Kind.BACKUP_JOB}
    assert protection(inn, "web-1").kept == 7
    # Each night of the database: one by RDS itself, one by AWS Backup.
    assert protection(inn, "inn-db").kept == 14


def test_a_snapshot_by_aws_backup_is_not_called_made_by_hand(read, client):
    inn = read.inn_production
    kinds = set(Backup.objects.filter(environment=inn, subject="database").values_list("kind", flat=True))
    assert kinds == {Backup.Kind.RDS_AUTOMATED, Backup.Kind.RDS_AWS_BACKUP, Backup.Kind.BACKUP_JOB}
    client.force_login(read.operator)
    text = client.get(reverse("backups", args=[inn.pk]), {"of": "inn-db"}).text
    assert "AWS Backup の RDS スナップショット" in text and "手動スナップショット" not in text


def test_a_job_whose_backup_was_deleted_protects_nothing(read):
    inn, at = read.inn_production, business_time.now()
    server = inn.server_set.get()
    made = Backup.objects.filter(environment=inn, subject_aws_id=server.aws_id).exclude(kind=Backup.Kind.BACKUP_JOB)
    made.filter(started_at__gte=at - dt.timedelta(days=3)).update(gone_at=at)
    assert at - protection(inn, "web-1").last_good_at > dt.timedelta(days=2)
    backups.judge(inn, [], at)
    need = Need.objects.get(environment=inn, kind="backup-missing", settled_at=None)
    assert (need.facts["name"], need.facts["nights"]) == ("web-1", 3)
    made.update(gone_at=at)
    backups.judge(inn, [], at)
    assert Need.objects.get(environment=inn, kind="backup-none", settled_at=None).facts["name"] == "web-1"


def test_jobs_alone_are_believed_where_nothing_else_may_be_read(connected, scenes):
    inn = connected.inn_production
    trust(scenes, inn, withheld=("ec2:DescribeImages", "ec2:DescribeSnapshots"))
    read_everything()
    assert protection(inn, "web-1").last_good_at is not None
    assert not Need.objects.filter(environment=inn, kind="backup-none", settled_at=None).exists()


def test_the_list_of_backups_names_the_server_and_its_id(read, client):
    shop = read.shop_production
    client.force_login(read.operator)
    text = client.get(reverse("backups", args=[shop.pk])).text
    server = shop.server_set.get(name="web-1")
    row = re.search(rf"<tr[^>]*>(?:(?!</tr>).)*{server.aws_id}.*?</tr>", text, re.S).group()
    assert ">web-1<" in row and " GiB" in row


def test_the_list_of_backups_holds_what_can_be_restored_and_not_the_job_besides(read, client):
    inn = read.inn_production
    client.force_login(read.operator)
    text = client.get(reverse("backups", args=[inn.pk])).text
    assert "AMI" in text and "AWS Backup ジョブ" not in text
    newest = Backup.objects.filter(environment=inn, kind=Backup.Kind.BACKUP_JOB).order_by("-started_at").first()
    Backup.objects.filter(pk=newest.pk).update(state=Backup.State.FAILED, reason="vault is locked")
    assert "vault is locked" in client.get(reverse("backups", args=[inn.pk])).text


def test_a_failed_night_between_good_ones_is_a_gap_that_needs_a_hand(read, client):
    backup = _nightly(read)[2]
    same = Backup.objects.filter(environment=read.shop_production, subject_aws_id=backup.subject_aws_id)
    near = dt.timedelta(hours=6)
    same.filter(started_at__range=(backup.started_at - near, backup.started_at + near)).exclude(pk=backup.pk).delete()
    Backup.objects.filter(pk=backup.pk).update(state=Backup.State.FAILED)
    backups.judge(read.shop_production, [], business_time.now())
    need = Need.objects.get(environment=read.shop_production, kind="backup-gap", settled_at=None)
    assert need.facts["gaps"] == 1
    client.force_login(read.operator)
    assert "1 晩分の欠けがあります" in client.get(reverse("environment", args=[read.shop_production.pk])).text


def _nightly(read) -> list[Backup]:
    """The backups of one server, the newest first."""
    server = Server.objects.get(environment=read.shop_production, name="web-1")
    rows = Backup.objects.filter(environment=read.shop_production, subject_aws_id=server.aws_id, gone_at=None)
    return list(rows.order_by("-started_at"))


@pytest.mark.parametrize("denied", ["", "backup:ListBackupJobs"])
def test_the_strip_of_nights_moves_on_at_noon_on_an_open_page(read, scenes, clock, denied):
    if denied:
        scenes.apply("deny", operation=denied)
        read_now(read.shop_production, Poll.Reading.BACKUPS)
    read.shop_production.standing.refresh_from_db()
    version = read.shop_production.standing.version
    until_noon = protection_of.next_night(read.shop_production, business_time.now()) - business_time.now()
    clock.forward(seconds=until_noon.total_seconds() + 60)
    read_now(read.shop_production, Poll.Reading.BACKUPS)
    read.shop_production.standing.refresh_from_db()
    assert read.shop_production.standing.version > version
