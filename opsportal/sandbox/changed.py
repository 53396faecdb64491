"""What was changed of the world's databases after it began: at once, or waiting for a window; kept over restarts."""

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from opsportal.sandbox.estate import DatabaseRecord
from opsportal.sandbox.windows import holds, next_window

if TYPE_CHECKING:
    from opsportal.sandbox.simulation import Simulation

MINUTE = dt.timedelta(minutes=1)


class Changed:
    """Modifications of databases, each under way for minutes, or waiting for the next maintenance window."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self._rows: dict[str, dict[str, Any]] = simulation.store.data.setdefault("changed", {})

    def restore(self) -> None:
        """Give the databases of a world that began again what had been changed of them."""
        for record in self._records():
            if record.key in self._rows:
                record.spec = dataclasses.replace(record.spec, **self._rows[record.key]["now"])

    def modify(self, record: DatabaseRecord, values: dict[str, Any], at_once: bool, at: dt.datetime) -> None:
        """Take an order; at once takes along whatever waits, as RDS does."""
        row = self._rows.setdefault(record.key, {"now": {}, "waiting": {}, "since": "", "coming": {}, "ends": ""})
        window = values.pop("maintenance_window", None)
        if window:
            self._become(record, {"maintenance_window": window})
        if at_once:
            values = {**row["waiting"], **values}
            row["waiting"] = {}
            self._begin(record, values, at)
        elif values:
            row["waiting"] |= values
            row["since"] = at.isoformat()
        # The accident that RDS warns of: a window that holds the present moment applies what waits.
        if window and row["waiting"] and holds(window, at):
            waiting, row["waiting"] = row["waiting"], {}
            self._begin(record, waiting, at)
        self._simulation.store.save()

    def waiting(self, record: DatabaseRecord) -> dict[str, Any]:
        """What waits for the next window."""
        return self._rows.get(record.key, {}).get("waiting", {})

    def settle(self, at: dt.datetime) -> None:
        """Let what is under way come to its end, and begin what waits for a window that has come."""
        for record in self._records():
            row = self._rows.get(record.key)
            if row is None:
                continue
            if row["waiting"]:
                opens = next_window(record.spec.maintenance_window, dt.datetime.fromisoformat(row["since"]))
                if opens <= at:
                    waiting, row["waiting"] = row["waiting"], {}
                    self._begin(record, waiting, opens)
            if row["coming"] and dt.datetime.fromisoformat(row["ends"]) <= at:
                coming, row["coming"] = row["coming"], {}
                self._become(record, coming)

    def _begin(self, record: DatabaseRecord, values: dict[str, Any], at: dt.datetime) -> None:
        if not values:
            return
        status, takes = _course(record, values)
        row = self._rows[record.key]
        row["coming"], row["ends"] = {**row["coming"], **values}, (at + takes).isoformat()
        states = self._simulation.states
        states.move_database(record, status, takes, "available", at)
        name, account = record.spec.name, record.place.account
        states.tell(account, name, at, "configuration change", f"Applying modification to {', '.join(sorted(values))}")
        if status != "storage-optimization":
            states.tell(account, name, at + takes - MINUTE / 2, "availability", "DB instance restarted")

    def _become(self, record: DatabaseRecord, values: dict[str, Any]) -> None:
        self._rows[record.key]["now"] |= values
        record.spec = dataclasses.replace(record.spec, **values)
        self._simulation.life.forget(record.place)
        self._simulation.store.save()

    def _records(self) -> list[DatabaseRecord]:
        return [record for place in self._simulation.estate for record in place.databases]


def _course(record: DatabaseRecord, values: dict[str, Any]) -> tuple[str, dt.timedelta]:
    """The status while it happens, and for how long; only a disk grows without an interruption."""
    if "engine_version" in values:
        return "upgrading", 8 * MINUTE
    if "instance_class" in values:
        return "modifying", MINUTE if record.spec.multi_az else 6 * MINUTE
    return "storage-optimization", 5 * MINUTE
