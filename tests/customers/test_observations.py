"""What changed is told in the reader's words: no code of AWS, no time in another zone."""

import datetime as dt
import re

import botocore.session
import pytest
from django.urls import reverse
from django.utils import translation

from customers import codes
from customers.fields import FIELDS
from customers.models import (
    Address,
    Database,
    LoadBalancer,
    Need,
    Observation,
    Poll,
    SecurityGroup,
    Server,
    Volume,
)
from incidents.models import Alarm
from maintenance.models import Notice
from opsportal import business_time
from tests.world import read_now

BOOKKEEPING = {
    "id",
    "environment",
    "aws_id",
    "first_seen_at",
    "changed_at",
    "gone_at",
    "origin",
    "source_id",
    "found_by",
}


def observe(environment, subject: str, facts: dict, kind=Observation.Kind.CHANGED) -> None:
    Observation.objects.create(
        environment=environment, at=business_time.now(), kind=kind, subject=subject, aws_id="x-1", name="x", facts=facts
    )


def shown(client, environment, language: str = "ja") -> str:
    """The text of the newest row of the page of observations."""
    url = reverse("observations", args=[environment.pk])
    text = client.get(url, headers={"Accept-Language": language}).text
    row = re.search(r"<tbody>\s*<tr[^>]*>(.*?)</tr>", text, re.S).group(1)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()


def test_a_server_that_stopped_is_told_without_a_code_of_aws(read, client, scenes):
    scenes.apply("stop-instance", server="web-1")
    read_now(read.shop_production, Poll.Reading.INVENTORY)
    client.force_login(read.owner)
    text = client.get(reverse("observations", args=[read.shop_production.pk])).text
    assert "状態</span> 稼働中 → 停止" in text
    assert not re.search(r"\b(running|stopped|stopping)\b", text)
    page = client.get(reverse("environment", args=[read.shop_production.pk])).text
    assert page.count("起動 <time") == 1


@pytest.mark.parametrize(
    ("subject", "facts", "words"),
    [
        ("database", {"state": ["stopping", "available"]}, "状態 停止処理中 → 稼働中"),
        ("database", {"state": ["available", "a-new-state"]}, "状態 稼働中 → a-new-state"),
        ("database", {"storage_gb": [20, 100]}, "ストレージ 20 GiB → 100 GiB"),
        ("database", {"multi_az": [False, True]}, "マルチ AZ 無効 → 有効"),
        ("database", {"backup_retention_days": [7, 14]}, "保持日数 7 日 → 14 日"),
        ("database", {"backup_window": ["", "18:00-18:30"]}, "バックアップウィンドウ – → 03:00–03:30 JST"),
        (
            "database",
            {"certificate_ends_at": ["2026-08-22T17:08:50.123456+00:00", None]},
            "証明書の期限 2026-08-23(日) 02:08 JST → –",
        ),
        (
            "database",
            {"pending_changes": [{}, {"AllocatedStorage": "100", "MultiAZ": "True"}]},
            "保留中の変更 – → ストレージ: 100 GiB、マルチ AZ: 有効",
        ),
        ("server", {"system_check": ["ok", "impaired"]}, "システムのステータスチェック 正常 → 異常"),
        ("server", {"agent_state": ["Online", "ConnectionLost"]}, "SSM エージェント 接続中 → 接続断"),
        (
            "server",
            {"state_reason": ["", "Client.UserInitiatedShutdown: User initiated shutdown"]},
            "理由 – → 利用者またはプログラムによる停止",
        ),
        ("server", {"tags": [{"Name": "web-1", "a": "b"}, {"Name": "web-1", "a": "c"}]}, "タグ a=b → a=c"),
        ("volume", {"state": ["in-use", "available"]}, "状態 使用中 → 未接続"),
        (
            "securitygroup",
            {
                "inbound": [
                    [{"protocol": "tcp", "from": 443, "to": 443, "source": "0.0.0.0/0"}],
                    [
                        {"protocol": "tcp", "from": 443, "to": 443, "source": "0.0.0.0/0"},
                        {"protocol": "tcp", "from": 22, "to": 22, "source": "0.0.0.0/0"},
                        {"protocol": "-1", "from": None, "to": None, "source": "10.0.0.0/8"},
                    ],
                ]
            },
            "インバウンドルール – → TCP 22 ← インターネット全体 (0.0.0.0/0)、すべての通信 ← 10.0.0.0/8",
        ),
        (
            "loadbalancer",
            {
                "targets": [
                    [{"id": "i-1", "port": 80, "group": "g", "state": "healthy", "reason": ""}],
                    [{"id": "i-1", "port": 80, "group": "g", "state": "unhealthy", "reason": "Target.Timeout"}],
                ]
            },
            "ターゲット i-1:80 正常 → i-1:80 異常 (時間内に応答なし)",
        ),
        (
            "alarm",
            {"state": ["OK", "ALARM"], "state_since": ["2026-08-22T17:08:50+00:00", "2026-08-23T17:08:50+00:00"]},
            "状態 正常 → 発報中",
        ),
        ("alarm", {"actions": [1, 0]}, "通知先の数 1 か所 → 0 か所"),
        (
            "notice",
            {"status": ["settled", "open"], "opt_in": ["", "next-maintenance"], "code": "system-update"},
            "データベースの OS 更新 状態 解消 → 未解消 適用の予約 – → 次のメンテナンスウィンドウで適用",
        ),
    ],
)
def test_a_difference_reads_in_words(world, client, subject, facts, words):
    observe(world.shop_production, subject, facts)
    client.force_login(world.owner)
    assert shown(client, world.shop_production).endswith(words)


