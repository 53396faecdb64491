"""Metrics of a server or database, fetched when somebody looks and kept for minutes.

The web tier has no key to AWS: a page writes down what it wants, a read worker fetches it.
"""

import datetime as dt

from django.db.models import F, QuerySet

from customers.environments import open_aws
from customers.models import Chart, Database, Environment, Poll, Server
from opsportal import work
from opsportal.aws import cloudwatch
from opsportal.aws.account import Account
from opsportal.aws.cloudwatch import Metric
from opsportal.aws.errors import AwsError

KEPT = dt.timedelta(minutes=5)
AFTER_FAILURE = dt.timedelta(minutes=1)
# Hours shown → seconds between points: some 300 points, whatever the span.
PERIODS = {24: 300, 24 * 7: 1800, 24 * 30: 7200}


def charts_for(environment: Environment, things: list[Server | Database], hours: int, at: dt.datetime) -> list[Chart]:
    """The charts of several things over a span, newest known points first; stale ones are asked for anew."""
    wanted = {(thing._meta.model_name, thing.aws_id) for thing in things}
    rows = Chart.objects.filter(environment=environment, hours=hours, aws_id__in=[aws_id for _, aws_id in wanted])
    known = {(chart.subject, chart.aws_id): chart for chart in rows}
    missing = [
        Chart(environment=environment, subject=subject, aws_id=aws_id, hours=hours, wanted_at=at, due_at=at)
        for subject, aws_id in sorted(wanted - known.keys())
    ]
    Chart.objects.bulk_create(missing, ignore_conflicts=True)
    stale = [chart.pk for chart in known.values() if chart.due_at is None and _is_stale(chart, at)]
    Chart.objects.filter(pk__in=stale).update(wanted_at=at, due_at=at)
    if missing or stale:
        work.announce("fetch-chart")
    return [*known.values(), *missing]


def _is_stale(chart: Chart, at: dt.datetime) -> bool:
    last = chart.fetched_at or chart.wanted_at
    return at - last > (AFTER_FAILURE if chart.failure else KEPT)


def due(at: dt.datetime) -> QuerySet[Chart]:
    """Charts that somebody waits for."""
    return Chart.objects.filter(due_at__lte=at)


def fetch(chart: Chart, at: dt.datetime) -> None:
    """Fetch one chart's points; torn, it is fetched again. A failure is kept with the chart and shown on the page."""
    try:
        account = open_aws(chart.environment)
        lines = cloudwatch.lines(
            account,
            _metrics(chart, account),
            start=at - dt.timedelta(hours=chart.hours),
            end=at,
            period=PERIODS[chart.hours],
        )
    except AwsError as error:
        Chart.objects.filter(pk=chart.pk).update(due_at=None, fetched_at=at, failure=error.facts())
        return
    Chart.objects.filter(pk=chart.pk).update(
        due_at=None,
        fetched_at=at,
        failure={},
        lines=[{"label": line.label, "times": line.times, "values": line.values} for line in lines],
    )
    Poll.objects.filter(environment=chart.environment, reading=Poll.Reading.ALARMS).update(
        calls=F("calls") + account.calls, metrics_requested=F("metrics_requested") + account.metrics_requested
    )


def _metrics(chart: Chart, account: Account) -> list[Metric]:
    if chart.subject == "database":
        where = (("DBInstanceIdentifier", chart.aws_id),)
        names = ("CPUUtilization", "FreeableMemory", "FreeStorageSpace", "DatabaseConnections")
        return [Metric(name, "AWS/RDS", name, where) for name in names]
    where = (("InstanceId", chart.aws_id),)
    return [
        Metric("CPUUtilization", "AWS/EC2", "CPUUtilization", where),
        *cloudwatch.agent_metrics(account, chart.aws_id),
        Metric("NetworkOut", "AWS/EC2", "NetworkOut", where),
    ]
