"""Every kind of change, from its proposal to its verified end, and with a reply that never came."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from moto.ec2.exceptions import InvalidPermissionDuplicateError
from moto.ec2.models import ec2_backends

from customers.models import SecurityGroup, Volume
from customers.visits import visit
from maintenance import changes
from maintenance.actions import ACTIONS, upgrade_database
from maintenance.actions.shape import Refusal
from maintenance.models import Backup, Change, Notice
from opsportal import business_time
from opsportal.aws import permissions
from opsportal.aws.acting import account_to_act, take_hand
from opsportal.aws.errors import Denied
from tests.customers.agreeing import signed
from tests.maintenance.changing import (
    answered,
    asked_of_aws,
    database_of,
    let_run,
    lose_replies,
    proposed,
    target_of,
)
from tests.world import read_now

State = Change.State


@dataclass
class Kind:
    """How one kind of change is tried: what it is done to, with which parameters, what AWS must be told.

    `prepared(world, scenes)` makes what it needs happen; `found_again` is whether a lost reply can be looked up.
    """

    name: str
    asks: list[str]
    target: Callable[[Any], Any] = target_of
    given: Callable[[Any], dict[str, Any]] = field(default=lambda world: {})
    prepared: Callable[[Any, Any], None] = field(default=lambda world, scenes: None)
    found_again: bool = True
    waits: dt.timedelta = dt.timedelta(0)

    def __str__(self) -> str:
        return self.name


def _announced(scenario: str, name: str) -> Callable[[Any, Any], None]:
    def announce(world, scenes) -> None:
        scenes.apply(scenario, server=name)
        read_now(world.shop_production)

    return announce


def _another_day(world) -> str:
    """A day other than that of the window, which an earlier test may have moved."""
    return "wed" if database_of(world).maintenance_window.startswith("thu") else "fri"


def _runs(world, scenes, version: str) -> None:
    """The database is found at a version, whatever earlier tests made of it."""
    record = scenes.sandbox.simulation.estate.database(world.shop_production.account_id, "shop-db")
    record.spec = replace(record.spec, engine_version=version)
    read_now(world.shop_production)
    read_now(world.shop_production)


def _other_class(world) -> str:
    return "db.t4g.large" if database_of(world).instance_class == "db.t4g.medium" else "db.t4g.medium"


def _bigger(world) -> int:
    return Volume.objects.get(environment=world.shop_production, server_aws_id=target_of(world).aws_id).size_gb + 10


def _notice() -> Notice:
    return Notice.objects.get(status=Notice.Status.OPEN)


KINDS = [
    Kind("reboot-instance", ["ec2:RebootInstances"]),
    Kind("reboot-database", ["rds:RebootDBInstance"], database_of),
    Kind(
        "reschedule-event",
        ["ec2:ModifyInstanceEventStartTime"],
        given=lambda world: {"event": _notice().source_id, "new_start": _notice().starts_at + dt.timedelta(days=3)},
        prepared=_announced("reboot-event", "web-1"),
    ),
    Kind(
        "apply-database-maintenance",
        ["rds:ApplyPendingMaintenanceAction"],
        database_of,
        given=lambda world: {"pending_action": "system-update", "opt_in": "immediate"},
        prepared=_announced("rds-maintenance", "shop-db"),
    ),
    Kind(
        "apply-database-maintenance",
        ["rds:ApplyPendingMaintenanceAction"],
        database_of,
        given=lambda world: {"pending_action": "system-update", "opt_in": "next-maintenance"},
        prepared=_announced("rds-maintenance", "shop-db"),
    ),
    Kind(
        "move-maintenance-window",
        ["rds:ModifyDBInstance"],
        database_of,
        given=lambda world: {"day": _another_day(world), "clock": "05:30"},
    ),
    Kind(
        "restart-service",
        ["ssm:SendCommand"],
        given=lambda world: {"service": "httpd"},
        prepared=_announced("stop-service", "web-1"),
    ),
    Kind(
        "upgrade-database",
        ["rds:ModifyDBInstance"],
        database_of,
        given=lambda world: {"engine_version": "8.4.7", "when": "at-once"},
        prepared=lambda world, scenes: _runs(world, scenes, "8.4.6"),
    ),
    Kind(
        "upgrade-database",
        ["rds:ModifyDBInstance"],
        database_of,
        given=lambda world: {"engine_version": "8.4.7", "when": "at-once"},
        prepared=lambda world, scenes: _runs(world, scenes, "8.0.44"),
    ),
    Kind("take-server-backup", ["ec2:CreateImage"]),
    Kind(
        "change-database-class",
        ["rds:ModifyDBInstance"],
        database_of,
        given=lambda world: {"instance_class": _other_class(world), "when": "at-once"},
    ),
    Kind(
        "change-database-storage",
        ["rds:ModifyDBInstance"],
        database_of,
        given=lambda world: {"storage_gb": database_of(world).storage_gb + 20},
    ),
    Kind(
        "restore-backup",
        ["rds:RestoreDBInstanceFromDBSnapshot"],
        lambda world: _backups(world, "rds-automated").latest("started_at"),
        prepared=lambda world, scenes: read_now(world.shop_production),
    ),
    Kind(
        "restore-backup",
        ["ec2:CreateVolume"],
        lambda world: _backups(world, "ebs-snapshot").latest("started_at"),
        prepared=lambda world, scenes: read_now(world.shop_production),
    ),
    Kind(
        "delete-backup",
        ["ec2:DeleteSnapshot"],
        lambda world: _past(world, 3),
        prepared=lambda world, scenes: _agreed_on_days(world, 2),
        waits=dt.timedelta(days=1),
    ),
    Kind(
        "put-back-rule",
        ["ec2:RevokeSecurityGroupIngress"],
        lambda world: SecurityGroup.objects.get(environment=world.shop_production, name="shop-batch"),
        given=lambda world: {"rule": "take-away tcp 22-22 198.51.100.7/32"},
        prepared=lambda world, scenes: _opened(world, scenes),
    ),
    Kind(
        "grow-volume",
        ["ec2:ModifyVolume", "ssm:SendCommand"],
        lambda world: Volume.objects.get(environment=world.shop_production, server_aws_id=target_of(world).aws_id),
        given=lambda world: {"size_gb": _bigger(world)},
    ),
]


def _backups(world, kind: str):
    return Backup.objects.filter(environment=world.shop_production, kind=kind, gone_at=None, state="good")


def _past(world, days: int) -> Backup:
    before = business_time.now() - dt.timedelta(days=days)
    return _backups(world, "ebs-snapshot").filter(started_at__lt=before).latest("started_at")


def _agreed_on_days(world, days: int) -> None:
    signed(world, retention_days=days)
    read_now(world.shop_production)


def _opened(world, scenes) -> None:
    """Somebody of the customer's opens a port in the console."""
    account = world.shop_production.account_id
    ec2 = ec2_backends[account]["ap-northeast-1"]
    group = next(group for group in ec2.describe_security_groups() if group.name == "shop-batch")
    with suppress(InvalidPermissionDuplicateError):
        ec2.authorize_security_group_ingress(group.id, "tcp", "22", "22", [{"CidrIp": "198.51.100.7/32"}])
    read_now(world.shop_production)


