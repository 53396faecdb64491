"""States that take time: for each resource, which state it is in from when on, past and foreseen."""

import bisect
import datetime as dt

from opsportal.sandbox.store import Store

KEPT = 60


class Timelines:
    """When each resource changes state; a resource without a timeline has always been in its first state."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._steps: dict[str, list[tuple[dt.datetime, str]]] = {
            resource: [(dt.datetime.fromisoformat(at), state) for at, state in steps]
            for resource, steps in store.data["timelines"].items()
        }

    def plan(self, resource: str, steps: list[tuple[dt.datetime, str]]) -> None:
        """From now on the resource goes through `steps`; what was foreseen before is dropped."""
        begin = steps[0][0]
        past = [step for step in self._steps.get(resource, []) if step[0] < begin]
        self._steps[resource] = (past + steps)[-KEPT:]
        self._store.data["timelines"][resource] = [(at.isoformat(), state) for at, state in self._steps[resource]]
        self._store.save()

    def state(self, resource: str, at: dt.datetime, first: str) -> tuple[str, dt.datetime | None]:
        """The state at that moment and since when, `first` without a time if nothing ever happened."""
        steps = self._steps.get(resource)
        if not steps:
            return first, None
        place = bisect.bisect_right(steps, at, key=lambda step: step[0]) - 1
        if place < 0:
            return first, None
        return steps[place][1], steps[place][0]

    def changed(self, resource: str) -> bool:
        """Whether the resource ever left its first state."""
        return resource in self._steps

    def last(self, resource: str, state: str, at: dt.datetime) -> dt.datetime | None:
        """When the resource last entered a state, up to a moment."""
        return max((when for when, name in self._steps.get(resource, []) if name == state and when <= at), default=None)

    def count(self, resource: str, state: str, at: dt.datetime) -> int:
        """How often the resource has entered a state up to a moment."""
        return sum(1 for when, name in self._steps.get(resource, []) if name == state and when <= at)
