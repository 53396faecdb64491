"""The agents on the servers: commands that they run, services that they restart, disks that they find grown."""

import dataclasses
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from opsportal.sandbox.estate import ServerRecord

if TYPE_CHECKING:
    from opsportal.sandbox.simulation import Simulation

RUNS_FOR = dt.timedelta(seconds=12)
RESTART_TAKES = dt.timedelta(seconds=4)
KEPT = 200
RESTART = re.compile(r"^systemctl restart (\S+)$", re.MULTILINE)
SERVICES = ("httpd", "php-fpm", "crond")


class Agents:
    """What was sent to the servers, and what came of it; kept over restarts."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self._commands: list[dict[str, Any]] = simulation.store.data.setdefault("commands", [])
        self._grown: dict[str, int] = simulation.store.data.setdefault("file_systems", {})

    def restore(self) -> None:
        """Give the file systems of a world that began again the size that they had grown to."""
        for instance_id, size in self._grown.items():
            server = self._simulation.estate.server(instance_id)
            if server:
                self._fill(server, size)

    def send(self, server: ServerRecord, command_id: str, given: dict[str, Any], at: dt.datetime) -> dict[str, Any]:
        """Take a command; it is run some seconds later."""
        row = {
            "id": command_id,
            "instance": server.instance_id,
            "comment": given.get("Comment", ""),
            "document": given["DocumentName"],
            "parameters": given.get("Parameters", {}),
            "at": at.isoformat(),
            "ends": (at + RUNS_FOR).isoformat(),
            "status": "InProgress",
        }
        self._commands.append(row)
        del self._commands[:-KEPT]
        self._simulation.store.save()
        return row

    def commands(self, instance_id: str) -> list[dict[str, Any]]:
        """What was sent to a server, the newest first."""
        return [row for row in reversed(self._commands) if row["instance"] == instance_id]

    def settle(self, at: dt.datetime) -> None:
        """Let every command that has run its time come to its end."""
        for row in self._commands:
            if row["status"] == "InProgress" and dt.datetime.fromisoformat(row["ends"]) <= at:
                row["status"] = "Success" if self._run(row, dt.datetime.fromisoformat(row["ends"])) else "Failed"
                self._simulation.store.save()

    def serves(self, server: ServerRecord, at: dt.datetime) -> bool:
        """Whether the web server on it answers: not stopped, and not in the moment of a restart."""
        down = self._simulation.conditions.open("service-down", server.place.account, resource=server.instance_id)
        if any(down):
            return False
        state, _ = self._simulation.timelines.state(_web(server), at, "active")
        return state == "active"

    def _run(self, row: dict[str, Any], at: dt.datetime) -> bool:
        server = self._simulation.estate.server(row["instance"])
        if server is None or self._simulation.states.instance(server.instance_id, at)[0] != "running":
            return False
        text = "\n".join(row["parameters"].get("commands", []))
        service = RESTART.search(text)
        if service:
            return self._restart(server, service[1], at)
        return "growpart" in text and self._grow(server, text)

    def _restart(self, server: ServerRecord, service: str, at: dt.datetime) -> bool:
        if service not in SERVICES:
            return False
        if service == "httpd":
            self._simulation.timelines.plan(_web(server), [(at, "restarting"), (at + RESTART_TAKES, "active")])
        conditions = self._simulation.conditions
        for down in list(conditions.open("service-down", server.place.account, resource=server.instance_id)):
            if down.facts["service"] == service:
                conditions.end(down, at)
        return True

    def _grow(self, server: ServerRecord, text: str) -> bool:
        volume_id = next((known for known in server.volume_ids if known.replace("-", "") in text), None)
        if volume_id is None:
            return False
        if volume_id == server.volume_ids[0]:
            size = self._simulation.volumes.size(volume_id, server.spec.disk.gib)
            self._grown[server.instance_id] = size
            self._fill(server, size)
            conditions = self._simulation.conditions
            for full in list(conditions.open("disk", server.place.account, resource=server.instance_id)):
                conditions.end(full, self._simulation.clock.now())
        return True

    def _fill(self, server: ServerRecord, size: int) -> None:
        disk, share = server.spec.disk, server.spec.disk.gib / size
        disk = dataclasses.replace(
            disk, gib=size, used_percent=disk.used_percent * share, growth_per_day=disk.growth_per_day * share
        )
        server.spec = dataclasses.replace(server.spec, disk=disk)


def _web(server: ServerRecord) -> str:
    return f"{server.instance_id}/httpd"
