"""What of an AWS account and region belongs to an environment: everything, what bears a tag, or what is picked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import logbook, polls, resources, standings
from customers.models import Agreement, Environment, Observation, Poll, User, Volume
from customers.narrowing import Choice

Scope = Environment.Scope
TELLING = (Poll.Reading.INVENTORY, Poll.Reading.STATUS, Poll.Reading.ALARMS, Poll.Reading.BACKUPS)


@dataclass(frozen=True)
class Thing:
    """A server or database of the account; `belongs` tells whether the last reading counted it to the environment."""

    aws_id: str
    kind: str
    name: str
    tags: dict[str, str]
    belongs: bool


@dataclass(frozen=True)
class TagFound:
    """A tag that some of the servers and databases bear, and how many."""

    key: str
    value: str
    count: int


def things_of(environment: Environment) -> list[Thing]:
    """Everything that could belong to an environment: what does, and what else the last reading saw in the account."""
    own = [
        Thing(thing.aws_id, thing._meta.model_name, thing.name, thing.tags, belongs=True)
        for thing in (*resources.servers_of(environment), *resources.databases_of(environment))
    ]
    known = {thing.aws_id for thing in own}
    others = [Thing(**facts, belongs=False) for facts in environment.elsewhere if facts["aws_id"] not in known]
    return [*own, *others]


def tags_of(things: Iterable[Thing]) -> list[TagFound]:
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


@transaction.atomic
def choose(
    *, environment: Environment, choice: Choice, at: dt.datetime, by: User | None, on_behalf_of: User | None = None
) -> Environment:
    """Let the environment be what was chosen; everything is read anew in its light. Raises ValidationError."""
    standings.hold(environment)
    things = things_of(environment)
    if choice.scope != Scope.WHOLE and not any(choice.holds(thing.aws_id, thing.tags) for thing in things):
        raise ValidationError({"scope": _("Nothing that was found belongs to this choice. Choose at least one.")})
    environment.scope, environment.scope_tag, environment.scope_value = choice.scope, choice.tag, choice.value
    environment.scope_picks = sorted(choice.picks)
    environment.save(update_fields=["scope", "scope_tag", "scope_value", "scope_picks"])
    if not Agreement.objects.filter(environment=environment).exists():
        _forget_what_is_elsewhere(environment, choice)
    polls.read_again(environment, TELLING, at)
    standings.refresh(environment, at)
    logbook.write(
        "scope-chosen",
        at=at,
        by=by,
        on_behalf_of=on_behalf_of,
        customer=environment.customer,
        environment=environment,
        scope=choice.scope,
        tag=choice.tag,
        value=choice.value,
        picks=environment.scope_picks,
    )
    return environment


def _forget_what_is_elsewhere(environment: Environment, choice: Choice) -> None:
    """Before anything is agreed, what belongs elsewhere was never this environment's: it is not marked gone."""
    things = [*resources.servers_of(environment), *resources.databases_of(environment)]
    elsewhere = [thing for thing in things if not choice.holds(thing.aws_id, thing.tags)]
    ids = [thing.aws_id for thing in elsewhere]
    Observation.objects.filter(environment=environment, aws_id__in=ids).delete()
    Volume.objects.filter(environment=environment, server_aws_id__in=ids).delete()
    for thing in elsewhere:
        thing.delete()
