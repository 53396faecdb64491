"""Alarms judged against the life's metrics: the state, since when, and the reason in CloudWatch's words."""

import datetime as dt
import json
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moto.cloudwatch.models import Alarm

from opsportal.sandbox.estate import Place
from opsportal.sandbox.life import resolution
from opsportal.sandbox.metrics import MetricQuery, datapoints

if TYPE_CHECKING:
    from opsportal.sandbox.simulation import Simulation

COMPARISONS = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
LOOKS_BACK = dt.timedelta(hours=24)


@dataclass(frozen=True)
class AlarmState:
    """What DescribeAlarms says of an alarm."""

    value: str
    since: dt.datetime
    reason: str
    data: str


@dataclass
class _Known:
    value: str
    since: dt.datetime
    looked_at: dt.datetime


class Alarms:
    """The states of all alarms; remembers what it found, so that a state's beginning is looked for only once."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self._known: dict[str, _Known] = {}

    def state(self, alarm: Alarm, place: Place | None, at: dt.datetime) -> AlarmState:
        """The alarm's state at a moment."""
        made = alarm.configuration_updated_timestamp
        made = made if made.tzinfo else made.replace(tzinfo=dt.UTC)
        points = self._points(alarm, place, at)
        value = _judge(alarm, points)
        if at < made + dt.timedelta(seconds=alarm.period):
            return AlarmState("INSUFFICIENT_DATA", made, "Unchecked: Initial alarm creation", "{}")
        known = self._known.get(alarm.alarm_arn)
        if known is None or known.value != value or known.since < made:
            earliest = max(made, known.looked_at if known else at - LOOKS_BACK)
            since = self._began(alarm, place, value, at, earliest)
            known = _Known(value, since if since > earliest or known else made, at)
            self._known[alarm.alarm_arn] = known
        known.looked_at = at
        return AlarmState(value, known.since, _reason(alarm, value, points), _data(alarm, points, at))

    def _began(
        self, alarm: Alarm, place: Place | None, value: str, at: dt.datetime, earliest: dt.datetime
    ) -> dt.datetime:
        step = dt.timedelta(seconds=max(alarm.period, 60))
        began = at
        while began - step >= earliest and _judge(alarm, self._points(alarm, place, began - step)) == value:
            began -= step
        return began if began > earliest else earliest

    def _points(self, alarm: Alarm, place: Place | None, at: dt.datetime) -> list[tuple[float, float]]:
        period = max(int(alarm.period), resolution(alarm.namespace, alarm.metric_name))
        dimensions = tuple(sorted((row.name, row.value) for row in alarm.dimensions))
        statistic = alarm.statistic or alarm.extended_statistic
        query = MetricQuery(alarm.namespace, alarm.metric_name, dimensions, period, statistic)
        # The period under way has no datapoint yet.
        end = at.timestamp() // period * period
        return datapoints(self._simulation.life, place, query, end - period * alarm.evaluation_periods, end)


def _judge(alarm: Alarm, points: list[tuple[float, float]]) -> str:
    breaches = COMPARISONS[alarm.comparison_operator][0]
    needed = alarm.datapoints_to_alarm or alarm.evaluation_periods
    breaching = sum(1 for _, value in points if breaches(value, alarm.threshold))
    missing = alarm.evaluation_periods - len(points)
    if alarm.treat_missing_data == "breaching":
        breaching += missing
    elif not points and alarm.treat_missing_data != "notBreaching":
        return "INSUFFICIENT_DATA"
    return "ALARM" if breaching >= needed else "OK"


def _reason(alarm: Alarm, value: str, points: list[tuple[float, float]]) -> str:
    if value == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {alarm.evaluation_periods} datapoints were unknown."
    relation = COMPARISONS[alarm.comparison_operator][1]
    breaches = COMPARISONS[alarm.comparison_operator][0]
    told = [point for point in points if breaches(point[1], alarm.threshold) == (value == "ALARM")] or points
    shown = ", ".join(f"{number:.5g} ({_moment(at):%d/%m/%y %H:%M:%S})" for at, number in reversed(told))
    was = "was" if len(told) == 1 else "were"
    verb = f"{was} {relation}" if value == "ALARM" else f"{was} not {relation}"
    change = "OK -> ALARM" if value == "ALARM" else "ALARM -> OK"
    needed = alarm.datapoints_to_alarm or alarm.evaluation_periods
    return (
        f"Threshold Crossed: {len(told)} out of the last {alarm.evaluation_periods} datapoints [{shown}] {verb} the "
        f"threshold ({float(alarm.threshold)}) (minimum {needed} datapoint{'s' if needed > 1 else ''} for {change} "
        "transition)."
    )


def _data(alarm: Alarm, points: list[tuple[float, float]], at: dt.datetime) -> str:
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": f"{at:%Y-%m-%dT%H:%M:%S.000+0000}",
            "startDate": f"{_moment(points[0][0]):%Y-%m-%dT%H:%M:%S.000+0000}" if points else None,
            "statistic": alarm.statistic,
            "period": alarm.period,
            "recentDatapoints": [value for _, value in points],
            "threshold": float(alarm.threshold),
        }
    )


def _moment(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)
