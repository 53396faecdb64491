"""Finds where a scenario shall happen, from what little was said."""

from opsportal.sandbox.estate import DatabaseRecord, Place, ServerRecord
from opsportal.sandbox.scenarios.registry import ScenarioError
from opsportal.sandbox.simulation import Simulation

Record = ServerRecord | DatabaseRecord


def choose_target(
    simulation: Simulation, about: str, customer: str, environment: str, server: str
) -> tuple[Place, Record | None]:
    """The place, and the server or database in it; the first customer's first one where nothing is said."""
    places = _places(simulation, customer, environment)
    if about == "environment":
        if server:
            raise ScenarioError(
                "this scenario is about a whole environment: leave --server out",
                "このシナリオは環境全体が対象です。--server は指定しないでください",
            )
        return places[0], None
    candidates = [record for place in places for record in _records(place, about)]
    if not server:
        if not candidates:
            raise ScenarioError("there is nothing of that kind there", "対象になるものがありません")
        return candidates[0].place, candidates[0]
    found = [record for record in candidates if server in (record.spec.name, record.key)]
    if not found:
        names = ", ".join(f"{record.place.customer.slug}/{record.spec.name}" for record in candidates)
        raise ScenarioError(
            f"there is no {server}: choose one of {names}", f"{server} はありません。次から選んでください: {names}"
        )
    if len({record.key for record in found}) > 1:
        names = ", ".join(f"{record.place.customer.slug} {record.place.environment.slug}" for record in found)
        raise ScenarioError(
            f"{server} exists more than once ({names}): add --customer, and --environment where a customer has two",
            f"{server} は複数あります({names})。--customer と、必要なら --environment も指定してください",
        )
    return found[0].place, found[0]


def _places(simulation: Simulation, customer: str, environment: str) -> list[Place]:
    places = list(simulation.estate)
    if customer:
        places = [place for place in places if place.customer.slug == customer]
        if not places:
            slugs = ", ".join(row.slug for row in simulation.world.customers)
            raise ScenarioError(
                f"there is no customer {customer}: choose one of {slugs}",
                f"{customer} という顧客はありません。次から選んでください: {slugs}",
            )
    if environment:
        slugs = ", ".join(sorted({place.environment.slug for place in places}))
        places = [place for place in places if place.environment.slug == environment]
        if not places:
            raise ScenarioError(
                f"there is no environment {environment} there: choose one of {slugs}",
                f"{environment} という環境はありません。次から選んでください: {slugs}",
            )
    return places


def _records(place: Place, about: str) -> list[Record]:
    servers, databases = list(place.servers), list(place.databases)
    return {"server": servers, "database": databases, "either": [*servers, *databases]}[about]
