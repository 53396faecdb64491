"""The life in the world: every metric as a function of time alone, so that any past can be asked for again."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from opsportal.sandbox.curves import busyness, noise
from opsportal.sandbox.estate import DatabaseRecord, Place, ServerRecord
from opsportal.sandbox.ids import stable_number

if TYPE_CHECKING:
    from opsportal.sandbox.conditions import Condition
    from opsportal.sandbox.simulation import Simulation

GIB = 1024**3
Value = Callable[[float], float | None]
MetricKey = tuple[str, str, tuple[tuple[str, str], ...]]

FIVE_MINUTES, MINUTE = 300, 60
DATABASE_MEMORY_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}


def resolution(namespace: str, name: str) -> int:
    """How often AWS has a datapoint, in seconds: basic monitoring of EC2 is every five minutes, its checks are not."""
    return FIVE_MINUTES if namespace == "AWS/EC2" and not name.startswith("StatusCheck") else MINUTE


class Life:
    """Answers what a metric was at a moment (epoch seconds); None where AWS has no datapoint."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self._values: dict[tuple[str, str], dict[MetricKey, Value]] = {}

    def metrics_of(self, place: Place) -> dict[MetricKey, Value]:
        """Every metric of a place by namespace, name and sorted dimensions."""
        known = self._values.get((place.account, place.region))
        if known is None:
            known = {}
            for server in place.servers:
                known |= self._server_metrics(server)
            for database in place.databases:
                known |= self._database_metrics(database)
            if place.load_balancer_arn:
                known |= self._load_balancer_metrics(place)
            self._values[place.account, place.region] = known
        return known

    def forget(self, place: Place) -> None:
        """Make the metrics of a place anew: something of it was changed."""
        self._values.pop((place.account, place.region), None)

    def _server_metrics(self, server: ServerRecord) -> dict[MetricKey, Value]:
        seed = stable_number(server.instance_id)
        rhythm = server.place.environment.rhythm
        share = 0.35 if server.spec.job == "batch" else 1.0

        def running(at: float) -> bool:
            return self._is_running(server, at)

        def cpu(at: float) -> float | None:
            if not running(at):
                return None
            load = busyness(rhythm.busy, at) * share + (_night_batch(at) if server.spec.job == "batch" else 0.0)
            value = rhythm.quiet + (rhythm.busiest - rhythm.quiet) * load
            value *= 0.88 + 0.24 * noise(seed, at, 300)
            return round(min(99.8, max(value, self._pushed("load", server, at))), 2)

        def memory(at: float) -> float | None:
            if not running(at):
                return None
            value = server.spec.memory_percent + 9 * busyness(rhythm.busy, at) + 3 * noise(seed + 1, at, 900)
            return round(min(98.5, max(value, self._pushed("memory", server, at))), 2)

        def disk(at: float) -> float | None:
            if not running(at):
                return None
            return round(self.disk_used(server, at), 2)

        def network(at: float, factor: float) -> float | None:
            used = cpu(at)
            return None if used is None else round((2e5 + used * 9e5) * factor * (0.9 + 0.2 * noise(seed + 2, at, 300)))

        def failed(at: float) -> float | None:
            if not running(at):
                return None
            return 1.0 if self._pushed("impaired", server, at) else 0.0

        instance = (("InstanceId", server.instance_id),)
        return {
            ("AWS/EC2", "CPUUtilization", instance): cpu,
            ("AWS/EC2", "NetworkIn", instance): lambda at: network(at, 0.4),
            ("AWS/EC2", "NetworkOut", instance): lambda at: network(at, 2.1),
            ("AWS/EC2", "StatusCheckFailed", instance): failed,
            ("AWS/EC2", "StatusCheckFailed_Instance", instance): failed,
            ("AWS/EC2", "StatusCheckFailed_System", instance): lambda at: 0.0 if running(at) else None,
            ("CWAgent", "mem_used_percent", instance): memory,
            ("CWAgent", "disk_used_percent", (*instance, ("path", "/"))): disk,
        }

    def disk_used(self, server: ServerRecord, at: float) -> float:
        """How full the root disk is in percent: slow growth, a little up and down each day, and what scenarios add."""
        spec = server.spec.disk
        days = (at - self._simulation.store.born_at.timestamp()) / 86400
        daily = 0.4 * ((at / 86400) % 1.0)
        value = max(spec.used_percent * 0.6, spec.used_percent + spec.growth_per_day * days) + daily
        return min(99.9, max(value, self._pushed("disk", server, at)))

    def _database_metrics(self, database: DatabaseRecord) -> dict[MetricKey, Value]:
        seed = stable_number(database.key)
        rhythm, spec = database.place.environment.rhythm, database.spec
        memory = DATABASE_MEMORY_GIB.get(spec.instance_class.rsplit(".", 1)[-1], 2) * GIB

        def up(at: float) -> bool:
            moment = dt.datetime.fromtimestamp(at, dt.UTC)
            return self._simulation.states.database(database, moment) not in ("stopped", "rebooting", "maintenance")

        def when_up(value: Value) -> Value:
            return lambda at: value(at) if up(at) else None

        def cpu(at: float) -> float:
            value = rhythm.quiet + (rhythm.busiest * 0.7 - rhythm.quiet) * busyness(rhythm.busy, at)
            return round(min(99.5, value * (0.9 + 0.2 * noise(seed, at, 300))), 2)

        def free_storage(at: float) -> float:
            days = (at - self._simulation.store.born_at.timestamp()) / 86400
            used = max(spec.used_percent * 0.5, spec.used_percent + spec.growth_per_day * days)
            return round(spec.storage_gib * GIB * (1 - min(99.5, used) / 100))

        def free_memory(at: float) -> float:
            return round(memory * (0.42 - 0.14 * busyness(rhythm.busy, at) + 0.03 * noise(seed + 3, at, 900)))

        def connections(at: float) -> float:
            value = 3 + spec.busiest_connections * busyness(rhythm.busy, at)
            return float(round(value * (0.85 + 0.3 * noise(seed + 4, at, 300))))

        def latency(at: float) -> float:
            value = 0.0004 + 0.0022 * busyness(rhythm.busy, at)
            return round(value * (0.7 + 0.6 * noise(seed + 5, at, 120)), 6)

        name = (("DBInstanceIdentifier", spec.name),)
        return {
            ("AWS/RDS", "CPUUtilization", name): when_up(cpu),
            ("AWS/RDS", "FreeableMemory", name): when_up(free_memory),
            ("AWS/RDS", "FreeStorageSpace", name): when_up(free_storage),
            ("AWS/RDS", "DatabaseConnections", name): when_up(connections),
            ("AWS/RDS", "ReadLatency", name): when_up(latency),
        }

    def _load_balancer_metrics(self, place: Place) -> dict[MetricKey, Value]:
        seed = stable_number(place.load_balancer_arn)
        rhythm = place.environment.rhythm

        def requests(at: float) -> float:
            return float(round((40 + 900 * busyness(rhythm.busy, at)) * (0.8 + 0.4 * noise(seed, at, 60))))

        def response(at: float) -> float:
            return round((0.09 + 0.16 * busyness(rhythm.busy, at)) * (0.8 + 0.4 * noise(seed + 1, at, 120)), 4)

        name = (("LoadBalancer", place.load_balancer_arn.split("loadbalancer/")[-1]),)
        return {
            ("AWS/ApplicationELB", "RequestCount", name): requests,
            ("AWS/ApplicationELB", "TargetResponseTime", name): response,
        }

    def _is_running(self, server: ServerRecord, at: float) -> bool:
        if not self._simulation.timelines.changed(server.instance_id):
            return True
        moment = dt.datetime.fromtimestamp(at, dt.UTC)
        return self._simulation.states.instance(server.instance_id, moment)[0] == "running"

    def _pushed(self, kind: str, server: ServerRecord, at: float) -> float:
        pushes = self._simulation.conditions.ever(kind, server.place.account, server.instance_id)
        return max((_push(condition, at) for condition in pushes), default=0.0)


def _push(condition: "Condition", at: float) -> float:
    since = condition.since.timestamp()
    if at < since or (condition.until and at >= condition.until.timestamp()):
        return 0.0
    return condition.facts.get("level", 1.0)


def _night_batch(at: float) -> float:
    hour = (at / 3600 + 9) % 24
    return 0.6 if 2 <= hour < 3.5 else 0.0
