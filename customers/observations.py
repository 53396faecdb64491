"""What changed in an environment, newest first."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import codes, values
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


# What a kind of observation is called where the general word would mislead.
KINDS: dict[tuple[str, str], str | Promise] = {
    ("notice", Observation.Kind.APPEARED): _("Announced by AWS"),
    ("notice", Observation.Kind.GONE): _("Settled"),
}


# Small enough that a batch holds its locks for some 50 ms.
_BATCH = 5000


@dataclass(frozen=True)
class Difference:
    """One field that changed, in the reader's words."""

    field: str
    before: str
    after: str


def page_of_observations(environment: Environment, after: str, size: int = ROWS) -> Page:
    """One page of the observations of an environment."""
    page = page_of(Observation.objects.filter(environment=environment), NEWEST, after, size)
    for observation in page.rows:
        observation.subject_word = SUBJECTS.get(observation.subject, observation.subject)
        kind = KINDS.get((observation.subject, observation.kind))
        observation.kind_word = kind or observation.get_kind_display()
        observation.told = _told(observation.facts)
        observation.differences = differences(observation)
    return page


def forget_old(at: dt.datetime) -> None:
    """Delete the observations that are older than they are kept, batch by batch; torn, what is left goes next time."""
    old = Observation.objects.filter(at__lt=at - dt.timedelta(days=settings.OBSERVATIONS_KEPT_DAYS)).order_by("at")
    while Observation.objects.filter(pk__in=old.values("pk")[:_BATCH]).delete()[0]:
        pass


def differences(observation: Observation) -> list[Difference]:
    """The changed fields of an observation, the state first; since when it holds is told only where it is the same."""
    pairs = {name: pair for name, pair in observation.facts.items() if name != "categories" and _is_pair(pair)}
    if "state" in pairs:
        pairs.pop("state_since", None)
    return [
        Difference(str(FIELDS.get(name, name)), *values.changed(observation.subject, name, *pair, observation.at))
        for name, pair in sorted(pairs.items(), key=lambda item: (item[0] not in ("state", "status"), item[0]))
    ]


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _told(facts: dict[str, Any]) -> str:
    """What AWS announced or said happened; empty when the differences say it all."""
    if "message" in facts:
        return codes.word("event", facts["message"].removesuffix("."))
    code = facts.get("code")
    return codes.word("maintenance", code) if isinstance(code, str) else ""
