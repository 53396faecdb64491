"""The picture of one environment, part by part, as its page shows it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property

from customers import access, agreements, board, metrics, news, observations, proposals, readings, resources
from customers.directory import plan_name
from customers.models import Database, Environment, Member, Poll, Server, Standing, User
from customers.sight import Sight, is_late, level_shown, sights
from incidents import alarms
from maintenance import change_words, changes, notices, protection
from maintenance.meanings import explained
from opsportal.overview import hand

OBSERVATIONS_SHOWN, CHANGES_SHOWN = 8, 5
LEVEL_SIGNS = {level: level.name.lower() for level in Standing.Level}


@dataclass
class Picture:
    """An environment as one viewer sees it at a moment; each part reads only what it needs."""

    environment: Environment
    viewer: User
    at: dt.datetime

    @cached_property
    def plain(self) -> bool:
        """Whether the viewer reads rather than operates: the customer's people, but for the app developer."""
        if self.viewer.is_staff:
            return False
        roles = {
            member.role
            for member in access.memberships(self.viewer)
            if member.customer_id == self.environment.customer_id
        }
        return Member.Role.DEVELOPER not in roles

    @cached_property
    def polls(self) -> list[Poll]:
        """The readings, in their order."""
        return board.polls_of(self.environment)

    @cached_property
    def sights(self) -> dict[str, Sight]:
        """How each reading sees."""
        return sights(self.polls, self.at)

    @cached_property
    def late(self) -> bool:
        """Whether a reading is too old to be believed."""
        return any(is_late(poll, self.at) for poll in self.polls)

    @cached_property
    def agreement(self):
        """What was agreed."""
        return agreements.agreement_at(self.environment, self.at)

    @cached_property
    def waiting(self):
        """The version of the agreement that waits for an answer."""
        holding = self.agreement
        return proposals.waiting(self.environment) if holding is None or holding.another_waits else None

    @cached_property
    def servers(self) -> list[Server]:
        """The servers that run, or stand still, now."""
        return list(resources.servers_of(self.environment))

    @cached_property
    def databases(self) -> list[Database]:
        """The databases that are there now."""
        return list(resources.databases_of(self.environment))

    def part(self, name: str) -> dict[str, Any]:
        """What the template of one part needs. Raises KeyError for a part that does not exist."""
        return {"environment": self.environment, "plain": self.plain, "operates": not self.plain, **PARTS[name](self)}


def _board(picture: Picture) -> dict[str, Any]:
    states = board.states_of(picture.environment)
    standing = picture.environment.standing
    level = level_shown(standing.level, picture.late)
    return {
        "standing": standing,
        "version": news.version_of(standing, picture.polls, picture.at),
        "level": level,
        "level_sign": LEVEL_SIGNS[level],
        "staff": picture.viewer.is_staff,
        "waiting": picture.waiting,
        "my_turn": picture.waiting is not None and proposals.is_turn_of(picture.viewer, picture.waiting),
        "plan_name": plan_name(picture.agreement.plan if picture.agreement else None),
        "boards": [
            (title, board.cells(duties, states, picture.sights, picture.agreement)) for title, duties in board.BOARDS
        ],
        "needs": hand.needs_of([picture.environment], picture.at, plain=picture.plain),
        "site_sight": picture.sights.get(Poll.Reading.SITE),
        "unseen": [sight for sight in picture.sights.values() if not sight.clear],
    }


def _notices(picture: Picture) -> dict[str, Any]:
    # The standing counts them: most environments have none, and are not asked for them.
    found = notices.open_notices(picture.environment) if picture.environment.standing.notices else []
    return {"notices": explained(found), "notices_sight": picture.sights.get(Poll.Reading.STATUS)}


def _changes(picture: Picture) -> dict[str, Any]:
    newest = changes.changes_of(picture.environment)[:CHANGES_SHOWN]
    return {"changes": [change_words.summary(change) for change in newest]}


def _backups(picture: Picture) -> dict[str, Any]:
    things = [*picture.servers, *picture.databases]
    return {
        "backups_sight": picture.sights.get(Poll.Reading.BACKUPS),
        "protections": protection.protections(picture.environment, things, picture.agreement, picture.at),
    }


def _resources(picture: Picture) -> dict[str, Any]:
    return {
        "drawings": metrics.places_of([*picture.servers, *picture.databases]),
        "spans": metrics.SPANS,
        "servers": picture.servers,
        "databases": picture.databases,
        "resources_sight": picture.sights.get(Poll.Reading.INVENTORY),
        "checks_seen": Poll.Reading.STATUS in picture.sights and picture.sights[Poll.Reading.STATUS].clear,
    }


def _alarms(picture: Picture) -> dict[str, Any]:
    found = alarms.alarms_of(picture.environment)
    return {
        "alarms": found,
        "loud": [alarm for alarm in found if alarms.is_loud(alarm)],
        "alarms_sight": picture.sights.get(Poll.Reading.ALARMS),
    }


def _observations(picture: Picture) -> dict[str, Any]:
    return {"observations": observations.page_of_observations(picture.environment, "", OBSERVATIONS_SHOWN).rows}


def _readings(picture: Picture) -> dict[str, Any]:
    return {"healths": readings.healths(picture.polls, picture.at)}


PARTS: dict[str, Callable[[Picture], dict[str, Any]]] = {
    "board": _board,
    "notices": _notices,
    "changes": _changes,
    "backups": _backups,
    "resources": _resources,
    "alarms": _alarms,
    "observations": _observations,
    "readings": _readings,
}
# Drawn at once with the page; the others follow by themselves, or stand on pages of their own.
AT_ONCE = ("board", "notices", "backups", "resources", "readings")
