"""What a change says to a person: its effect, its calls, its course, and why something is not so."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from customers import codes, words
from maintenance import changes
from maintenance.actions.words import COSTS, LOST, PARAMETERS, REFUSALS, STEPS, UNDO, Text
from maintenance.models import Change, Step
from opsportal.aws.errors import iam_name
from opsportal.web.words import local_time

State = Change.State

# Why a change or a step does not go on; an AWS error has its words in customers.words.
FAILURES: dict[str, Text] = {
    "frozen": gettext_lazy(
        "Changes are stopped at the moment; it begins when they are let go on, if its time is not past."
    ),
    "target-busy": gettext_lazy("Another change is under way on the same server or database; this one waits for it."),
    "yes-void": gettext_lazy("The approval no longer counts; it is asked for anew."),
    "state-differs": gettext_lazy(
        "AWS shows another state than when the plan was made; the new plan is asked about anew."
    ),
    "missed-its-time": gettext_lazy("It could not be begun in its time, and is not made up for later."),
    "came-to-nothing": gettext_lazy("AWS took the call, but what was wanted did not come about."),
    "took-too-long": gettext_lazy("It did not come about within the time that it may take."),
    "not-begun": gettext_lazy("No answer came to the call, and AWS shows nothing of it. Look at AWS."),
    "unclear": gettext_lazy("No answer came to the call, and AWS does not show whether it happened. Look at AWS."),
    "not-good-yet": gettext_lazy("Not everything is well yet; the portal goes on looking."),
    "not-verified": gettext_lazy("All steps are done, but it was not seen to work within 15 minutes."),
    "unsettled": gettext_lazy("The call left and no answer came; the portal looks in AWS whether it happened."),
}
# What a look found, as a word for its state.
_SEEN_CODES = {"server": "server", "database": "database", "volume": "volume"}
SIGNS: dict[str, str] = {
    State.PROPOSED: "plan", State.APPROVED: "plan", State.RUNNING: "plan", State.UNSETTLED: "unknown",
    State.VERIFYING: "plan", State.DONE: "ok", State.FAILED: "act", State.DECLINED: "none", State.LAPSED: "none",
    State.CANCELLED: "none",
}  # fmt: skip
ICONS: dict[str, str] = {State.PROPOSED: "hourglass", State.RUNNING: "refresh", State.VERIFYING: "search"}
_STEP_SIGNS: dict[str, str] = {
    Step.State.WAITING: "none", Step.State.CALLED: "plan", Step.State.ACCEPTED: "plan",
    Step.State.UNSETTLED: "unknown", Step.State.DONE: "ok", Step.State.FAILED: "act",
}  # fmt: skip
_COURSE: dict[str, Text] = {
    Step.State.WAITING: pgettext_lazy("step", "To come"),
    Step.State.CALLED: gettext_lazy("Called, no answer yet"),
    Step.State.ACCEPTED: gettext_lazy("AWS is at it"),
}


@dataclass(frozen=True)
class CallSaid:
    """One call, exactly as it leaves: `ec2:StopInstances` and each parameter on a line of its own."""

    title: str
    call: str
    parameters: list[tuple[str, str]]


@dataclass(frozen=True)
class StepSaid(CallSaid):
    """A call with what became of it."""

    undo: bool
    sign: str
    word: str
    called_at: dt.datetime | None
    done_at: dt.datetime | None
    request_id: str
    seen: str
    trouble: str


@dataclass(frozen=True)
class PlanSaid:
    """All that is promised before anybody says yes."""

    action: str
    minutes: int
    downtime: str
    lost: list[str]
    undo: str
    cost: str
    calls: list[CallSaid]
    undo_calls: list[CallSaid]


@dataclass(frozen=True)
class Summary:
    """A change in one line of a list."""

    change: Change
    action: str
    sign: str
    word: str
    trouble: str

    @property
    def icon(self) -> str:
        """The sign, drawn large: what is going on shows what it waits for."""
        return ICONS.get(self.change.state, self.sign)


def plan_said(change: Change) -> PlanSaid:
    """The plan in the reader's language; the calls as they will be sent."""
    plan = change.plan
    return PlanSaid(
        action=action_said(change),
        minutes=minutes_of(change),
        downtime=downtime_said(change),
        lost=[_of(LOST, word) for word in plan["lost"]],
        undo=_of(UNDO, plan["undo_word"]),
        cost=_of(COSTS, plan["cost_word"]),
        calls=[call_said(call) for call in plan["steps"]],
        undo_calls=[call_said(call) for call in plan["undo"]],
    )


def _of(table: dict[str, Text], word: str) -> str:
    return str(table.get(word, word))


def action_said(change: Change) -> str:
    """What is done."""
    return str(changes.action_of(change).label)


