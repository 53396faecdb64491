"""What a customer runs, kept as AWS last told it; what differed becomes an observation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from django.db.models import Q

from customers import servers
from customers.models import (
    Address,
    Database,
    Environment,
    LoadBalancer,
    Observation,
    Observed,
    Poll,
    SecurityGroup,
    Server,
    Volume,
)
from customers.polls import Look, Verdict, blind, read_again, unblind
from opsportal.aws import ec2, elbv2, rds, ssm

Facts = dict[str, list[Any]]

# AWS keeps events for 14 days; whoever was away longer has lost the rest.
EVENT_MINUTES_AT_LEAST, EVENT_MINUTES_AT_MOST = 60, 14 * 24 * 60


def gather(look: Look) -> dict[str, Any]:
    """Everything that an environment runs, each kind on its own, so that one denied permission blinds only itself."""
    return {
        "servers": look.part(ec2.instances),
        "agents": look.part(ssm.managed_instances),
        "volumes": look.part(ec2.volumes),
        "groups": look.part(ec2.security_groups),
        "addresses": look.part(ec2.addresses),
        "databases": look.part(rds.db_instances, look.at),
        "balancers": look.part(elbv2.balancers),
        "events": look.part(rds.db_events, _minutes_unseen(look)),
    }


def _minutes_unseen(look: Look) -> int:
    """Since when events may have been missed, in minutes; an event read twice is kept once."""
    unseen = (look.at - look.last_good_at) // dt.timedelta(minutes=1) + 10 if look.last_good_at else 0
    return min(max(unseen, EVENT_MINUTES_AT_LEAST), EVENT_MINUTES_AT_MOST)


def store(environment: Environment, seen: dict[str, Any], at: dt.datetime) -> bool:
    """Keep what was gathered; a kind that could not be read stays as it was. Returns whether anything differed."""
    changed = {
        name
        for model, name in (
            (Server, "servers"),
            (Volume, "volumes"),
            (SecurityGroup, "groups"),
            (Address, "addresses"),
            (Database, "databases"),
            (LoadBalancer, "balancers"),
        )
        if seen[name] is not None and keep(model, environment, seen[name], at)
    }
    # What else runs in the account changes nothing on the environment's page.
    if (elsewhere := seen.get("elsewhere", [])) != environment.elsewhere:
        Environment.objects.filter(pk=environment.pk).update(elsewhere=elsewhere)
    # These readings speak about servers and databases: they are told anew in the light of what runs now.
    if changed & {"servers", "volumes", "databases"}:
        read_again(environment, (Poll.Reading.STATUS, Poll.Reading.BACKUPS), at)
    if "databases" in changed:
        read_again(environment, (Poll.Reading.LIFECYCLES,), at)
    if seen["agents"] is not None and update(Server, environment, seen["agents"], at):
        changed.add("agents")
    if seen["events"] is not None and note_events(environment, seen["events"]):
        changed.add("events")
    return bool(changed)


def judge(environment: Environment, failures: list[dict[str, str]], at: dt.datetime) -> Verdict:
    """Say which servers, databases and targets are not in service."""
    changed = servers.judge(environment, at)
    if failures:
        changed |= blind(environment, Poll.Reading.INVENTORY, failures, at)
    else:
        changed |= unblind(environment, Poll.Reading.INVENTORY)
    return Verdict(changed)


def keep(
    model: type[Observed],
    environment: Environment,
    seen: Sequence[Any],
    at: dt.datetime,
    *,
    observe: bool = True,
    among: dict[str, Any] | None = None,
) -> bool:
    """Make the rows of a model equal to a complete list that AWS gave; returns whether anything telling differed.

    New things are added, changed ones renewed, vanished ones marked gone, returned ones are no longer gone. `among`
    narrows the comparison where a list is complete for some rows only.
    """
    return _Keeping(model, environment, at, observe, among or {}).run(seen, complete=True)


def update(model: type[Observed], environment: Environment, seen: Sequence[Any], at: dt.datetime) -> bool:
    """Renew fields of things that are there; adds, removes and revives nothing."""
    return _Keeping(model, environment, at, True, {"gone_at": None}).run(seen, complete=False)


class _Keeping:
    """One comparison of what AWS told with what is kept."""

    def __init__(
        self, model: type[Observed], environment: Environment, at: dt.datetime, observe: bool, among: dict[str, Any]
    ) -> None:
        self.model, self.environment, self.at, self.observe = model, environment, at, observe
        self.known = model.objects.filter(environment=environment, **among)
        self.length_limits = {field.name: field.max_length for field in model._meta.concrete_fields if field.max_length}
        self.observations: list[Observation] = []

    def run(self, seen: Sequence[Any], *, complete: bool) -> bool:
        """Write the differences; returns whether any of them is worth telling."""
        known_fields = {field.name for field in self.model._meta.concrete_fields}
        names = [field.name for field in fields(seen[0]) if field.name in known_fields] if seen else []
        now = {thing.aws_id: self._values(thing, names) for thing in seen}
        # History is not loaded: only what is there, and what comes back.
        rows = {row.aws_id: row for row in self.known.filter(Q(gone_at=None) | Q(aws_id__in=now))}
        changed = [rows[key] for key, values in now.items() if key in rows and self._renew(rows[key], values)]
        added = [self._new(values) for key, values in now.items() if key not in rows] if complete else []
        gone = [row for key, row in rows.items() if key not in now and row.gone_at is None] if complete else []
        for row in gone:
            row.gone_at = row.changed_at = self.at
            self._note(Observation.Kind.GONE, row, {})
        self.model.objects.bulk_create(added)
        self.model.objects.bulk_update([*changed, *gone], [*names, "gone_at", "changed_at"])
        if self.observe:
            Observation.objects.bulk_create(self.observations)
        return bool(self.observations)

    def _values(self, thing: Any, names: list[str]) -> dict[str, Any]:
        """What is kept of a thing; a text that is longer than its column is cut, never refused."""
        values = {name: getattr(thing, name) for name in names}
        return {
            name: value[: self.length_limits[name]] if isinstance(value, str) and name in self.length_limits else value
            for name, value in values.items()
        }

    def _new(self, values: dict[str, Any]) -> Observed:
        row = self.model(environment=self.environment, first_seen_at=self.at, changed_at=self.at, **values)
        self._note(Observation.Kind.APPEARED, row, {})
        return row

    def _renew(self, row: Observed, values: dict[str, Any]) -> bool:
        differing = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
        returned = row.gone_at is not None
        if not differing and not returned:
            return False
        for name, (_, after) in differing.items():
            setattr(row, name, after)
        row.gone_at = None
        if returned:
            self._note(Observation.Kind.APPEARED, row, {})
        elif telling := {name: pair for name, pair in differing.items() if name not in self.model.MOVING}:
            row.changed_at = self.at
            self._note(Observation.Kind.CHANGED, row, telling)
        return True

    def _note(self, kind: Observation.Kind, row: Observed, facts: Facts) -> None:
        self.observations.append(
            Observation(
                environment=self.environment,
                at=self.at,
                kind=kind,
                subject=self.model._meta.model_name,
                aws_id=row.aws_id,
                name=row.name,
                facts={name: [plain(value) for value in pair] for name, pair in facts.items()},
            )
        )


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    return value.isoformat() if isinstance(value, dt.datetime) else value


def note_events(environment: Environment, events: Sequence[rds.DbEvent]) -> bool:
    """Keep what RDS says happened, each event once however often it is read; returns whether one was new."""
    oldest = min((event.at for event in events), default=None)
    known = oldest and set(
        Observation.objects.filter(environment=environment, kind=Observation.Kind.HAPPENED, at__gte=oldest).values_list(
            "aws_id", "at", "facts__message"
        )
    )
    new = [event for event in events if (event.aws_id, event.at, event.message) not in known]
    Observation.objects.bulk_create(
        Observation(
            environment=environment,
            at=event.at,
            kind=Observation.Kind.HAPPENED,
            subject="database",
            aws_id=event.aws_id,
            name=event.aws_id,
            facts={"message": event.message, "categories": list(event.categories)},
        )
        for event in new
    )
    return bool(new)