def test_a_moment_stands_in_the_zone_of_the_reader_with_its_name(world, client):
    world.owner.time_zone = "Europe/London"
    world.owner.save()
    observe(world.shop_production, "server", {"launched_at": [None, "2026-08-22T17:08:50.123456+00:00"]})
    client.force_login(world.owner)
    assert shown(client, world.shop_production).endswith("起動日時 – → 2026-08-22(土) 18:08 BST")


def test_what_rds_says_is_told_in_japanese(world, client):
    facts = {"message": "Finished DB Instance backup", "categories": ["backup"]}
    observe(world.shop_production, "database", facts, Observation.Kind.HAPPENED)
    client.force_login(world.owner)
    assert shown(client, world.shop_production).endswith("バックアップが完了しました")


def test_an_announcement_and_its_end_are_called_so(read, client, scenes):
    shop = read.shop_production
    scenes.apply("retire-instance", server="web-1")
    read_now(shop, Poll.Reading.STATUS)
    client.force_login(read.owner)
    assert "メンテナンス通知 · 予告 web-1 ハードウェアの使用終了" in shown(client, shop)
    scenes.clear()
    read_now(shop, Poll.Reading.STATUS)
    assert "メンテナンス通知 · 解消 web-1 ハードウェアの使用終了" in shown(client, shop)


@pytest.mark.parametrize("model", [Server, Database, Volume, SecurityGroup, Address, LoadBalancer, Alarm, Notice])
def test_every_field_that_can_differ_has_a_name(model):
    moving = getattr(model, "MOVING", ())
    fields = {field.name for field in model._meta.concrete_fields} - BOOKKEEPING - set(moving)
    assert fields - FIELDS.keys() == set()


@pytest.mark.parametrize(
    ("kind", "service", "shape"),
    [
        ("server", "ec2", "InstanceStateName"),
        ("volume", "ec2", "VolumeState"),
        ("check", "ec2", "SummaryStatus"),
        ("maintenance", "ec2", "EventCode"),
        ("balancer", "elbv2", "LoadBalancerStateEnum"),
        ("target", "elbv2", "TargetHealthStateEnum"),
        ("target reason", "elbv2", "TargetHealthReasonEnum"),
        ("agent", "ssm", "PingStatus"),
        ("alarm", "cloudwatch", "StateValue"),
    ],
)
def test_every_state_that_aws_documents_has_a_word_in_both_languages(kind, service, shape):
    documented = botocore.session.get_session().get_service_model(service).shape_for(shape).enum
    assert set(documented) <= codes.WORDS[kind].keys()
    with translation.override("ja"):
        assert all(codes.word(kind, code) != code for code in documented)
        japanese = [codes.word(kind, code) for code in documented]
    with translation.override("en"):
        assert japanese != [codes.word(kind, code) for code in documented]


def test_the_title_of_a_need_names_the_state_in_words(read, client):
    shop = read.shop_production
    at = business_time.now()
    Need.objects.create(
        environment=shop, duty="I3", origin="test", key="k", kind="database-down", urgency=1, performer="provider",
        facts={"name": "shop-db", "state": "incompatible-parameters"}, raised_at=at, changed_at=at + dt.timedelta(0),
    )  # fmt: skip
    client.force_login(read.operator)
    text = client.get(reverse("environment", args=[shop.pk])).text
    assert "データベース shop-db の状態: パラメータの不整合" in text
    assert "incompatible-parameters" not in text


def test_checks_and_agent_of_a_server_read_in_words(read, client):
    client.force_login(read.operator)
    text = client.get(reverse("environment", args=[read.shop_production.pk])).text
    assert "ステータスチェック: システム 正常、インスタンス 正常" in text
    assert "SSM エージェント: 接続中" in text
    assert "MySQL 8" in text
