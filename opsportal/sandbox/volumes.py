"""Volumes that were made bigger: AWS takes its time, and allows no second change meanwhile."""

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opsportal.sandbox.simulation import Simulation

MODIFYING_TAKES = dt.timedelta(seconds=20)
OPTIMIZING_TAKES = dt.timedelta(minutes=10)


class Volumes:
    """Modifications of volumes; kept over restarts."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self._rows: dict[str, dict[str, Any]] = simulation.store.data.setdefault("volumes", {})

    def grow(self, volume_id: str, original: int, target: int, at: dt.datetime) -> None:
        """Begin to make one bigger."""
        self._rows[volume_id] = {"original": original, "target": target, "at": at.isoformat()}
        self._simulation.store.save()

    def size(self, volume_id: str, first: int) -> int:
        """How big it is now; `first` is what it was made with."""
        row = self._rows.get(volume_id)
        if row is None:
            return first
        return row["original"] if self.state(volume_id) == "modifying" else row["target"]

    def state(self, volume_id: str) -> str:
        """How far its last modification is; "" when there was none."""
        row = self._rows.get(volume_id)
        if row is None:
            return ""
        spent = self._simulation.clock.now() - dt.datetime.fromisoformat(row["at"])
        if spent < MODIFYING_TAKES:
            return "modifying"
        return "optimizing" if spent < MODIFYING_TAKES + OPTIMIZING_TAKES else "completed"

    def shown(self, volume_id: str) -> dict[str, Any] | None:
        """Its last modification as AWS tells it."""
        row = self._rows.get(volume_id)
        if row is None:
            return None
        state = self.state(volume_id)
        return {
            "VolumeId": volume_id,
            "ModificationState": state,
            "OriginalSize": row["original"],
            "TargetSize": row["target"],
            "StartTime": dt.datetime.fromisoformat(row["at"]),
            "Progress": {"modifying": 0, "optimizing": 50}.get(state, 100),
        }