def _begun(kind: Kind, world, scenes, clock) -> Change:
    kind.prepared(world, scenes)
    change = proposed(world, kind.name, kind.target(world), **kind.given(world))
    if change.state == State.PROPOSED:
        answered(change, world.owner, proven=True)
    if change.state == State.PROPOSED:
        answered(change, world.approver, proven=True)
    if kind.waits:
        clock.forward(seconds=kind.waits.total_seconds())
    return change


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_change_ends_verified_after_just_the_calls_shown(acting, scenes, clock, kind):
    change = let_run(_begun(kind, acting, scenes, clock), clock)
    assert (change.state, change.failure) == (State.DONE, {})
    asked = asked_of_aws(scenes, change)
    assert [row["action"] for row in asked] == kind.asks
    assert [row["outcome"] for row in asked] == ["ok"] * len(kind.asks)
    assert {row["for_whom"] for row in asked} != {""}


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_reply_that_never_came_is_looked_up_and_never_asked_again(acting, scenes, clock, monkeypatch, kind):
    lose_replies(monkeypatch)
    change = _begun(kind, acting, scenes, clock)
    let_run(change, clock, until=set() if kind.found_again else {State.UNSETTLED})
    assert change.state == (State.DONE if kind.found_again else State.UNSETTLED)
    assert [row["action"] for row in asked_of_aws(scenes, change)] == kind.asks


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_request_that_never_arrived_is_put_before_a_person_and_not_repeated(acting, scenes, clock, monkeypatch, kind):
    lose_replies(monkeypatch, before=True)
    change = _begun(kind, acting, scenes, clock)
    let_run(change, clock, until={State.UNSETTLED})
    assert change.failure["word"] in ("unclear", "not-begun")
    clock.forward(minutes=20)
    let_run(change, clock, until={State.UNSETTLED})
    assert asked_of_aws(scenes, change) == []


