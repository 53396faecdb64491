"""Datapoints of a metric by period and statistic, as CloudWatch aggregates them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opsportal.sandbox.estate import Place
from opsportal.sandbox.life import Life, Value, resolution

# More samples than this within one period change no picture, and cost time.
SAMPLES = 6


@dataclass(frozen=True)
class MetricQuery:
    """Which metric, in which steps (seconds), by which statistic (Average, Maximum, Minimum, Sum, SampleCount, pNN)."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    period: int
    statistic: str

    @classmethod
    def of(cls, stat: Mapping[str, Any]) -> "MetricQuery":
        """The query as the MetricStat of GetMetricData words it."""
        metric = stat["Metric"]
        dimensions = tuple(sorted((row["Name"], row["Value"]) for row in metric.get("Dimensions") or []))
        return cls(metric["Namespace"], metric["MetricName"], dimensions, int(stat["Period"]), stat["Stat"])


def datapoints(
    life: Life, place: Place | None, query: MetricQuery, begin: float, end: float
) -> list[tuple[float, float]]:
    """The datapoints from begin to end (epoch seconds), oldest first; empty for a metric that does not exist."""
    value = life.metrics_of(place).get((query.namespace, query.name, query.dimensions)) if place else None
    if value is None:
        return []
    step = resolution(query.namespace, query.name)
    period = max(query.period, step)
    first = math.floor(begin / period) * period
    points = []
    at = float(first)
    while at < end:
        aggregated = _aggregate(value, at, min(period, max(end - at, 1)), step, query.statistic)
        if aggregated is not None:
            points.append((at, aggregated))
        at += period
    return points


def _aggregate(value: Value, begin: float, length: float, step: int, statistic: str) -> float | None:
    count = max(1, int(length // step))
    taken = min(count, SAMPLES)
    samples = [sample for place in range(taken) if (sample := value(begin + place * length / taken)) is not None]
    if not samples:
        return None
    if statistic == "Average":
        return round(sum(samples) / len(samples), 6)
    if statistic == "Maximum":
        return max(samples)
    if statistic == "Minimum":
        return min(samples)
    if statistic == "Sum":
        return round(sum(samples) * count / len(samples), 6)
    if statistic == "SampleCount":
        return float(count)
    share = float(statistic[1:]) / 100
    return sorted(samples)[min(len(samples) - 1, math.ceil(share * len(samples)) - 1)]
