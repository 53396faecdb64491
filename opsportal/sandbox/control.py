"""The control of the sandbox over HTTP: ready, scenarios, status, clock, the journal of what the portal did."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from opsportal.sandbox.conditions import Condition
from opsportal.sandbox.estate import Place
from opsportal.sandbox.loopback import Incoming, Reply
from opsportal.sandbox.newcomers import add_newcomer
from opsportal.sandbox.scenarios import apply_scenario, clear_scenario
from opsportal.sandbox.scenarios.registry import SCENARIOS, ScenarioError, Words
from opsportal.sandbox.simulation import Simulation

COMPLETED = Words("completed", "完了")
FARTHEST_SECONDS = 366 * 86_400


class Control:
    """Answers everything under /sandbox/; texts come in the language asked for, Japanese or English."""

    def __init__(self, simulation: Simulation, sites_url: str) -> None:
        self._simulation = simulation
        self._sites_url = sites_url
        self._routes: dict[tuple[str, str], Callable[[dict[str, Any], str], Any]] = {
            ("GET", "/sandbox/ready"): self._ready,
            ("GET", "/sandbox/scenarios"): self._list,
            ("GET", "/sandbox/status"): self._status,
            ("GET", "/sandbox/world"): self._world,
            ("GET", "/sandbox/requests"): self._requests,
            ("POST", "/sandbox/apply"): self._apply,
            ("POST", "/sandbox/clear"): self._clear,
            ("POST", "/sandbox/clock"): self._clock,
            ("POST", "/sandbox/new-account"): self._new_account,
        }

    def answer(self, incoming: Incoming) -> Reply:
        """One control request; what cannot be done answers 400 with a sentence that says what to do."""
        route = self._routes.get((incoming.method, incoming.path))
        if route is None:
            return _json(404, {"error": f"no such control: {incoming.method} {incoming.path}"})
        if incoming.method == "POST" and not incoming.headers.get("Content-Type", "").startswith("application/json"):
            # A web page that somebody visits can send forms to this port, but no JSON.
            return _json(415, {"error": "the control takes application/json"})
        query = {name: values[-1] for name, values in parse_qs(urlsplit(incoming.target).query).items()}
        language = "ja" if incoming.headers.get("Accept-Language", "en").startswith("ja") else "en"
        try:
            given = json.loads(incoming.body or b"{}")
            with self._simulation.lock:
                return _json(200, route(query | given, language))
        except ScenarioError as error:
            return _json(400, {"error": getattr(error.words, language)})
        except (TypeError, ValueError) as error:
            return _json(400, {"error": str(error)})

    def _ready(self, given: dict[str, Any], language: str) -> dict[str, Any]:
        return {"ready": True, "customers": len(self._simulation.world.customers)}

    def _list(self, given: dict[str, Any], language: str) -> list[dict[str, Any]]:
        return [
            {
                "name": scenario.name,
                "says": getattr(scenario.says, language),
                "about": scenario.about,
                "options": [
                    {
                        "name": row.name,
                        "default": row.default,
                        "required": row.required,
                        "help": getattr(row.help, language),
                    }
                    for row in scenario.options
                ],
            }
            for scenario in SCENARIOS.values()
        ]

    def _status(self, given: dict[str, Any], language: str) -> dict[str, Any]:
        clock = self._simulation.clock
        self._simulation.states.settle(clock.now())
        return {
            "now": clock.now().isoformat(),
            "offset_seconds": clock.offset().total_seconds(),
            "under_way": [self._told(row, language) for row in self._simulation.conditions.under_way()],
        }

    def _told(self, condition: Condition, language: str) -> dict[str, Any]:
        server = self._simulation.estate.server(condition.resource)
        return {
            "scenario": condition.scenario,
            "customer": condition.customer,
            "environment": condition.environment,
            "server": server.spec.name if server else condition.resource,
            "detail": _detail(condition, language),
            "since": condition.since.isoformat(),
            "opening": condition.opening,
            "kind": condition.kind,
            "facts": condition.facts,
        }

    def _world(self, given: dict[str, Any], language: str) -> list[dict[str, Any]]:
        return [self._place(place) for place in self._simulation.estate]

    def _place(self, place: Place) -> dict[str, Any]:
        return {
            "customer": place.customer.slug,
            "environment": place.environment.slug,
            "account": place.account,
            "region": place.region,
            "site_url": self._sites_url + place.site_path,
            "servers": {row.spec.name: row.instance_id for row in place.servers},
            "databases": {row.spec.name: row.arn for row in place.databases},
        }

    def _new_account(self, given: dict[str, Any], language: str) -> dict[str, Any]:
        customer = add_newcomer(self._simulation)
        (environment,) = customer.environments
        place = self._simulation.estate.at(environment.account, environment.region)
        return {**self._place(place), "name": customer.name, "kana": customer.kana, "site_text": environment.site.title}

    def _requests(self, given: dict[str, Any], language: str) -> list[dict[str, Any]]:
        return self._simulation.journal.recent(given.get("account", ""), int(given.get("limit", 200)))

    def _apply(self, given: dict[str, Any], language: str) -> dict[str, str]:
        words: Words = apply_scenario(
            self._simulation,
            given.get("scenario", ""),
            customer=given.get("customer", ""),
            environment=given.get("environment", ""),
            server=given.get("server", ""),
            options=given.get("options"),
        )
        return {"message": getattr(words, language)}

    def _clear(self, given: dict[str, Any], language: str) -> dict[str, Any]:
        ended = clear_scenario(self._simulation, given.get("scenario", ""), given.get("customer", ""))
        return {"cleared": [self._told(condition, language) for condition in ended]}

    def _clock(self, given: dict[str, Any], language: str) -> dict[str, Any]:
        seconds = float(given.get("forward_seconds", 0))
        if seconds <= 0:
            raise ScenarioError("the clock only moves forward", "時計は進めることしかできません")
        if seconds > FARTHEST_SECONDS:
            raise ScenarioError("the clock moves 366 days at most at once", "時計は一度に366日までしか進められません")
        self._simulation.clock.forward(dt.timedelta(seconds=seconds))
        return self._status(given, language)


def _detail(condition: Condition, language: str) -> str:
    """What of the facts tells one such condition from another."""
    facts = condition.facts
    told = [str(facts[key]) for key in ("action", "code", "level", "seconds") if key in facts]
    if condition.kind == "fault" and facts["how"] not in ("slow",):
        told.insert(0, facts["how"])
    if facts.get("completed_at"):
        told.append(getattr(COMPLETED, language))
    return " ".join(told)


def _json(status: int, content: Any) -> Reply:
    return Reply(status, json.dumps(content, ensure_ascii=False).encode(), "application/json; charset=utf-8")
