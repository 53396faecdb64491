"""What a scenario is, and the list of them all."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from opsportal.sandbox.conditions import Condition
from opsportal.sandbox.estate import DatabaseRecord, Place, ServerRecord
from opsportal.sandbox.simulation import Simulation


class Words(NamedTuple):
    """The same sentence for both languages of the portal."""

    en: str
    ja: str


class ScenarioError(Exception):
    """What was asked cannot be done; the words say what to do instead."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.words = Words(en, ja)


def local(at: dt.datetime) -> str:
    """A moment as people in Japan read it."""
    return f"{at + dt.timedelta(hours=9):%Y-%m-%d %H:%M} JST"


@dataclass(frozen=True)
class Option:
    """One parameter of a scenario; the type of the default is its type. A required one has no use for its default."""

    name: str
    default: Any
    help: Words
    required: bool = False


@dataclass
class Scene:
    """Where a scenario happens, and with which options."""

    simulation: Simulation
    scenario: str
    place: Place
    record: ServerRecord | DatabaseRecord | None
    options: dict[str, Any]
    opening: bool = False

    @property
    def now(self) -> dt.datetime:
        """The sandbox's present."""
        return self.simulation.clock.now()

    @property
    def where(self) -> str:
        """The place in words."""
        names = [self.place.customer.name, self.place.environment.name]
        return " ".join(names + ([self.record.spec.name] if self.record else []))

    @property
    def resource(self) -> str:
        """What the conditions are kept under: instance id, database name, or nothing."""
        if isinstance(self.record, ServerRecord):
            return self.record.instance_id
        return self.record.spec.name if self.record else ""

    def begin(self, kind: str, since: dt.datetime | None = None, region: str | None = None, **facts: Any) -> Condition:
        """Bring about one condition."""
        return self.simulation.conditions.add(
            Condition(
                kind=kind,
                scenario=self.scenario,
                customer=self.place.customer.slug,
                environment=self.place.environment.slug,
                account=self.place.account,
                region=self.place.region if region is None else region,
                resource=self.resource,
                since=since or self.now,
                opening=self.opening,
                facts=facts,
            )
        )


@dataclass(frozen=True)
class Scenario:
    """Something that can be made to happen. `about` is server, database, either or environment."""

    name: str
    says: Words
    about: str
    apply: Callable[[Scene], Words]
    options: tuple[Option, ...] = ()
    clear: Callable[[Simulation, Condition], None] | None = None


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    name: str,
    en: str,
    ja: str,
    about: str,
    options: tuple[Option, ...] = (),
    clear: Callable[[Simulation, Condition], None] | None = None,
) -> Callable[[Callable[[Scene], Words]], Callable[[Scene], Words]]:
    """Put the decorated function into the list of scenarios."""

    def enter(apply: Callable[[Scene], Words]) -> Callable[[Scene], Words]:
        SCENARIOS[name] = Scenario(name, Words(en, ja), about, apply, options, clear)
        return apply

    return enter
