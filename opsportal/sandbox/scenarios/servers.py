"""Scenarios about the servers and databases themselves."""

import datetime as dt

from opsportal.sandbox.conditions import Condition
from opsportal.sandbox.ids import resource_id
from opsportal.sandbox.scenarios.registry import Option, ScenarioError, Scene, Words, local, scenario
from opsportal.sandbox.simulation import Simulation
from opsportal.sandbox.windows import next_window

# AWS plans its work for the night of the region: 17:00 UTC is 02:00 in Japan.
AT_NIGHT = dt.time(17, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def _days(default: int) -> Option:
    return Option("days", default, Words("how many days ahead", "何日先か"))


def _ahead(scene: Scene) -> dt.datetime:
    days = int(scene.options["days"])
    if not 0 <= days <= 365:
        raise ScenarioError(
            "--days is from 0 to 365: AWS announces what lies ahead",
            "--days は0から365までです(AWSの通知は先の予定です)",
        )
    return scene.now + dt.timedelta(days=days)


def _night_in(scene: Scene) -> dt.datetime:
    night = dt.datetime.combine(_ahead(scene).date(), AT_NIGHT)
    return night if night > scene.now else night + dt.timedelta(days=1)


def _refuse_second(scene: Scene, code: str) -> None:
    if any(event.facts["code"] == code for event in scene.simulation.states.events(scene.resource)):
        raise ScenarioError(
            f"{scene.where} already has such an event: clear it first with --clear",
            f"{scene.where} には既に同じイベントがあります。先に --clear で消してください",
        )


def _start_what_it_stopped(simulation: Simulation, condition: Condition) -> None:
    if condition.facts.get("stopped"):
        simulation.states.start(condition.resource, simulation.clock.now())


@scenario(
    "retire-instance",
    "AWS announces that the host of a server is retired; stop and start settles it",
    "サーバーのホストのリタイア(廃止)がAWSから通知される。停止と起動で解消する",
    "server",
    (_days(10),),
    clear=_start_what_it_stopped,
)
def retire_instance(scene: Scene) -> Words:
    """An instance-retirement event: no deadline to move it to, only stop and start helps."""
    _refuse_second(scene, "instance-retirement")
    when = _night_in(scene)
    scene.begin(
        "event",
        code="instance-retirement",
        event_id=resource_id("instance-event", scene.resource, "retirement", when),
        description="The instance is running on degraded hardware",
        not_before=when.isoformat(),
    )
    return Words(
        f"{scene.where}: retirement announced for {local(when)}",
        f"{scene.where}: {local(when)} のリタイアが通知されました",
    )


@scenario(
    "reboot-event",
    "AWS announces that it will reboot the host of a server, with a deadline up to which it can be moved",
    "サーバーのホストの再起動がAWSから通知される。期限までなら日時を変更できる",
    "server",
    (_days(7), Option("code", "system-reboot", Words("the code of the event", "イベントの種類"))),
)
def reboot_event(scene: Scene) -> Words:
    """A system-reboot (or instance-reboot, system-maintenance) event with a deadline a week later."""
    code = scene.options["code"]
    if code not in ("system-reboot", "instance-reboot", "system-maintenance"):
        raise ScenarioError(
            "--code is system-reboot, instance-reboot or system-maintenance",
            "--code は system-reboot、instance-reboot、system-maintenance のどれかです",
        )
    _refuse_second(scene, code)
    when = _night_in(scene)
    scene.begin(
        "event",
        code=code,
        event_id=resource_id("instance-event", scene.resource, code, when),
        description="scheduled reboot" if "reboot" in code else "scheduled maintenance",
        not_before=when.isoformat(),
        not_after=(when + dt.timedelta(hours=2)).isoformat(),
        not_before_deadline=(when + dt.timedelta(days=7)).isoformat(),
    )
    return Words(
        f"{scene.where}: {code} announced for {local(when)}",
        f"{scene.where}: {local(when)} の {code} が通知されました",
    )


@scenario(
    "rds-maintenance",
    "AWS has an update waiting for a database; it applies itself in a maintenance window",
    "データベースに保留中のメンテナンスが現れる。メンテナンスウィンドウで自動的に適用される",
    "database",
    (_days(12), Option("action", "system-update", Words("the kind of action", "メンテナンスの種類"))),
)
def rds_maintenance(scene: Scene) -> Words:
    """A pending maintenance action with its dates."""
    action = str(scene.options["action"])
    pending = scene.simulation.conditions.open("pending-action", scene.place.account, resource=scene.resource)
    if any(row.facts["action"] == action for row in pending):
        raise ScenarioError(
            f"{scene.where} already waits for {action}: clear it first with --clear",
            f"{scene.where} は既に {action} を待っています。先に --clear で消してください",
        )
    after = _ahead(scene).replace(microsecond=0)
    planned = next_window(scene.record.spec.maintenance_window, after)
    scene.begin(
        "pending-action",
        action=action,
        description={
            "system-update": "New Operating System update is available",
            "db-upgrade": "Automatic minor version upgrade",
            "ca-certificate-rotation": "Rotation of CA certificate",
        }.get(action, f"Required {action}"),
        auto_after=after.isoformat(),
        forced_at=(planned + dt.timedelta(days=21)).isoformat(),
        planned_at=planned.isoformat(),
        apply_at=planned.isoformat(),
    )
    return Words(
        f"{scene.where}: {action} will be applied at {local(planned)}",
        f"{scene.where}: {action} は {local(planned)} に適用されます",
    )


def _start_again(simulation: Simulation, condition: Condition) -> None:
    simulation.states.start(condition.resource, simulation.clock.now())


@scenario(
    "stop-instance",
    "somebody stops a server; clearing it starts the server again",
    "誰かがサーバーを停止する。--clear で再び起動する",
    "server",
    clear=_start_again,
)
def stop_instance(scene: Scene) -> Words:
    """The instance goes to stopping, then stopped."""
    state, _ = scene.simulation.states.instance(scene.resource, scene.now)
    if state != "running":
        raise ScenarioError(f"{scene.where} is {state}, not running", f"{scene.where} は起動中ではありません({state})")
    scene.simulation.states.stop(scene.resource, scene.now)
    scene.begin("stopped")
    return Words(f"{scene.where}: stopping", f"{scene.where}: 停止しています")


def _start_database(simulation: Simulation, condition: Condition) -> None:
    database = simulation.estate.database(condition.account, condition.resource)
    if database:
        simulation.states.move_database(database, "starting", MINUTE, "available", simulation.clock.now())


@scenario(
    "stop-database",
    "somebody stops a database, and the site loses it; clearing it starts the database again",
    "誰かがデータベースを停止し、サイトが接続できなくなる。--clear で再び起動する",
    "database",
    clear=_start_database,
)
def stop_database(scene: Scene) -> Words:
    """The database goes to stopping, then stopped."""
    status = scene.simulation.states.database(scene.record, scene.now)
    if status != "available":
        raise ScenarioError(f"{scene.where} is {status}", f"{scene.where} は稼働中ではありません({status})")
    scene.simulation.states.move_database(scene.record, "stopping", MINUTE, "stopped", scene.now)
    scene.begin("stopped")
    return Words(f"{scene.where}: stopping", f"{scene.where}: 停止しています")


@scenario(
    "no-capacity",
    "AWS has no free hardware of the kind that a server or database would need to start",
    "起動に必要な種類の空きハードウェアがAWSにない(キャパシティ不足)",
    "environment",
)
def no_capacity(scene: Scene) -> Words:
    """InsufficientInstanceCapacity at a start, InsufficientDBInstanceCapacity at another class."""
    scene.begin("no-capacity")
    return Words(f"{scene.where}: no capacity", f"{scene.where}: キャパシティ不足です")


@scenario(
    "stop-service",
    "Apache on a server stops answering although the server is well; restarting it helps",
    "サーバーは正常なまま、Apacheが応答しなくなる。サービスの再起動で回復する",
    "server",
)
def stop_service(scene: Scene) -> Words:
    """Nobody listens on the server any more until httpd is restarted."""
    scene.begin("service-down", service="httpd")
    return Words(f"{scene.where}: httpd is down", f"{scene.where}: httpdが停止しました")


@scenario(
    "impair-instance",
    "the status check of a server fails although it runs",
    "サーバーは起動したまま、ステータスチェックが失敗する",
    "server",
)
def impair_instance(scene: Scene) -> Words:
    """The instance check is impaired from now on."""
    scene.begin("impaired", since=scene.now - dt.timedelta(minutes=3))
    return Words(f"{scene.where}: status check impaired", f"{scene.where}: ステータスチェックが失敗しています")