def minutes_of(change: Change) -> int:
    """The expected downtime in whole minutes, rounded up."""
    return -(-change.plan["downtime_seconds"] // 60)


def downtime_said(change: Change) -> str:
    """How long what is served from the target is away."""
    minutes = minutes_of(change)
    if not minutes:
        return _("none")
    return ngettext("about %(minutes)s minute", "about %(minutes)s minutes", minutes) % {"minutes": minutes}


def call_said(call: dict[str, Any]) -> CallSaid:
    """A call of a plan."""
    return CallSaid(_of(STEPS, call["name"]), iam_name(call["service"], call["operation"]), flat(call["parameters"]))


def flat(parameters: dict[str, Any], path: str = "") -> list[tuple[str, str]]:
    """Every parameter down to its last value: `InstanceType.Value` → `t3.large`; of a list each on its line."""
    found: list[tuple[str, str]] = []
    for name, value in parameters.items():
        here = f"{path}.{name}" if path else str(name)
        if isinstance(value, dict):
            found += flat(value, here)
        elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
            found += flat({str(number): one for number, one in enumerate(value, 1)}, here)
        else:
            found.append((here, "\n".join(map(str, value)) if isinstance(value, list) else str(value)))
    return found


def summary(change: Change) -> Summary:
    """A change for a list."""
    return Summary(
        change, action_said(change), SIGNS[change.state], str(change.get_state_display()), trouble_of(change)
    )


def trouble_of(change: Change) -> str:
    """Why it does not go on, or how it ended badly; empty when all is well."""
    return failure_said(change.failure) if change.failure else ""


def failure_said(failure: dict[str, Any]) -> str:
    """What went wrong, in a sentence or two."""
    word = failure["word"]
    if word in FAILURES:
        return str(FAILURES[word]) + _unwell(failure)
    if word in REFUSALS or word == "parameter":
        return refusal_said(word, failure)
    if word not in words.FAILURES:
        return word
    said = words.failure_said(failure)
    message = failure.get("message", "")
    return f"{said.title} ({message})" if word == "refused" and message else said.title


def _unwell(failure: dict[str, Any]) -> str:
    """Which of the three proofs is missing."""
    proofs = {"aws": _("AWS's own checks"), "targets": _("the load balancer"), "site": _("the site as visitors see it")}
    lacking = [said for name, said in proofs.items() if failure.get(name) is False]
    return " " + _("Not well: %(what)s.") % {"what": _(", ").join(lacking)} if lacking else ""


def refusal_said(word: str, facts: dict[str, Any]) -> str:
    """Why no plan can be made for this target."""
    spoken = {name: _spoken(word, name, value) for name, value in facts.items()}
    if word == "parameter":
        return str(PARAMETERS[facts["why"]]) % spoken
    return str(REFUSALS[word]) % spoken if word in REFUSALS else word


def _spoken(word: str, name: str, value: Any) -> Any:
    """A fact as a person reads it: states as words, moments in the reader's zone."""
    if name == "state":
        return codes.word("database" if word == "not-available" else "server", value)
    moment = parse_datetime(value) if isinstance(value, str) and "T" in value else None
    return local_time(moment) if moment and moment.tzinfo else "–" if value is None else value


def steps_said(change: Change, steps: list[Step]) -> list[StepSaid]:
    """Every step with what became of it; before the beginning, the plan's own."""
    if not steps:
        return [_step_said(change, Step(undo=False, **_known(call))) for call in change.plan["steps"]]
    return [_step_said(change, step) for step in steps]


def _known(call: dict[str, Any]) -> dict[str, Any]:
    return {name: call[name] for name in ("name", "service", "operation", "parameters", "patience")}


def _step_said(change: Change, step: Step) -> StepSaid:
    call = call_said({"name": step.name, "service": step.service, "operation": step.operation,
                      "parameters": step.parameters})  # fmt: skip
    return StepSaid(
        title=call.title,
        call=call.call,
        parameters=call.parameters,
        undo=step.undo,
        sign=_STEP_SIGNS[step.state],
        word=str(_COURSE.get(step.state) or step.get_state_display()),
        called_at=step.begun_at,
        done_at=step.done_at,
        request_id=step.request_id,
        seen=seen_said(change, step.seen),
        trouble=failure_said(step.failure) if step.failure else "",
    )


def seen_said(change: Change, seen: dict[str, Any]) -> str:
    """What AWS showed at the last look."""
    parts = []
    for name, value in seen.items():
        if value in ("", None):
            continue
        parts.append(
            codes.word(_SEEN_CODES.get(change.subject, "server"), value) if name == "state" else f"{name}: {value}"
        )
    return _(", ").join(map(str, parts))
