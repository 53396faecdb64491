"""What is out of the ordinary in the simulated world: since when, until when, for which resource."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from opsportal.sandbox.store import Store

# Those that metrics are made from: they are kept when they have ended, since the past still tells of them.
SEEN_IN_METRICS = ("load", "memory", "disk", "impaired")


@dataclass
class Condition:
    """One thing that a scenario brought about; `kind` says what it acts on, `facts` how.

    `resource` is an instance id, a database name or empty for the whole account.
    """

    kind: str
    scenario: str
    customer: str
    environment: str
    account: str
    region: str
    resource: str
    since: dt.datetime
    until: dt.datetime | None = None
    opening: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    def holds_at(self, at: dt.datetime) -> bool:
        """Whether it was under way at that moment."""
        return self.since <= at and (self.until is None or at < self.until)


class Conditions:
    """All conditions of the world, kept in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._all = [_from_json(row) for row in store.data["conditions"]]

    def add(self, condition: Condition) -> Condition:
        """Let it begin."""
        self._all.append(condition)
        self.save()
        return condition

    def open(self, kind: str, account: str, region: str = "", resource: str | None = None) -> Iterator[Condition]:
        """Those of a kind still under way in an account, of one region and one resource when given."""
        # A copy, since whoever reads may bring something about or end it meanwhile.
        for condition in list(self._all):
            if (
                condition.until is None
                and condition.kind == kind
                and condition.account == account
                and (not region or condition.region == region)
                and (resource is None or condition.resource == resource)
            ):
                yield condition

    def ever(self, kind: str, account: str, resource: str) -> list[Condition]:
        """Those of a kind on one resource, ended ones too: what the past needs."""
        return [c for c in self._all if c.kind == kind and c.account == account and c.resource == resource]

    def under_way(self) -> list[Condition]:
        """Everything that has not ended."""
        return [condition for condition in self._all if condition.until is None]

    def end(self, condition: Condition, at: dt.datetime) -> None:
        """Let it be over."""
        condition.until = max(at, condition.since)
        self._all = [row for row in self._all if row.until is None or row.kind in SEEN_IN_METRICS]
        self.save()

    def save(self) -> None:
        """Keep the present state, after facts of a condition changed."""
        self._store.data["conditions"] = [_to_json(condition) for condition in self._all]
        self._store.save()


def _to_json(condition: Condition) -> dict[str, Any]:
    row = asdict(condition)
    row["since"] = condition.since.isoformat()
    row["until"] = condition.until.isoformat() if condition.until else None
    return row


def _from_json(row: dict[str, Any]) -> Condition:
    times = {
        "since": dt.datetime.fromisoformat(row["since"]),
        "until": dt.datetime.fromisoformat(row["until"]) if row["until"] else None,
    }
    return Condition(**row | times)
