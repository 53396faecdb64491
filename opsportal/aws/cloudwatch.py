"""CloudWatch as the portal reads it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from opsportal.aws.account import Account


@dataclass(frozen=True)
class MetricAlarm:
    """One metric alarm. `dimensions` tells what it watches; `condition` is its rule in short."""

    aws_id: str
    name: str
    state: str
    state_since: dt.datetime | None
    state_reason: str
    description: str
    actions_enabled: bool
    actions: int
    metric: str
    condition: str
    dimensions: dict[str, str]


_SIGNS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": "≥",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}


def alarms(account: Account) -> list[MetricAlarm]:
    """All metric alarms; composite ones repeat what these tell."""
    rows = account.pages("cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmTypes=["MetricAlarm"])
    return [_alarm(row) for row in rows]


_IN_BYTES = {"FreeStorageSpace", "FreeableMemory"}


def _condition(row: dict[str, Any]) -> str:
    if "Threshold" not in row:
        return ""
    sign = _SIGNS.get(row.get("ComparisonOperator", ""), row.get("ComparisonOperator", ""))
    if row.get("MetricName") in _IN_BYTES:
        return f"{sign} {row['Threshold'] / 1024**3:.3g} GiB"
    return f"{sign} {row['Threshold']:g}"


def _alarm(row: dict[str, Any]) -> MetricAlarm:
    return MetricAlarm(
        aws_id=row["AlarmArn"],
        name=row["AlarmName"],
        state=row["StateValue"],
        state_since=row.get("StateTransitionedTimestamp") or row.get("StateUpdatedTimestamp"),
        # While all is well the reason only repeats the latest figures, and would make every reading differ.
        state_reason="" if row["StateValue"] == "OK" else row.get("StateReason", "")[:500],
        description=row.get("AlarmDescription", "")[:500],
        actions_enabled=bool(row.get("ActionsEnabled")),
        actions=len(row.get("AlarmActions") or ()),
        metric=f"{row.get('Namespace', '')} {row.get('MetricName', '')}".strip(),
        condition=_condition(row),
        dimensions=_dimensions(row),
    )


def _dimensions(row: dict[str, Any]) -> dict[str, str]:
    """What the alarm watches; a metric-math alarm watches what its metrics are of."""
    pairs = list(row.get("Dimensions") or ())
    for query in row.get("Metrics") or ():
        pairs += query.get("MetricStat", {}).get("Metric", {}).get("Dimensions") or ()
    return {pair["Name"]: pair["Value"] for pair in pairs}


@dataclass(frozen=True)
class Metric:
    """A metric to fetch: its name on the screen's side, and where CloudWatch keeps it."""

    label: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str = "Average"


def agent_metrics(account: Account, instance_id: str) -> list[Metric]:
    """Memory and root disk as the CloudWatch agent of an instance reports them, under whatever further dimensions."""
    found: dict[str, Metric] = {}
    rows = account.pages(
        "cloudwatch", "ListMetrics", "Metrics", Namespace="CWAgent",
        Dimensions=[{"Name": "InstanceId", "Value": instance_id}],
    )  # fmt: skip
    for row in rows:
        dimensions = {pair["Name"]: pair["Value"] for pair in row["Dimensions"]}
        name = row["MetricName"]
        if name == "mem_used_percent" or (name == "disk_used_percent" and dimensions.get("path") == "/"):
            found[name] = Metric(name, "CWAgent", name, tuple(sorted(dimensions.items())))
    return list(found.values())


@dataclass(frozen=True)
class Line:
    """The points of one metric, oldest first; times are Unix seconds."""

    label: str
    times: list[int]
    values: list[float]


def lines(account: Account, metrics: list[Metric], *, start: dt.datetime, end: dt.datetime, period: int) -> list[Line]:
    """The points of up to 500 metrics between two moments, one each `period` seconds.

    CloudWatch bills USD 0.01 per 1,000 metrics requested to the account that is asked, so this is called on view.
    """
    account.metrics_requested += len(metrics)
    results = account.pages(
        "cloudwatch",
        "GetMetricData",
        "MetricDataResults",
        StartTime=start,
        EndTime=end,
        ScanBy="TimestampAscending",
        MetricDataQueries=[_query(number, metric, period) for number, metric in enumerate(metrics)],
    )
    points: dict[str, tuple[list[int], list[float]]] = {}
    for result in results:
        times, values = points.setdefault(result["Id"], ([], []))
        times.extend(int(moment.timestamp()) for moment in result.get("Timestamps") or ())
        values.extend(round(value, 4) for value in result.get("Values") or ())
    return [Line(metric.label, *points.get(f"m{number}", ([], []))) for number, metric in enumerate(metrics)]


def _query(number: int, metric: Metric, period: int) -> dict[str, Any]:
    return {
        "Id": f"m{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
            },
            "Period": period,
            "Stat": metric.statistic,
        },
    }
