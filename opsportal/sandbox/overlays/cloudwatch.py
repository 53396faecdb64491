"""CloudWatch: alarms that are evaluated, and the metrics of the world's life."""

import datetime as dt
from typing import Any

from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from opsportal.sandbox.evaluation import AlarmState
from opsportal.sandbox.metrics import MetricQuery, datapoints
from opsportal.sandbox.overlays.answering import Answering, AwsError, moment

MOST_POINTS = 100_800


class CloudWatch(Answering, CloudWatchResponse):
    """Every CloudWatch operation."""

    def describe_alarms(self) -> ActionResult:
        """Alarms with their state as of now."""
        parameters = self.call.parameters
        rows = [
            self._row(alarm, self.simulation.alarms.state(alarm, self.place, self.now))
            for alarm in self.cloudwatch_backend.alarms.values()
            if alarm.rule is None
        ]
        names, prefix = parameters.get("AlarmNames"), parameters.get("AlarmNamePrefix")
        rows = [
            row
            for row in sorted(rows, key=lambda row: row["AlarmName"])
            if (not names or row["AlarmName"] in names)
            and (not prefix or row["AlarmName"].startswith(prefix))
            and parameters.get("StateValue") in (None, row["StateValue"])
        ]
        rows, token = self.page(rows, size="MaxRecords", token="NextToken", default=50)
        return ActionResult({"MetricAlarms": rows, "CompositeAlarms": [], "NextToken": token})

    def put_metric_alarm(self) -> ActionResult:
        """A new or changed alarm, which has no data until a period has passed."""
        result = super().put_metric_alarm()
        self.cloudwatch_backend.alarms[self.call.parameters["AlarmName"]].configuration_updated_timestamp = self.now
        return result

    def get_metric_data(self) -> ActionResult:
        """Datapoints of up to 500 metrics."""
        parameters = self.call.parameters
        queries = parameters["MetricDataQueries"]
        if len(queries) > 500:
            raise AwsError("ValidationError", "The collection MetricDataQueries must not have a size greater than 500.")
        begin, end = moment(parameters["StartTime"]).timestamp(), moment(parameters["EndTime"]).timestamp()
        end = min(end, self.now.timestamp())
        newest_first = parameters.get("ScanBy") != "TimestampAscending"
        rows, token = self.page(queries, size="", token="NextToken", default=500)
        results = [
            self._result(query, begin, end, newest_first)
            for query in rows
            if query.get("ReturnData", True) is not False
        ]
        return ActionResult({"MetricDataResults": results, "Messages": [], "NextToken": token})

    def list_metrics(self) -> ActionResult:
        """Which metrics there are."""
        parameters = self.call.parameters
        wanted = {row["Name"]: row.get("Value") for row in parameters.get("Dimensions") or []}
        rows = [
            {
                "Namespace": namespace,
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
            }
            for namespace, name, dimensions in (self.simulation.life.metrics_of(self.place) if self.place else ())
            if parameters.get("Namespace") in (None, namespace)
            and parameters.get("MetricName") in (None, name)
            and all(
                dict(dimensions).get(key) in ((value,) if value else tuple(dict(dimensions).values()))
                for key, value in wanted.items()
            )
        ]
        rows, token = self.page(rows, size="", token="NextToken", default=500)
        return ActionResult({"Metrics": rows, "NextToken": token, "OwningAccounts": None})

    def _result(self, query: dict[str, Any], begin: float, end: float, newest_first: bool) -> dict[str, Any]:
        if "MetricStat" not in query:
            raise AwsError("NotSimulated", "cloudwatch:GetMetricData with an expression is not simulated")
        wanted = MetricQuery.of(query["MetricStat"])
        points = datapoints(self.simulation.life, self.place, wanted, begin, end)
        if newest_first:
            points.reverse()
        return {
            "Id": query["Id"],
            "Label": query.get("Label") or wanted.name,
            "StatusCode": "Complete",
            "Timestamps": [dt.datetime.fromtimestamp(at, dt.UTC) for at, _ in points],
            "Values": [value for _, value in points],
        }

    def _row(self, alarm: Alarm, state: AlarmState) -> dict[str, Any]:
        return {
            "AlarmName": alarm.name,
            "AlarmArn": alarm.alarm_arn,
            "AlarmDescription": alarm.description,
            "AlarmConfigurationUpdatedTimestamp": alarm.configuration_updated_timestamp,
            "ActionsEnabled": alarm.actions_enabled,
            "OKActions": alarm.ok_actions,
            "AlarmActions": alarm.alarm_actions,
            "InsufficientDataActions": alarm.insufficient_data_actions,
            "StateValue": state.value,
            "StateReason": state.reason,
            "StateReasonData": state.data,
            "StateUpdatedTimestamp": state.since,
            "StateTransitionedTimestamp": state.since,
            "MetricName": alarm.metric_name,
            "Namespace": alarm.namespace,
            "Statistic": alarm.statistic,
            "Dimensions": [{"Name": row.name, "Value": row.value} for row in alarm.dimensions],
            "Period": alarm.period,
            "EvaluationPeriods": alarm.evaluation_periods,
            "DatapointsToAlarm": alarm.datapoints_to_alarm,
            "Threshold": alarm.threshold,
            "ComparisonOperator": alarm.comparison_operator,
            "TreatMissingData": alarm.treat_missing_data or "missing",
        }
