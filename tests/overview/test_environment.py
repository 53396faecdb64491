"""The page of an environment: every part says what it knows, how old that is, and what to do."""

import json
import re

import pytest
from django.urls import reverse

from customers.models import DutyState, Poll
from opsportal import business_time
from opsportal.overview.picture import PARTS
from tests.world import read_everything, read_now, trust

HTMX = {"HX-Request": "true"}


def page(client, environment) -> str:
    return client.get(reverse("environment", args=[environment.pk])).text


def part(client, environment, name: str, **query):
    return client.get(reverse("environment-part", args=[environment.pk, name]), query, headers=HTMX)


def test_all_nine_duties_stand_on_the_board_unjudged_ones_say_so(read, client):
    client.force_login(read.operator)
    board = part(client, read.shop_production, "board").text
    for code in ("N1", "N2", "N3", "N4", "N5", "N6", "I1", "I2", "I3"):
        assert f'<span class="duty-code">{code}</span>' in board
    unjudged = 9 - DutyState.objects.filter(environment=read.shop_production).count()
    assert board.count("まだ自動判定の対象ではありません。") == unjudged > 0


def test_an_environment_nobody_could_read_yet_claims_nothing(world, client):
    client.force_login(world.operator)
    text = page(client, world.shop_production)
    assert "不明" in text and "この情報はまだ読み取っていません" in text
    assert "state-ok" not in part(client, world.shop_production, "board").text


def test_a_denied_permission_is_named_with_its_cure_and_the_rest_is_there(world, client, scenes):
    trust(scenes, world.shop_production, withheld=("rds:DescribePendingMaintenanceActions",))
    read_everything()
    client.force_login(world.operator)
    text = page(client, world.shop_production)
    assert "rds:DescribePendingMaintenanceActions が拒否されました" in text
    assert "ロールへ rds:DescribePendingMaintenanceActions を追加してください。" in text
    assert "web-1" in text and "shop-db" in text


def test_servers_databases_and_backups_are_on_the_page(read, client):
    client.force_login(read.operator)
    text = page(client, read.shop_production)
    for words in (
        "web-1",
        "web-2",
        "shop-db",
        "マルチ AZ" if "マルチ AZ" in text else "シングル AZ",
        "直近 14 晩",
        "取り決め 7 日",
    ):
        assert words in text
    assert text.count('class="days"') == 3


@pytest.mark.parametrize("name", PARTS)
def test_each_part_is_the_same_on_the_page_and_by_itself(read, client, name):
    client.force_login(read.operator)
    answer = part(client, read.shop_production, name)
    assert answer.status_code == 200
    assert f'id="{name}"' in answer.text and "<html" not in answer.text


def test_a_part_that_does_not_exist_is_missing(read, client):
    client.force_login(read.operator)
    assert part(client, read.shop_production, "nonsense").status_code == 404


def test_without_news_only_ages_are_told_with_news_the_other_parts_follow(read, client):
    client.force_login(read.operator)
    version = re.search(r"seen=([0-9.]+)", part(client, read.shop_production, "board").text)[1]
    quiet = part(client, read.shop_production, "board", seen=version)
    assert quiet.status_code == 204 and quiet.content == b""
    told = json.loads(quiet["HX-Trigger"])
    assert set(told) == {"ages", "figures"}
    assert set(told["ages"]) == {f"{which}{reading}" for which in ("", "next-") for reading in Poll.Reading.values}
    news = part(client, read.shop_production, "board", seen="0.0")
    assert news.status_code == 200 and "environment-changed" in json.loads(news["HX-Trigger"])


def test_a_notice_and_its_deadline_stand_in_local_time(read, client, scenes):
    scenes.apply("retire-instance", server="web-2")
    read_now(read.shop_production, Poll.Reading.STATUS)
    client.force_login(read.operator)
    notices = part(client, read.shop_production, "notices").text
    assert "ハードウェアの使用終了" in notices and " JST</time>" in notices and "あと " in notices


def test_owners_read_in_plain_words_developers_see_the_works(read, client):
    account = read.shop_production.account_id
    for who, plain in (("owner", True), ("viewer", True), ("developer", False), ("operator", False)):
        client.force_login(getattr(read, who))
        text = page(client, read.shop_production)
        assert (account not in text) is plain
        assert ("取得状況" not in text) is plain
        assert "業務ボード" in text and "バックアップ" in text


def test_a_vanished_server_leaves_the_page_and_is_kept_in_the_observations(read, client):
    read.shop_production.server_set.filter(name="web-2").update(gone_at=business_time.now())
    client.force_login(read.operator)
    assert "web-2" not in part(client, read.shop_production, "resources").text
    assert "web-2" in client.get(reverse("observations", args=[read.shop_production.pk])).text


@pytest.mark.parametrize("name", ["observations", "readings", "notices", "backups", "alarms", "charts"])
def test_every_list_has_a_page_of_its_own(read, client, name):
    client.force_login(read.developer)
    answer = client.get(
        reverse(name, args=[read.shop_production.pk]), {"after": "broken", "hours": "x", "of": "\0", "status": "\0"}
    )
    assert answer.status_code == 200 and "<html" in answer.text


def test_what_appeared_leaves_no_labelled_empty_cell_on_a_phone(read, client):
    client.force_login(read.operator)
    text = client.get(reverse("observations", args=[read.shop_production.pk])).text
    assert "<td></td>" in text
    assert not re.search(r'data-label="[^"]*">\s*</td>', text)
