"""What of a reading belongs to an environment that is only a part of its AWS account and region.

Servers and databases are told apart by tag or by picking; everything else belongs where its server or database does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from customers.models import Database, Environment, LoadBalancer, Server, Volume

Scope = Environment.Scope
Rows = list[Any]


@dataclass(frozen=True)
class Choice:
    """What an admin chose; the tag or the picks only where they count."""

    scope: Scope
    tag: str = ""
    value: str = ""
    picks: list[str] = field(default_factory=list)

    def holds(self, aws_id: str, tags: dict[str, str]) -> bool:
        """Whether a server or database belongs to what was chosen."""
        if self.scope == Scope.TAG:
            return tags.get(self.tag) == self.value
        return self.scope == Scope.WHOLE or aws_id in self.picks


def choice_of(environment: Environment) -> Choice:
    """What was chosen for an environment."""
    return Choice(Scope(environment.scope), environment.scope_tag, environment.scope_value, environment.scope_picks)


@dataclass(frozen=True)
class _Mine:
    """The ids of what belongs to the environment: by this reading where it tells, else by what was read before.

    What is gone still counts, so that its backups do not vanish with it.
    """

    servers: set[str]
    databases: set[str]
    volumes: set[str]
    groups: set[str]
    balancers: set[str]


def narrowed(environment: Environment, seen: dict[str, Any]) -> dict[str, Any]:
    """A reading without what belongs to somebody else in the same account; parts that were denied stay None."""
    choice = choice_of(environment)
    if choice.scope == Scope.WHOLE:
        return seen
    mine = _mine(environment, choice, seen)
    kept = {
        part: rows if rows is None or part not in _BELONGS else [row for row in rows if _BELONGS[part](row, mine)]
        for part, rows in seen.items()
    }
    if "servers" in seen and "databases" in seen:
        kept["elsewhere"] = _elsewhere(environment, choice, seen)
    return kept


def _elsewhere(environment: Environment, choice: Choice, seen: dict[str, Any]) -> list[dict[str, Any]]:
    """What of the account does not belong, so that it can still be chosen; of what was denied, as it was known."""
    before = environment.elsewhere
    return [
        facts
        for kind, rows in (("server", seen["servers"]), ("database", seen["databases"]))
        for facts in (
            [facts for facts in before if facts["kind"] == kind]
            if rows is None
            else [
                {"aws_id": row.aws_id, "kind": kind, "name": row.name, "tags": row.tags}
                for row in rows
                if not choice.holds(row.aws_id, row.tags)
            ]
        )
    ]


def _mine(environment: Environment, choice: Choice, seen: dict[str, Any]) -> _Mine:
    own = {"environment": environment}
    servers = [
        row
        for row in (*(seen.get("servers") or ()), *Server.objects.filter(**own))
        if choice.holds(row.aws_id, row.tags)
    ]
    databases = [
        row
        for row in (*(seen.get("databases") or ()), *Database.objects.filter(**own))
        if choice.holds(row.aws_id, row.tags)
    ]
    ids = {row.aws_id for row in servers}
    volumes = {row.aws_id for row in seen.get("volumes") or () if row.server_aws_id in ids}
    volumes |= set(Volume.objects.filter(**own, server_aws_id__in=ids).values_list("aws_id", flat=True))
    return _Mine(
        servers=ids,
        databases={row.aws_id for row in databases},
        volumes=volumes,
        groups=_groups(servers, seen.get("groups") or ()),
        balancers=set(LoadBalancer.objects.filter(**own).values_list("aws_id", flat=True)),
    )


def _groups(servers: Rows, groups: Rows) -> set[str]:
    """Security groups of the servers, those that let them in, and those that they let in."""
    worn = {group for server in servers for group in server.security_groups}
    sources = {group.aws_id: {rule["source"] for rule in group.inbound} for group in groups}
    opened_to_us = {aws_id for aws_id, named in sources.items() if named & worn}
    return worn | opened_to_us | {source for aws_id in worn for source in sources.get(aws_id, ())}


def _of_arn(row: Any, mine: _Mine) -> bool:
    """Whether a backup job is about an instance, a volume or a database of ours."""
    aws_id = row.resource_arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return aws_id in mine.servers | mine.volumes | mine.databases


def _of_alarm(row: Any, mine: _Mine) -> bool:
    """Whether an alarm watches something of ours; one that watches nothing else is the whole account's."""
    watched = row.dimensions
    return (
        watched.get("InstanceId") in mine.servers
        or watched.get("DBInstanceIdentifier") in mine.databases
        or any(arn.endswith(f"/{watched['LoadBalancer']}") for arn in mine.balancers if "LoadBalancer" in watched)
    )


_BELONGS: dict[str, Callable[[Any, _Mine], bool]] = {
    "servers": lambda row, mine: row.aws_id in mine.servers,
    "agents": lambda row, mine: row.aws_id in mine.servers,
    "statuses": lambda row, mine: row.aws_id in mine.servers,
    "volumes": lambda row, mine: row.server_aws_id in mine.servers,
    "addresses": lambda row, mine: row.server_aws_id in mine.servers,
    "groups": lambda row, mine: row.aws_id in mine.groups,
    "balancers": lambda row, mine: any(target["id"] in mine.servers for target in row.targets),
    "databases": lambda row, mine: row.aws_id in mine.databases,
    "events": lambda row, mine: row.aws_id in mine.databases,
    "pending": lambda row, mine: row.db_arn.rsplit(":", 1)[-1] in mine.databases,
    "snapshots": lambda row, mine: row.volume_aws_id in mine.volumes,
    "images": lambda row, mine: row.server_aws_id in mine.servers,
    "db_snapshots": lambda row, mine: row.db_aws_id in mine.databases,
    "automated": lambda row, mine: row.aws_id in mine.databases,
    "jobs": _of_arn,
    "alarms": _of_alarm,
}
