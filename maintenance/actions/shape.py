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


@dataclass(frozen=True)
class Parameter:
    """One thing that whoever proposes a change has to decide; a form is made of an action's, in their order.

    What a form does with it: `name` is the field's name and the key under which the value goes to `changes.propose`
    (in `parameters`); `label` and `help` are shown; `kind` says which field it is:

    - "choice": one of `choices(target)`, (value, label) pairs read from rows; one that is empty offers nothing, and
      the form says so. The value is the text given.
    - "number": a whole number between the two of `bounds(target)`, both included.
    - "moment": a date with time between the two of `bounds(target)`; the form takes it in the customer's time zone and
      hands over an aware datetime or its ISO text.
    - "text": one line without control characters, at most `longest` long.

    `target` is the row that the change is about (with `target.environment`). `start(target)` is what the form begins
    with, if anything. A form need not check: `taken` does, on the way into every plan, and its Refusal names the field.
    """

    name: str
    label: Text
    kind: str
    choices: Callable[[Any], list[tuple[str, Text]]] = field(default=lambda target: [])
    bounds: Callable[[Any], tuple[Any, Any]] = field(default=lambda target: (None, None))
    start: Callable[[Any], Any] = field(default=lambda target: None)
    help: Text = ""
    longest: int = 200


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
    `around(row, parameters, at)` is what besides the target decides the plan, read from rows; it may raise Refusal, and
    is asked again before the change begins. `lead` is the least time between the proposal and the start.
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
    parameters: tuple[Parameter, ...] = ()
    lead: dt.timedelta = dt.timedelta(0)
    around: Callable[[Any, Facts, dt.datetime], Facts] = field(default=lambda row, parameters, at: {})


def taken(action: Action, target: Any, given: Facts) -> Facts:
    """The values of an action's parameters as plain JSON. Raises Refusal("parameter", name=…, why=…)."""
    return {parameter.name: _value(parameter, target, given.get(parameter.name)) for parameter in action.parameters}


def _value(parameter: Parameter, target: Any, given: Any) -> Any:
    if given in (None, ""):
        raise Refusal("parameter", name=parameter.name, why="missing")
    value = _READ[parameter.kind](parameter, given)
    if parameter.kind == "choice" and value not in [str(known) for known, _ in parameter.choices(target)]:
        raise Refusal("parameter", name=parameter.name, why="not-offered", value=value)
    least, most = parameter.bounds(target)
    if (least is not None and value < least) or (most is not None and value > most):
        raise Refusal("parameter", name=parameter.name, why="out-of-bounds", least=_plain(least), most=_plain(most))
    return _plain(value)


def _text(parameter: Parameter, given: Any) -> str:
    text = str(given).strip()
    if not text.isprintable() or len(text) > parameter.longest:
        raise Refusal("parameter", name=parameter.name, why="not-understood")
    return text


def _number(parameter: Parameter, given: Any) -> int:
    try:
        return int(given)
    except ValueError as error:
        raise Refusal("parameter", name=parameter.name, why="not-understood") from error


def _moment(parameter: Parameter, given: Any) -> dt.datetime:
    try:
        read = given if isinstance(given, dt.datetime) else dt.datetime.fromisoformat(given)
    except ValueError as error:
        raise Refusal("parameter", name=parameter.name, why="not-understood") from error
    if read.tzinfo is None:
        raise Refusal("parameter", name=parameter.name, why="not-understood")
    return read.astimezone(dt.UTC)


_READ: dict[str, Callable[[Parameter, Any], Any]] = {
    "choice": _text,
    "text": _text,
    "number": _number,
    "moment": _moment,
}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value


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
