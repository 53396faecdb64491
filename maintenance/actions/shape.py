"""What every kind of action tells: its calls, its effect, its proof."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from django.utils.functional import Promise

from customers.models import ActionClass
from maintenance.models import Change, Step
from opsportal.aws.account import Account

Facts = dict[str, Any]
Text = str | Promise


class Course(StrEnum):
    """How far a called step has come, as AWS shows it."""

    DONE = "done"
    UNDERWAY = "underway"
    # AWS shows that nothing was begun.
    NOTHING = "nothing"
    FAILED = "failed"
    # AWS does not show whether it happened.
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Seen:
    """What a look at AWS found, with the facts that prove it."""

    course: Course
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One call as it will be made; `patience` is how many seconds it may take to come about.

    `token` names the parameter that makes AWS do a repeated call once (ClientToken); empty where there is none.
    """

    name: str
    service: str
    operation: str
    parameters: Facts
    patience: int
    token: str = ""


@dataclass(frozen=True)
class Plan:
    """All that is shown before anybody says yes.

    `lost` are words of what cannot be got back, `undo` the calls that put things back when a later one fails,
    `cost_word` how the bill changes.
    """

    calls: tuple[Call, ...]
    downtime_seconds: int
    lost: tuple[str, ...] = ()
    undo: tuple[Call, ...] = ()
    undo_word: str = "none"
    cost_word: str = "none"


class Refusal(Exception):
    """The action cannot be planned for this target; `word` says why."""

    def __init__(self, word: str, **facts: Any) -> None:
        super().__init__(word)
        self.word, self.facts = word, facts


class Target(Protocol):
    """A server or database, as the portal keeps it or as AWS tells it."""

    aws_id: str
    name: str
    state: str


@dataclass(frozen=True)
class Action:
    """A kind of change.

    `facts(target)` is what of the target the plan depends on; `plan(target facts, parameters)` may raise Refusal;
    `read(account, aws_id)` asks AWS for the target, None when it is not there; `look(account, change, step)` says how
    far a called step has come; `works(account, change)` is the proof that the whole thing did what it should.
    The writes it may use stand under its kind in `opsportal.aws.permissions.CHANGES`.
    """

    kind: str
    label: Text
    action_class: ActionClass
    subject: Change.Subject
    facts: Callable[[Any], Facts]
    plan: Callable[[str, Facts, Facts], Plan]
    read: Callable[[Account, str], Any]
    look: Callable[[Account, Change, Step], Seen]
    works: Callable[[Account, Change], Seen]
    parameters: tuple[str, ...] = ()


def plain_plan(plan: Plan) -> Facts:
    """A plan as it is stored, shown and signed."""
    return {
        "steps": [plain_call(call) for call in plan.calls],
        "undo": [plain_call(call) for call in plan.undo],
        "undo_word": plan.undo_word,
        "downtime_seconds": plan.downtime_seconds,
        "lost": list(plan.lost),
        "cost_word": plan.cost_word,
    }


def plain_call(call: Call) -> Facts:
    """One call as plain JSON."""
    return {name: getattr(call, name) for name in Call.__dataclass_fields__}


def moment(value: Any) -> str:
    """A moment as plain JSON; empty for none."""
    return value.isoformat() if isinstance(value, dt.datetime) else ""
