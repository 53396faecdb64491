"""Scenarios about load, disks, alarms, backups and the web sites."""

import datetime as dt

from opsportal.sandbox.estate import ServerRecord
from opsportal.sandbox.scenarios.registry import Option, ScenarioError, Scene, Words, scenario

FIVE_MINUTES = 300
NIGHTS_AT_MOST = 30


def _periods_ago(scene: Scene, periods: int) -> dt.datetime:
    """The beginning of that many whole periods: an alarm needs them all to be breaching."""
    now = scene.now.timestamp()
    return dt.datetime.fromtimestamp(now // FIVE_MINUTES * FIVE_MINUTES - periods * FIVE_MINUTES, dt.UTC)


@scenario(
    "fill-disk",
    "the disk of a server runs full, and its alarm rings",
    "サーバーのディスクがいっぱいになり、アラームが鳴る",
    "server",
    (Option("percent", 96.0, Words("how full", "使用率(%)")),),
)
def fill_disk(scene: Scene) -> Words:
    """disk_used_percent stands at the level asked for since some minutes ago."""
    percent = float(scene.options["percent"])
    if not 1 <= percent <= 100:
        raise ScenarioError("--percent is between 1 and 100", "--percent は1から100までです")
    scene.begin("disk", since=_periods_ago(scene, 1), level=percent)
    return Words(f"{scene.where}: disk at {percent:g} %", f"{scene.where}: ディスク使用率 {percent:g} %")


@scenario(
    "alarm",
    "a server comes under load, and its CloudWatch alarm goes to ALARM",
    "サーバーの負荷が上がり、CloudWatchアラームがALARMになる",
    "server",
    (Option("metric", "cpu", Words("cpu or memory", "cpu または memory")),),
)
def alarm(scene: Scene) -> Words:
    """CPU or memory stands above the alarm's threshold since some minutes ago."""
    kind = {"cpu": "load", "memory": "memory"}.get(scene.options["metric"])
    if kind is None:
        raise ScenarioError("--metric is cpu or memory", "--metric は cpu か memory です")
    scene.begin(kind, since=_periods_ago(scene, 2), level=97.0)
    return Words(f"{scene.where}: {scene.options['metric']} at 97 %", f"{scene.where}: {scene.options['metric']} 97 %")


@scenario(
    "miss-backup",
    "the backups of a server or database fail from last night on (the portal shows it at its next reading)",
    "昨夜からサーバーやデータベースのバックアップが失敗する(ポータルが次にバックアップを読んだときに表示される)",
    "either",
    (Option("nights", 1, Words("how many nights already", "すでに何晩か")),),
)
def miss_backup(scene: Scene) -> Words:
    """The newest backups are gone, or their jobs failed, and no new ones come until this is cleared."""
    nights, count = scene.simulation.nights, int(scene.options["nights"])
    if not 1 <= count <= NIGHTS_AT_MOST:
        raise ScenarioError(f"--nights is from 1 to {NIGHTS_AT_MOST}", f"--nights は1から{NIGHTS_AT_MOST}までです")
    # One day more: of the present day the night may not have been yet.
    reach = dt.timedelta(days=count + 1)
    if isinstance(scene.record, ServerRecord):
        backups = nights.of_server(scene.record, scene.now, reach)
    else:
        backups = nights.of_database(scene.record, scene.now, reach)
    scene.begin("missed-backup", first=backups[count - 1].started.isoformat())
    return Words(
        f"{scene.where}: no backup since the night of {backups[count - 1].night}",
        f"{scene.where}: {backups[count - 1].night} の夜からバックアップがありません",
    )


@scenario(
    "site-down",
    "the web site of an environment answers 503 although its servers run",
    "サーバーは動いているのに、サイトが503を返す",
    "environment",
)
def site_down(scene: Scene) -> Words:
    """The application is broken; the load balancer's health checks fail."""
    scene.begin("site-down")
    return Words(f"{scene.where}: site answers 503", f"{scene.where}: サイトが503を返します")