def test_an_event_is_moved_only_where_aws_would_take_it(acting, scenes):
    _announced("reboot-event", "web-1")(acting, scenes)
    event, now = _notice(), business_time.now()
    for wanted, word in (
        (now + dt.timedelta(minutes=59), "start-too-near"),
        (event.deadline_at + dt.timedelta(minutes=1), "parameter"),
    ):
        with pytest.raises(Refusal, match=word):
            proposed(acting, "reschedule-event", event=event.source_id, new_start=wanted)
    late = event.starts_at - dt.timedelta(minutes=4)
    with pytest.raises(Refusal, match="event-too-near"):
        proposed(
            acting, "reschedule-event", starts_at=late, event=event.source_id,
            new_start=event.starts_at + dt.timedelta(hours=2),
        )  # fmt: skip
    with pytest.raises(Refusal, match="parameter"):
        proposed(acting, "reschedule-event", target_of(acting, "web-2"), event=event.source_id, new_start=late)


def test_a_window_is_not_moved_onto_now_while_anything_waits_for_it(acting, scenes, clock):
    """RDS would apply at once what waits, and reboot the database in business hours."""
    soon = business_time.now() + dt.timedelta(hours=9, minutes=20)
    given = {"day": f"{soon:%a}".lower(), "clock": f"{soon:%H}:{soon.minute // 30 * 30:02}"}
    change = proposed(acting, "move-maintenance-window", database_of(acting), **given)
    answered(change, acting.owner)
    database = database_of(acting)
    type(database).objects.filter(pk=database.pk).update(pending_changes={"DBInstanceClass": "db.t4g.large"})
    with pytest.raises(Refusal, match="window-is-now"):
        proposed(acting, "move-maintenance-window", database_of(acting), **given)
    let_run(change, clock)
    assert (change.state, change.failure["word"]) == (State.LAPSED, "window-is-now")
    assert asked_of_aws(scenes, change) == []


def test_a_window_over_the_backups_is_refused(acting):
    with pytest.raises(Refusal, match="overlaps-backup-window"):
        proposed(acting, "move-maintenance-window", database_of(acting), day="wed", clock="02:00")


def test_a_restarted_service_brings_the_site_back(acting, scenes, clock):
    for name in ("web-1", "web-2"):
        scenes.apply("stop-service", server=name)
    assert not visit(acting.shop_production.site_url, acting.shop_production.site_text).up
    change = proposed(acting, "restart-service", service="httpd")
    answered(change, acting.owner)
    assert let_run(change, clock).state == State.DONE
    assert visit(acting.shop_production.site_url, acting.shop_production.site_text).up


def test_a_command_that_fails_on_the_server_ends_the_change(acting, scenes, clock):
    change = proposed(acting, "restart-service", service="nginx")
    answered(change, acting.owner)
    let_run(change, clock)
    assert (change.state, change.failure) == (State.FAILED, {"word": "came-to-nothing", "step": "restart"})
    assert len(asked_of_aws(scenes, change)) == 1


