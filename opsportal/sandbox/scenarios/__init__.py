"""Scenarios: what can be made to happen in the simulated world, and put right again."""

from typing import Any

from opsportal.sandbox.conditions import Condition
from opsportal.sandbox.scenarios import pressure, servers, trouble  # noqa: F401  (they enter themselves into the list)
from opsportal.sandbox.scenarios.registry import SCENARIOS, Scenario, ScenarioError, Scene, Words
from opsportal.sandbox.scenarios.targets import choose_target
from opsportal.sandbox.simulation import Simulation


def find_scenario(name: str) -> Scenario:
    """The scenario of that name, or an error that names them all."""
    if name not in SCENARIOS:
        names = ", ".join(SCENARIOS)
        raise ScenarioError(
            f"there is no scenario {name}: choose one of {names}",
            f"{name} というシナリオはありません。次から選んでください: {names}",
        )
    return SCENARIOS[name]


def apply_scenario(
    simulation: Simulation,
    name: str,
    *,
    customer: str = "",
    environment: str = "",
    server: str = "",
    options: dict[str, Any] | None = None,
    opening: bool = False,
) -> Words:
    """Make it happen; without a target on the first customer's first fitting resource."""
    chosen = find_scenario(name)
    place, record = choose_target(simulation, chosen.about, customer, environment, server)
    scene = Scene(simulation, name, place, record, _options(chosen, options or {}), opening)
    return chosen.apply(scene)


def clear_scenario(simulation: Simulation, name: str = "", customer: str = "") -> list[Condition]:
    """Put right what a scenario, or every scenario begun by hand, did, for one customer or all.

    Without a name, what the sample world began with stays: it is part of the world.
    """
    if name:
        find_scenario(name)
    if customer and simulation.world.customer(customer) is None:
        choose_target(simulation, "environment", customer, "", "")
    ended = []
    for condition in simulation.conditions.under_way():
        if (name and condition.scenario != name) or (not name and condition.opening):
            continue
        if customer and condition.customer != customer:
            continue
        putting_right = SCENARIOS[condition.scenario].clear
        if putting_right:
            putting_right(simulation, condition)
        simulation.conditions.end(condition, simulation.clock.now())
        ended.append(condition)
    return ended


def open_scenarios(simulation: Simulation) -> None:
    """Bring about what the world begins with, once in its life."""
    if simulation.store.data["opened"]:
        return
    for place in simulation.estate:
        for opening in place.environment.openings:
            apply_scenario(
                simulation,
                opening.scenario,
                customer=place.customer.slug,
                environment=place.environment.slug,
                server=opening.server,
                options=opening.options,
                opening=True,
            )
    simulation.store.data["opened"] = True
    simulation.store.save()


def _options(chosen: Scenario, given: dict[str, Any]) -> dict[str, Any]:
    known = {option.name: option for option in chosen.options}
    for name in given:
        if name not in known:
            takes = ", ".join(f"--{option}" for option in known) or "-"
            raise ScenarioError(
                f"{chosen.name} takes no --{name} (it takes: {takes})",
                f"{chosen.name} に --{name} は指定できません(指定できるもの: {takes})",
            )
    values = {}
    for option in chosen.options:
        value = given.get(option.name, option.default)
        try:
            values[option.name] = type(option.default)(value)
        except (TypeError, ValueError):
            kind = type(option.default).__name__
            raise ScenarioError(
                f"--{option.name} {value!r} is not a {kind}", f"--{option.name} に {value!r} は指定できません"
            ) from None
    return values
