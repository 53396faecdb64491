"""How instances and databases move between states, and what AWS announces for them."""

import datetime as dt
from typing import TYPE_CHECKING

from opsportal.sandbox.conditions import Condition
from opsportal.sandbox.estate import DatabaseRecord, ServerRecord
from opsportal.sandbox.ids import stable_number

if TYPE_CHECKING:
    from opsportal.sandbox.simulation import Simulation

STATE_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
CHECKS_TAKE = dt.timedelta(seconds=75)
COMPLETED_SHOWN_FOR = dt.timedelta(days=7)
REBOOT_TAKES = dt.timedelta(seconds=45)


class States:
    """The states of all resources by the sandbox's clock; EC2 events fall due and are carried out here."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation

    def instance(self, instance_id: str, at: dt.datetime) -> tuple[str, dt.datetime | None]:
        """The instance's EC2 state and since when; a rebooting one counts as running, as AWS has it."""
        state, since = self._simulation.timelines.state(instance_id, at, "running")
        return ("running" if state == "rebooting" else state), since

    def stop(self, instance_id: str, at: dt.datetime, by: str = "User initiated") -> None:
        """Stopping now, stopped within 20 to 40 seconds; its own host is given up, and with it every notice for it."""
        state, _ = self.instance(instance_id, at)
        if state != "running":
            return
        seconds = 20 + stable_number(instance_id, at.isoformat()) % 21
        plan = [(at, "stopping"), (at + dt.timedelta(seconds=seconds), "stopped")]
        self._simulation.timelines.plan(instance_id, plan)
        self._note(instance_id, at, by)
        for event in self.events(instance_id):
            self.complete(event, at)

    def start(self, instance_id: str, at: dt.datetime) -> None:
        """Pending now, running within 15 to 30 seconds, its checks good a minute later."""
        state, _ = self.instance(instance_id, at)
        if state not in ("stopped", "stopping"):
            return
        seconds = 15 + stable_number(instance_id, at.isoformat()) % 16
        plan = [(at, "pending"), (at + dt.timedelta(seconds=seconds), "running")]
        self._simulation.timelines.plan(instance_id, plan)

    def reboot(self, instance_id: str, at: dt.datetime, system: bool = False) -> None:
        """Its checks start over; a reboot by the owner settles instance-reboot, one by AWS also system-reboot."""
        if self.instance(instance_id, at)[0] != "running":
            return
        self._simulation.timelines.plan(instance_id, [(at, "rebooting"), (at + REBOOT_TAKES, "running")])
        for event in self.events(instance_id):
            if event.facts["code"] == "instance-reboot" or (system and event.facts["code"] == "system-reboot"):
                self.complete(event, at)

    def checks(self, instance_id: str, at: dt.datetime) -> str:
        """Status checks in one word: ok, initializing, impaired or not-applicable."""
        raw, since = self._simulation.timelines.state(instance_id, at, "running")
        if raw == "rebooting":
            return "initializing"
        if raw != "running":
            return "not-applicable"
        if since and at < since + CHECKS_TAKE:
            return "initializing"
        server = self._simulation.estate.server(instance_id)
        if server and any(self._simulation.conditions.open("impaired", server.place.account, resource=instance_id)):
            return "impaired"
        return "ok"

    def events(self, instance_id: str) -> list[Condition]:
        """The scheduled events of an instance that are still ahead or under way."""
        server = self._simulation.estate.server(instance_id)
        if server is None:
            return []
        open_events = self._simulation.conditions.open("event", server.place.account, resource=instance_id)
        return [event for event in open_events if not event.facts.get("completed_at")]

    def shown_events(self, server: ServerRecord, at: dt.datetime) -> list[Condition]:
        """What DescribeInstanceStatus shows: events ahead, and completed ones for a week."""
        found = self._simulation.conditions.open("event", server.place.account, resource=server.instance_id)
        return [event for event in found if not self._forgotten(event, at)]

    def _forgotten(self, event: Condition, at: dt.datetime) -> bool:
        completed = event.facts.get("completed_at")
        return bool(completed) and dt.datetime.fromisoformat(completed) <= at - COMPLETED_SHOWN_FOR

    def complete(self, event: Condition, at: dt.datetime) -> None:
        """The event is over; AWS goes on showing it for a week, marked as completed."""
        event.facts["completed_at"] = at.isoformat()
        self._simulation.conditions.save()

    def settle(self, at: dt.datetime) -> None:
        """Carry out every EC2 event and database action whose time has come."""
        self._simulation.changed.settle(at)
        self._simulation.agents.settle(at)
        for condition in self._simulation.conditions.under_way():
            if condition.kind == "event" and self._forgotten(condition, at):
                # One that left a server stopped must still be there to be put right.
                if not (condition.facts.get("stopped") and self.instance(condition.resource, at)[0] == "stopped"):
                    self._simulation.conditions.end(condition, at)
                continue
            self._show_moved(condition, at)
            due = condition.facts.get("not_before") or condition.facts.get("apply_at")
            if condition.facts.get("completed_at") or not due or dt.datetime.fromisoformat(due) > at:
                continue
            if condition.kind == "event":
                self._carry_out(condition, dt.datetime.fromisoformat(due))
            elif condition.kind == "pending-action":
                self.apply_action(condition, dt.datetime.fromisoformat(due))

    def _show_moved(self, event: Condition, at: dt.datetime) -> None:
        """A new start of an event is shown some time after it was asked for."""
        if event.facts.get("moved_shown_at") and dt.datetime.fromisoformat(event.facts["moved_shown_at"]) <= at:
            del event.facts["moved_shown_at"]
            event.facts["not_before"] = event.facts.pop("moved_to")
            event.facts.pop("not_after", None)
            self._simulation.conditions.save()

    def _carry_out(self, event: Condition, due: dt.datetime) -> None:
        if event.facts["code"] in ("instance-retirement", "instance-stop"):
            event.facts["stopped"] = self.instance(event.resource, due)[0] == "running"
            self.stop(event.resource, due, by="Server.ScheduledStop")
        else:
            self.reboot(event.resource, due, system=True)
        if not event.facts.get("completed_at"):
            self.complete(event, due)

    def _note(self, instance_id: str, at: dt.datetime, by: str) -> None:
        notes = self._simulation.store.data.setdefault("stop_reasons", {})
        notes[instance_id] = f"{by} ({at:%Y-%m-%d %H:%M:%S} GMT)"
        self._simulation.store.save()

    def stop_reason(self, instance_id: str) -> str:
        """Why the instance was last stopped, as EC2 words it."""
        return self._simulation.store.data.get("stop_reasons", {}).get(instance_id, "")

    def database(self, database: DatabaseRecord, at: dt.datetime) -> str:
        """The database's status."""
        return self._simulation.timelines.state(database.key, at, "available")[0]

    def move_database(
        self, database: DatabaseRecord, first: str, takes: dt.timedelta, last: str, at: dt.datetime
    ) -> None:
        """The database is in one status from now on, and in another when that is over."""
        self._simulation.timelines.plan(database.key, [(at, first), (at + takes, last)])

    def apply_action(self, action: Condition, at: dt.datetime) -> None:
        """The pending maintenance action happens: the database is under maintenance for some minutes, then clean."""
        name = action.resource
        database = self._simulation.estate.database(action.account, name)
        takes = dt.timedelta(minutes=4 + stable_number(name, action.facts["action"]) % 6)
        if database:
            self.move_database(database, "maintenance", takes, "available", at)
        self.tell(action.account, name, at, "maintenance", f"Applying {action.facts['action']} maintenance")
        self.tell(action.account, name, at + takes, "maintenance", f"Finished applying {action.facts['action']}")
        self._simulation.conditions.end(action, at)

    def tell(self, account: str, name: str, at: dt.datetime, category: str, message: str) -> None:
        """Keep an RDS event for DescribeEvents."""
        rows = self._simulation.store.data["events"]
        rows.append({"at": at.isoformat(), "account": account, "name": name, "category": category, "message": message})
        del rows[:-500]
        self._simulation.store.save()
