"""What of an AWS account and region belongs to an environment: everything, what bears a tag, or what is picked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import logbook, polls, resources, standings
from customers.models import Database, Environment, Poll, Server, User

Scope = Environment.Scope
TELLING = (Poll.Reading.INVENTORY, Poll.Reading.STATUS, Poll.Reading.ALARMS, Poll.Reading.BACKUPS)


@dataclass(frozen=True)
class TagFound:
    """A tag that some of the servers and databases bear, and how many."""

    key: str
    value: str
    count: int


@dataclass(frozen=True)
class Choice:
    """What an admin chose; the tag or the picks only where they count."""

    scope: Scope
    tag: str = ""
    value: str = ""
    picks: list[str] = field(default_factory=list)


def tags_of(things: Iterable[Server | Database]) -> list[TagFound]:
    """The tags that could tell environments apart, the most borne first; names and AWS's own tags are left out."""
    counts: dict[tuple[str, str], int] = {}
    for thing in things:
        for key, value in thing.tags.items():
            if key != "Name" and not key.startswith("aws:"):
                counts[key, value] = counts.get((key, value), 0) + 1
    found = [TagFound(key, value, count) for (key, value), count in counts.items()]
    return sorted(found, key=lambda tag: (-tag.count, tag.key, tag.value))


def choice_from(*, tags: list[TagFound], scope: str, tag: str = "", picks: list[str] | None = None) -> Choice:
    """What an admin chose on the screen, where a tag is written key=value."""
    if scope == Scope.TAG:
        chosen = next(found for found in tags if f"{found.key}={found.value}" == tag)
        return Choice(Scope.TAG, chosen.key, chosen.value)
    return Choice(Scope(scope), picks=(picks or []) if scope == Scope.PICKED else [])


def belongs(choice: Choice, aws_id: str, tags: dict[str, str]) -> bool:
    """Whether a server or database belongs to what was chosen."""
    if choice.scope == Scope.TAG:
        return tags.get(choice.tag) == choice.value
    return choice.scope == Scope.WHOLE or aws_id in choice.picks


def choice_of(environment: Environment) -> Choice:
    """What was chosen for an environment."""
    return Choice(Scope(environment.scope), environment.scope_tag, environment.scope_value, environment.scope_picks)


@transaction.atomic
def choose(*, environment: Environment, choice: Choice, at: dt.datetime, by: User | None) -> Environment:
    """Let the environment be what was chosen; everything is read anew in its light. Raises ValidationError."""
    standings.hold(environment)
    things = [*resources.servers_of(environment), *resources.databases_of(environment)]
    if choice.scope != Scope.WHOLE and not any(belongs(choice, thing.aws_id, thing.tags) for thing in things):
        raise ValidationError({"scope": _("Nothing that was found belongs to this choice. Choose at least one.")})
    environment.scope, environment.scope_tag, environment.scope_value = choice.scope, choice.tag, choice.value
    environment.scope_picks = sorted(choice.picks)
    environment.save(update_fields=["scope", "scope_tag", "scope_value", "scope_picks"])
    polls.read_again(environment, TELLING, at)
    logbook.write(
        "scope-chosen",
        at=at,
        by=by,
        customer=environment.customer,
        environment=environment,
        scope=choice.scope,
        tag=choice.tag,
        value=choice.value,
        picks=environment.scope_picks,
    )
    return environment