def test_an_order_for_the_window_waits_there_and_the_next_one_is_not_given_at_once(acting, scenes, clock):
    """RDS would carry out with the second order what was agreed for the window."""
    change = proposed(
        acting, "change-database-class", database_of(acting), instance_class="db.t4g.2xlarge", when="in-window"
    )
    answered(change, acting.owner)
    assert let_run(change, clock).state == State.DONE
    read_now(acting.shop_production)
    database = database_of(acting)
    assert database.pending_changes == {"DBInstanceClass": "db.t4g.2xlarge"}
    with pytest.raises(Refusal, match="takes-pending-along"):
        proposed(acting, "change-database-storage", database, storage_gb=database.storage_gb + 50)
    clock.forward(days=8)
    read_now(acting.shop_production)
    assert database_of(acting).instance_class == "db.t4g.2xlarge"


def test_only_a_version_that_rds_offers_can_be_upgraded_to(acting, scenes):
    _runs(acting, scenes, "8.0.44")
    assert [value for value, _ in upgrade_database.offered(database_of(acting))] == ["8.4.6", "8.4.7"]
    with pytest.raises(Refusal, match="parameter"):
        proposed(acting, "upgrade-database", database_of(acting), engine_version="8.4.5", when="at-once")


@pytest.mark.parametrize("service", ["httpd; rm -rf /", "sshd", ""])
def test_only_a_service_that_is_offered_can_be_restarted(acting, service):
    with pytest.raises(Refusal, match="parameter"):
        proposed(acting, "restart-service", service=service)


def test_a_disk_that_aws_still_works_on_is_not_changed_again(acting, scenes, clock):
    kind = next(kind for kind in KINDS if kind.name == "grow-volume")
    assert let_run(_begun(kind, acting, scenes, clock), clock).state == State.DONE
    read_now(acting.shop_production)
    second = let_run(_begun(kind, acting, scenes, clock), clock)
    assert (second.state, second.failure["code"]) == (State.FAILED, "IncorrectModificationState")


def test_where_aws_has_no_capacity_the_old_type_is_put_back(acting, scenes, clock):
    scenes.apply("no-capacity")
    change = proposed(acting, "resize-instance", target_of(acting, "web-2"), instance_type="m5.xlarge")
    answered(change, acting.owner)
    let_run(change, clock)
    assert (change.state, change.failure["code"]) == (State.FAILED, "InsufficientInstanceCapacity")
    back = change.steps.filter(undo=True).order_by("number").values_list("name", "state")
    assert list(back) == [("change-type-back", "done"), ("start-again", "failed")]


def test_neither_the_newest_backup_nor_one_that_was_promised_can_be_deleted(acting, scenes):
    _agreed_on_days(acting, 5)
    newest, old = _backups(acting, "ebs-snapshot").latest("started_at"), _past(acting, 6)
    with pytest.raises(Refusal, match="within-retention"):
        proposed(acting, "delete-backup", newest)
    Backup.objects.filter(volume_aws_id=old.volume_aws_id, started_at__gt=old.started_at).update(state="failed")
    with pytest.raises(Refusal, match="newest-good"):
        proposed(acting, "delete-backup", old)


def test_what_rds_deletes_itself_is_left_to_it(acting, scenes):
    _agreed_on_days(acting, 2)
    old = _backups(acting, "rds-automated").earliest("started_at")
    with pytest.raises(Refusal, match="deletes-itself"):
        proposed(acting, "delete-backup", old)


def test_a_backup_that_became_the_last_good_one_meanwhile_is_kept(acting, scenes, clock):
    kind = next(kind for kind in KINDS if kind.name == "delete-backup")
    change = _begun(kind, acting, scenes, clock)
    Backup.objects.exclude(aws_id=change.aws_id).update(state="failed")
    let_run(change, clock)
    assert (change.state, change.failure["word"]) == (State.LAPSED, "newest-good")
    assert asked_of_aws(scenes, change) == []


