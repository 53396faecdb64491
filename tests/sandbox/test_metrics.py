"""Metrics: a rhythm of days and weeks, every statistic, fast enough for charts; alarms that follow them."""

import datetime as dt
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import ACCOUNT, REGION, Hand


def now(hand: Hand) -> dt.datetime:
    """The sandbox's present."""
    return dt.datetime.fromisoformat(hand.control("status")["now"])


def query(namespace: str, name: str, dimensions: dict[str, str], period: int = 300, stat: str = "Average") -> dict:
    """One query of GetMetricData."""
    metric = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    return {
        "Id": f"m{abs(hash((name, stat, period, str(dimensions)))) % 10**6}",
        "MetricStat": {"Metric": metric, "Period": period, "Stat": stat},
    }


def values(hand: Hand, begin: dt.datetime, end: dt.datetime, *queries: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of some queries, oldest datapoint first."""
    return hand.assumed("cloudwatch").get_metric_data(
        MetricDataQueries=list(queries), StartTime=begin, EndTime=end, ScanBy="TimestampAscending"
    )["MetricDataResults"]


def test_day_is_busier_than_the_small_hours(hand: Hand) -> None:
    cpu = query("AWS/EC2", "CPUUtilization", {"InstanceId": hand.instance_id("web-1")}, 3600)
    day = (now(hand) - dt.timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
    hours = values(hand, day, day + dt.timedelta(hours=24), cpu)[0]["Values"]
    assert len(hours) == 24
    # 12:00 UTC is nine in the evening in Japan, 19:00 UTC four at night.
    assert hours[12] > 3 * hours[19]


def test_past_is_the_same_whenever_it_is_asked_for(hand: Hand) -> None:
    cpu = query("AWS/EC2", "CPUUtilization", {"InstanceId": hand.instance_id("web-1")})
    begin = now(hand) - dt.timedelta(hours=5)
    first = values(hand, begin, begin + dt.timedelta(hours=2), cpu)
    hand.forward(hours=1)
    assert values(hand, begin, begin + dt.timedelta(hours=2), cpu) == first


def test_statistics_agree_with_each_other(hand: Hand) -> None:
    dimensions = {"DBInstanceIdentifier": "shop-db"}
    stats = ("Minimum", "Average", "p95", "Maximum", "Sum", "SampleCount")
    queries = [query("AWS/RDS", "DatabaseConnections", dimensions, 300, stat) for stat in stats]
    results = values(hand, now(hand) - dt.timedelta(hours=2), now(hand), *queries)
    low, mean, most, high, total, count = [result["Values"][3] for result in results]
    assert low <= mean <= most <= high
    assert count == 5
    assert total == pytest.approx(mean * count, rel=0.2)


def test_disk_grows_and_agent_metrics_have_their_dimensions(hand: Hand) -> None:
    instance = hand.instance_id("web-1")
    disk = query("CWAgent", "disk_used_percent", {"path": "/", "InstanceId": instance}, 3600)
    memory = query("CWAgent", "mem_used_percent", {"InstanceId": instance}, 3600)
    full, used = values(hand, now(hand) - dt.timedelta(days=20), now(hand), disk, memory)
    assert full["Values"][-1] > full["Values"][0]
    assert all(0 < value < 100 for value in used["Values"])


def test_unknown_metric_has_no_datapoints(hand: Hand) -> None:
    nothing = query("AWS/EC2", "CPUUtilization", {"InstanceId": "i-0123456789abcdef0"})
    assert values(hand, now(hand) - dt.timedelta(hours=1), now(hand), nothing)[0]["Values"] == []


def test_stopped_server_has_no_datapoints(hand: Hand) -> None:
    hand.happen("stop-instance", server="web-2")
    hand.forward(minutes=30)
    cpu = query("AWS/EC2", "CPUUtilization", {"InstanceId": hand.instance_id("web-2")})
    recent = values(hand, now(hand) - dt.timedelta(minutes=20), now(hand), cpu)[0]["Values"]
    assert recent == []
    hand.control("clear", {})
    hand.forward(minutes=5)


def test_a_day_of_ten_metrics_is_quick(hand: Hand) -> None:
    instance = {"InstanceId": hand.instance_id("web-1")}
    database = {"DBInstanceIdentifier": "shop-db"}
    queries = [
        query("AWS/EC2", "CPUUtilization", instance),
        query("AWS/EC2", "NetworkIn", instance),
        query("AWS/EC2", "NetworkOut", instance),
        query("CWAgent", "mem_used_percent", instance),
        query("CWAgent", "disk_used_percent", {**instance, "path": "/"}),
        *(
            query("AWS/RDS", name, database)
            for name in ("CPUUtilization", "FreeableMemory", "FreeStorageSpace", "DatabaseConnections", "ReadLatency")
        ),
    ]
    end = now(hand)
    values(hand, end - dt.timedelta(days=1), end, *queries)
    began = time.process_time()
    results = values(hand, end - dt.timedelta(days=1), end, *queries)
    # Server and client share this process: what botocore spends on parsing is counted too.
    assert time.process_time() - began < 0.5
    assert [len(result["Values"]) for result in results] == [289] * 10 or [len(r["Values"]) for r in results] == [
        288
    ] * 10


def test_expression_is_not_simulated(hand: Hand) -> None:
    with pytest.raises(ClientError, match="NotSimulated"):
        hand.assumed("cloudwatch").get_metric_data(
            MetricDataQueries=[{"Id": "e1", "Expression": "m1*2"}],
            StartTime=now(hand) - dt.timedelta(hours=1),
            EndTime=now(hand),
        )


def alarm(hand: Hand, name: str) -> dict[str, Any]:
    """One alarm."""
    return hand.assumed("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]


@pytest.mark.parametrize(
    ("scenario", "options", "name"),
    [
        ("alarm", {}, "shop-web-1-cpu-high"),
        ("alarm", {"metric": "memory"}, "shop-web-1-memory-high"),
        ("fill-disk", {"percent": 93}, "shop-web-1-disk-high"),
        ("impair-instance", {}, "shop-web-1-status-check"),
    ],
)
def test_alarm_rings_at_once_and_falls_silent_again(hand: Hand, scenario: str, options: dict, name: str) -> None:
    assert alarm(hand, name)["StateValue"] == "OK"
    before = now(hand)
    hand.happen(scenario, server="web-1", **options)
    ringing = alarm(hand, name)
    assert ringing["StateValue"] == "ALARM"
    assert ringing["StateReason"].startswith("Threshold Crossed: ")
    assert ringing["StateUpdatedTimestamp"] >= before.replace(microsecond=0) - dt.timedelta(minutes=15)
    named = hand.assumed("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    assert [row["AlarmName"] for row in named] == [name]
    hand.control("clear", {})
    hand.forward(minutes=11)
    assert alarm(hand, name)["StateValue"] == "OK"


def test_new_alarm_has_no_data_yet(hand: Hand) -> None:
    cloudwatch = hand.by_hand("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="made-now",
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "InstanceId", "Value": hand.instance_id("web-1")}],
        Statistic="Average",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    made = cloudwatch.describe_alarms(AlarmNames=["made-now"])["MetricAlarms"][0]
    assert made["StateValue"] == "INSUFFICIENT_DATA"
    hand.forward(minutes=6)
    assert alarm(hand, "made-now")["StateValue"] == "ALARM"
    cloudwatch.delete_alarms(AlarmNames=["made-now"])


def test_alarm_of_a_stopped_server_lacks_data(hand: Hand) -> None:
    hand.happen("stop-instance", server="web-2")
    hand.forward(minutes=25)
    assert alarm(hand, "shop-web-2-cpu-high")["StateValue"] == "INSUFFICIENT_DATA"
    hand.control("clear", {})
    hand.forward(minutes=5)


def test_arn_names_the_account(hand: Hand) -> None:
    row = alarm(hand, "shop-web-1-cpu-high")
    assert row["AlarmArn"] == f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:shop-web-1-cpu-high"
