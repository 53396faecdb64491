"""Nightly backups: one a night, kept as agreed, gaps where there are gaps, the same ids at every look."""

import datetime as dt
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import ACCOUNT, OTHER_ACCOUNT, Hand

KINDS = ("automated", "awsbackup")


def snapshots(hand: Hand, account: str = OTHER_ACCOUNT) -> list[dict[str, Any]]:
    """All snapshots of an account, newest first."""
    rows = hand.assumed("ec2", account).describe_snapshots(OwnerIds=["self"])["Snapshots"]
    return sorted(rows, key=lambda row: row["StartTime"], reverse=True)


def nights(rows: list[dict[str, Any]], key: str = "StartTime") -> list[dt.date]:
    """The dates of some rows."""
    return sorted({row[key].date() for row in rows})


def now(hand: Hand) -> dt.datetime:
    """The sandbox's present."""
    return dt.datetime.fromisoformat(hand.control("status")["now"])


def test_two_nights_are_missing_from_the_beginning(hand: Hand) -> None:
    newest = snapshots(hand)[0]["StartTime"]
    assert dt.timedelta(days=2) <= now(hand) - newest <= dt.timedelta(days=3)


def test_gap_is_put_right_and_made_again(hand: Hand) -> None:
    hand.control("clear", {"scenario": "miss-backup", "customer": "cafe"})
    assert now(hand) - snapshots(hand)[0]["StartTime"] < dt.timedelta(days=1)
    hand.happen("miss-backup", "cafe", "web-1")
    assert now(hand) - snapshots(hand)[0]["StartTime"] > dt.timedelta(hours=20)
    hand.forward(days=1)
    assert now(hand) - snapshots(hand)[0]["StartTime"] > dt.timedelta(days=1, hours=20)


def test_every_volume_is_saved_every_night_and_kept_as_long_as_agreed(hand: Hand) -> None:
    rows = [row for row in snapshots(hand, ACCOUNT) if row["State"] == "completed"]
    oldest = min(row["StartTime"] for row in rows)
    assert dt.timedelta(days=6) < now(hand) - oldest <= dt.timedelta(days=7)
    volumes = {row["VolumeId"] for row in hand.assumed("ec2").describe_volumes()["Volumes"]}
    per_night = {night: {row["VolumeId"] for row in rows if row["StartTime"].date() == night} for night in nights(rows)}
    assert len(per_night) == 7
    assert all(saved == volumes for saved in per_night.values())


def test_ids_are_the_same_whenever_one_looks(hand: Hand) -> None:
    first = {row["SnapshotId"] for row in snapshots(hand, ACCOUNT)}
    hand.forward(hours=1)
    assert first & {row["SnapshotId"] for row in snapshots(hand, ACCOUNT)}
    one = snapshots(hand, ACCOUNT)[3]["SnapshotId"]
    found = hand.assumed("ec2").describe_snapshots(SnapshotIds=[one])["Snapshots"]
    assert [row["SnapshotId"] for row in found] == [one]


def test_snapshot_under_way_is_pending(hand: Hand) -> None:
    at = now(hand)
    tonight = at.replace(hour=18, minute=0, second=0, microsecond=0)
    tonight += dt.timedelta(days=tonight < at)
    hand.forward(seconds=(tonight - at).total_seconds() + 30)
    for _ in range(40):
        under_way = [row for row in snapshots(hand, ACCOUNT) if row["State"] == "pending"]
        if under_way:
            break
        hand.forward(seconds=60)
    assert under_way[0]["Progress"] != "100%"
    hand.forward(minutes=30)
    assert not [row for row in snapshots(hand, ACCOUNT) if row["State"] == "pending"]


def test_failed_night_is_a_failed_job_and_no_recovery_point(hand: Hand) -> None:
    backup, instance = hand.assumed("backup"), hand.instance_id("web-1")
    hand.happen("miss-backup", server="web-1", nights=2)
    arn = f"arn:aws:ec2:ap-northeast-1:{ACCOUNT}:instance/{instance}"
    jobs = backup.list_backup_jobs(ByResourceArn=arn)["BackupJobs"]
    assert [job["State"] for job in jobs[:3]] == ["FAILED", "FAILED", "COMPLETED"]
    assert "RecoveryPointArn" not in jobs[0]
    assert jobs[0]["StatusMessage"]
    points = backup.list_recovery_points_by_backup_vault(BackupVaultName="Default", ByResourceArn=arn)["RecoveryPoints"]
    assert points[0]["CreationDate"] == jobs[2]["CreationDate"]
    assert len(jobs) > 25


def test_image_tells_its_server_and_snapshots(hand: Hand) -> None:
    images = hand.assumed("ec2").describe_images(Owners=["self"])["Images"]
    newest = max(images, key=lambda row: row["CreationDate"])
    assert newest["SourceInstanceId"] in set(hand.control("world")[0]["servers"].values())
    known = {row["SnapshotId"] for row in snapshots(hand, ACCOUNT)}
    assert {block["Ebs"]["SnapshotId"] for block in newest["BlockDeviceMappings"]} <= known


def test_image_is_found_by_its_id_and_an_unknown_one_is_not(hand: Hand) -> None:
    ec2 = hand.assumed("ec2")
    known = ec2.describe_images(Owners=["self"])["Images"][0]["ImageId"]
    assert [row["ImageId"] for row in ec2.describe_images(ImageIds=[known])["Images"]] == [known]
    with pytest.raises(ClientError, match=r"InvalidAMIID\.NotFound"):
        ec2.describe_images(ImageIds=[known, "ami-0123456789abcdef0"])


def test_weekly_images_are_of_sundays(hand: Hand) -> None:
    images = hand.assumed("ec2", OTHER_ACCOUNT).describe_images(Owners=["self"])["Images"]
    days = {dt.datetime.fromisoformat(row["CreationDate"]) + dt.timedelta(hours=9) for row in images}
    assert 3 <= len(images) <= 4
    assert {day.weekday() for day in days} == {6}


def test_database_has_a_snapshot_each_night_and_a_window_to_restore_to(hand: Hand) -> None:
    rds = hand.assumed("rds")
    rows = rds.describe_db_snapshots(DBInstanceIdentifier="shop-db", SnapshotType="automated")["DBSnapshots"]
    assert len(rows) == 7
    assert all(row["DBSnapshotIdentifier"].startswith("rds:shop-db-20") for row in rows)
    window = rds.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"][0]["RestoreWindow"]
    assert now(hand) - window["LatestTime"] < dt.timedelta(minutes=8)
    assert window["EarliestTime"] < now(hand) - dt.timedelta(days=6)
    assert rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"] == []


def test_missed_night_of_a_database(hand: Hand) -> None:
    rds = hand.assumed("rds")
    before = {kind: len(rds.describe_db_snapshots(SnapshotType=kind)["DBSnapshots"]) for kind in KINDS}
    hand.happen("miss-backup", server="shop-db")
    for kind in KINDS:
        assert len(rds.describe_db_snapshots(SnapshotType=kind)["DBSnapshots"]) == before[kind] - 1


def test_snapshot_made_by_hand_is_listed_too(hand: Hand) -> None:
    ec2 = hand.by_hand("ec2", OTHER_ACCOUNT)
    volume = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
    made = ec2.create_snapshot(VolumeId=volume, Description="before the update")["SnapshotId"]
    assert made in {row["SnapshotId"] for row in snapshots(hand)}
    named = ec2.describe_snapshots(OwnerIds=["self"], Filters=[{"Name": "volume-id", "Values": [volume]}])["Snapshots"]
    assert {row["VolumeId"] for row in named} == {volume}