def test_an_image_and_a_snapshot_by_hand_have_their_own_ways_to_go(acting, scenes, clock):
    signed(acting, retention_days=2)
    taken = [
        proposed(acting, "take-server-backup"),
        proposed(acting, "take-database-backup", database_of(acting)),
    ]
    for change in taken:
        if change.state == State.PROPOSED:
            answered(change, acting.owner)
        assert let_run(change, clock).state == State.DONE
    later = [let_run(_again(acting, change, clock), clock) for change in taken]
    assert [change.state for change in later] == [State.DONE, State.DONE]
    clock.forward(days=3)
    read_now(acting.shop_production)
    for change, operation in zip(taken, ("ec2:DeregisterImage", "rds:DeleteDBSnapshot"), strict=True):
        old = Backup.objects.get(environment=acting.shop_production, name=change.mark, kind__in=("image", "rds-manual"))
        gone = proposed(acting, "delete-backup", old)
        for person in (acting.owner, acting.approver):
            if gone.state == State.PROPOSED:
                answered(gone, person, proven=True)
        clock.forward(days=1)
        read_now(acting.shop_production)
        let_run(gone, clock)
        assert (gone.state, gone.failure) == (State.DONE, {})
        assert [row["action"] for row in asked_of_aws(scenes, gone)] == [operation]


def _again(world, change: Change, clock) -> Change:
    clock.forward(minutes=30)
    target = target_of(world) if change.subject == "server" else database_of(world)
    second = proposed(world, change.action, target)
    if second.state == State.PROPOSED:
        answered(second, world.owner)
    return second


def test_nothing_is_opened_to_the_whole_world_again(acting, scenes, clock):
    _opened(acting, scenes)
    group = SecurityGroup.objects.get(environment=acting.shop_production, name="shop-batch")
    read_now(acting.shop_production)
    change = proposed(acting, "put-back-rule", group, rule="take-away tcp 22-22 203.0.113.0/24")
    answered(change, acting.owner, proven=True)
    if change.state == State.PROPOSED:
        answered(change, acting.approver, proven=True)
    assert let_run(change, clock).state == State.DONE
    read_now(acting.shop_production)
    group.refresh_from_db()
    back = proposed(acting, "put-back-rule", group, rule="allow tcp 22-22 203.0.113.0/24")
    assert back.plan["steps"][0]["operation"] == "AuthorizeSecurityGroupIngress"
    changes.cancel(change=back, at=business_time.now(), by=acting.operator)
    with pytest.raises(Refusal, match="parameter"):
        proposed(acting, "put-back-rule", group, rule="allow tcp 22-22 0.0.0.0/0")


def test_every_kind_is_tried():
    elsewhere = {"stop-start", "resize-instance", "take-database-backup"}
    assert {kind.name for kind in KINDS} | elsewhere == set(ACTIONS)


def test_a_hand_for_one_call_on_one_server_is_refused_everything_else(acting, scenes):
    environment, other = acting.shop_production, target_of(acting, "web-2")
    account = account_to_act(
        role_arn=environment.act_role_arn, external_id=str(environment.external_id), region=environment.region,
        account_id=environment.account_id, for_whom="owner-1",
    )  # fmt: skip
    server = target_of(acting).aws_id
    touched = permissions.touched_by(
        "ec2:RebootInstances", "reboot-instance", {"InstanceIds": [server]}, environment.region, environment.account_id
    )
    hand = take_hand(account, ["ec2:RebootInstances"], touched)
    for operation, parameters in (
        ("RebootInstances", {"InstanceIds": [other.aws_id]}),
        ("RebootInstances", {"InstanceIds": [server, other.aws_id]}),
        ("StopInstances", {"InstanceIds": [server]}),
    ):
        with pytest.raises(Denied):
            hand.once("ec2", operation, parameters)
    with pytest.raises(Denied):
        hand.once("rds", "RebootDBInstance", {"DBInstanceIdentifier": database_of(acting).aws_id})
    hand.once("ec2", "RebootInstances", {"InstanceIds": [server]})
    told = scenes.sandbox.simulation.journal.recent(environment.account_id)[-1]
    assert (told["action"], told["outcome"], told["for_whom"]) == ("ec2:RebootInstances", "ok", "owner-1")
