"""The alarms that the customers' servers and databases have from the beginning."""

import datetime as dt

from moto.cloudwatch.models import cloudwatch_backends

from opsportal.sandbox.estate import DatabaseRecord, Place, ServerRecord
from opsportal.sandbox.life import GIB
from opsportal.sandbox.simulation import Simulation

AGE = dt.timedelta(days=210)


def make_alarms(simulation: Simulation, place: Place) -> None:
    """Put the usual alarms on everything in the environment."""
    for server in place.servers:
        for name, options in _server_alarms(server):
            _put(simulation, place, f"{place.customer.slug}-{server.spec.name}-{name}", options)
    for database in place.databases:
        for name, options in _database_alarms(database):
            _put(simulation, place, f"{database.spec.name}-{name}", options)
    if place.load_balancer_arn:
        balancer = place.load_balancer_arn.split("loadbalancer/")[-1]
        slow = _options("AWS/ApplicationELB", "TargetResponseTime", {"LoadBalancer": balancer}, 1.0, 3, 60)
        _put(
            simulation,
            place,
            f"{place.customer.slug}-alb-slow",
            slow | {"description": "サイトの応答に 1 秒を超える時間がかかる"},
        )


def _server_alarms(server: ServerRecord) -> list[tuple[str, dict]]:
    instance, name = {"InstanceId": server.instance_id}, server.spec.name
    return [
        (
            "cpu-high",
            _options("AWS/EC2", "CPUUtilization", instance, 85.0, 2, 300)
            | {"description": f"{name} の CPU 使用率が 10 分間 85% を超える"},
        ),
        (
            "status-check",
            _options("AWS/EC2", "StatusCheckFailed", instance, 1.0, 2, 60, statistic="Maximum")
            | {
                "description": f"{name} のステータスチェックが失敗する",
                "comparison_operator": "GreaterThanOrEqualToThreshold",
            },
        ),
        (
            "memory-high",
            _options("CWAgent", "mem_used_percent", instance, 90.0, 3, 60)
            | {"description": f"{name} のメモリ使用率が 90% を超える"},
        ),
        (
            "disk-high",
            _options("CWAgent", "disk_used_percent", {**instance, "path": "/"}, 85.0, 1, 300)
            | {"description": f"{name} のディスク使用率が 85% を超える"},
        ),
    ]


def _database_alarms(database: DatabaseRecord) -> list[tuple[str, dict]]:
    name = {"DBInstanceIdentifier": database.spec.name}
    floor = database.spec.storage_gib * GIB * 0.1
    return [
        (
            "cpu-high",
            _options("AWS/RDS", "CPUUtilization", name, 80.0, 3, 300)
            | {"description": f"{database.spec.name} の CPU 使用率が 80% を超える"},
        ),
        (
            "storage-low",
            _options("AWS/RDS", "FreeStorageSpace", name, floor, 1, 300)
            | {
                "description": f"{database.spec.name} の空きストレージが 10% を下回る",
                "comparison_operator": "LessThanThreshold",
            },
        ),
    ]


def _options(
    namespace: str,
    metric: str,
    dimensions: dict[str, str],
    threshold: float,
    periods: int,
    period: int,
    statistic: str = "Average",
) -> dict:
    return {
        "namespace": namespace,
        "metric_name": metric,
        "dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "threshold": threshold,
        "evaluation_periods": periods,
        "datapoints_to_alarm": periods,
        "period": period,
        "statistic": statistic,
        "comparison_operator": "GreaterThanThreshold",
        "treat_missing_data": "missing",
    }


def _put(simulation: Simulation, place: Place, name: str, options: dict) -> None:
    topic = f"arn:aws:sns:{place.region}:{place.account}:opsportal-alarms"
    alarm = cloudwatch_backends[place.account][place.region].put_metric_alarm(
        name=name, alarm_actions=[topic], ok_actions=[topic], **options
    )
    alarm.configuration_updated_timestamp = (simulation.store.born_at - AGE).replace(microsecond=0)
