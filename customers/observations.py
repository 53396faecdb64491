"""What changed in an environment, newest first."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.fields import FIELDS
from customers.models import Environment, Observation
from opsportal.web.keyset import ROWS, Order, Page, page_of

NEWEST = Order(("at",), falling=True)

SUBJECTS: dict[str, str | Promise] = {
    "server": _("Server"),
    "database": _("Database"),
    "volume": _("Volume"),
    "securitygroup": _("Security group"),
    "address": _("Address"),
    "loadbalancer": _("Load balancer"),
    "alarm": _("Alarm"),
    "notice": _("Maintenance notice"),
    "backup": _("Backup"),
    "site": _("Site"),
}


@dataclass(frozen=True)
class Difference:
    """One field that changed."""

    field: str
    before: str
    after: str


def page_of_observations(environment: Environment, after: str, size: int = ROWS) -> Page:
    """One page of the observations of an environment."""
    page = page_of(Observation.objects.filter(environment=environment), NEWEST, after, size)
    for observation in page.rows:
        observation.subject_word = SUBJECTS.get(observation.subject, observation.subject)
        observation.differences = differences(observation.facts)
    return page


def differences(facts: dict[str, Any]) -> list[Difference]:
    """The changed fields of an observation, long values cut."""
    pairs = [(name, pair) for name, pair in facts.items() if isinstance(pair, list) and len(pair) == 2]
    return [Difference(str(FIELDS.get(name, name)), _short(before), _short(after)) for name, (before, after) in pairs]


def _short(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, list | dict):
        return f"[{len(value)}]"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
