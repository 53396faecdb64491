"""A change from its proposal to its end: the one place where its state moves."""

import datetime as dt
import hashlib
import json
import uuid
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from customers import access, logbook, standings
from customers.models import Database, Environment, Observed, SecurityGroup, Server, User, Volume
from maintenance.actions import ACTIONS
from maintenance.actions.shape import Action, Facts, Refusal, plain_plan, taken
from maintenance.models import Backup, Change, Notice
from maintenance.models.change import OPEN
from opsportal import work

State = Change.State
# What may follow what; nothing else ever does.
ALLOWED: dict[State, frozenset[State]] = {
    State.PROPOSED: frozenset({State.APPROVED, State.DECLINED, State.LAPSED, State.CANCELLED}),
    State.APPROVED: frozenset({State.RUNNING, State.PROPOSED, State.LAPSED, State.CANCELLED, State.DECLINED}),
    State.RUNNING: frozenset({State.VERIFYING, State.UNSETTLED, State.FAILED}),
    State.UNSETTLED: frozenset({State.RUNNING, State.FAILED}),
    State.VERIFYING: frozenset({State.DONE, State.FAILED}),
}
_VERBS = {
    State.APPROVED: "change-approved",
    State.RUNNING: "change-started",
    State.UNSETTLED: "change-unsettled",
    State.VERIFYING: "change-verifying",
    State.DONE: "change-done",
    State.FAILED: "change-failed",
    State.DECLINED: "change-declined",
    State.LAPSED: "change-lapsed",
    State.CANCELLED: "change-cancelled",
}
# How long after its time a change may still be begun; later the reasons for the time no longer hold.
GRACE = dt.timedelta(minutes=30)
_TARGETS: dict[str, type[Observed]] = {
    "server": Server,
    "database": Database,
    "volume": Volume,
    "backup": Backup,
    "security-group": SecurityGroup,
}


def action_of(change: Change) -> Action:
    """The kind of action of a change."""
    return ACTIONS[change.action]


def targets(environment: Environment, action: Action) -> QuerySet:
    """What of an environment an action could be done to, as it was last seen."""
    return _TARGETS[action.subject].objects.filter(environment=environment, gone_at=None).order_by("name", "aws_id")


def planned(
    *, environment: Environment, action: Action, target: Observed, parameters: Facts, starts_at: dt.datetime,
    reason: str = "", notice: Notice | None = None, reference: uuid.UUID | None = None, at: dt.datetime,
    by: User | None,
) -> Change:  # fmt: skip
    """The change as it would be proposed; nothing is kept. Raises Refusal when the target does not allow it.

    Under the same `reference` it is the same change: what it makes in AWS is named after it.
    """
    change = Change(
        reference=reference or uuid.uuid4(),
        environment=environment,
        action=action.kind,
        action_class=action.action_class,
        subject=action.subject,
        aws_id=target.aws_id,
        name=target.name or target.aws_id,
        reason=reason,
        notice=notice,
        starts_at=max(starts_at, at + action.lead),
        latest_at=max(starts_at, at + action.lead) + GRACE,
        proposed_at=at,
        proposed_by=by,
    )
    decided = {**taken(action, target, parameters), "mark": change.mark}
    change.parameters = {**decided, **action.around(target, decided, change.starts_at)}
    change.based_on = action.facts(target)
    change.plan = plain_plan(action.plan(target.aws_id, change.based_on, change.parameters))
    change.digest = digest_of(change)
    return change


def seen_around(change: Change, at: dt.datetime) -> Facts:
    """What besides the target decides the plan, as it is now. Raises Refusal."""
    action = action_of(change)
    row = targets(change.environment, action).filter(aws_id=change.aws_id).first()
    if row is None:
        raise Refusal("gone")
    return action.around(row, change.parameters, at)


def digest_of(change: Change) -> str:
    """What a yes is bound to: whose account, which calls, based on what, when. Hex SHA-256 of canonical JSON."""
    environment = change.environment
    said = {
        "account": environment.account_id,
        "region": environment.region,
        "role": environment.act_role_arn,
        "action": change.action,
        "aws_id": change.aws_id,
        "parameters": change.parameters,
        "plan": change.plan,
        "based_on": change.based_on,
        "starts_at": change.starts_at.isoformat(),
        "latest_at": change.latest_at.isoformat(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def propose(*, on_behalf_of: User | None = None, **wanted: Any) -> Change:
    """Put a change before whoever has to say yes, by the agreement; takes what `planned` takes. Raises Refusal."""
    from maintenance import approvals

    change = planned(**wanted)
    if not change.environment.act_role_arn:
        raise Refusal("no-act-role")
    with transaction.atomic():
        change.save(force_insert=True)
        _tell(
            "change-proposed",
            change,
            at=wanted["at"],
            by=wanted["by"],
            on_behalf_of=on_behalf_of,
            digest=change.digest[:12],
        )
        approvals.ask(change, wanted["at"])
    return change


def move(
    change: Change, to: State, *, at: dt.datetime, by: User | None = None, on_behalf_of: User | None = None,
    verb: str = "", **values: Any,
) -> bool:  # fmt: skip
    """Let a change go on to another state; False when somebody else moved it first. Writes the logbook."""
    if to not in ALLOWED.get(State(change.state), ()):
        return False
    if to not in OPEN:
        values |= {"ended_at": at, "ended_by": by, "due_at": None}
    with transaction.atomic():
        held = Change.objects.filter(pk=change.pk, state=change.state, version=change.version)
        if held.update(state=to, version=F("version") + 1, **values) != 1:
            return False
        change.refresh_from_db()
        verb = verb or _VERBS[to]
        failure = {"failure": change.failure} if change.failure else {}
        _tell(verb, change, at=at, by=by, on_behalf_of=on_behalf_of, **failure)
        _follow(change, verb, at, by)
    if change.due_at:
        work.announce("advance-change")
    return True


def _follow(change: Change, verb: str, at: dt.datetime, by: User | None) -> None:
    """Whatever a new state has for others: news, reminders, what needs a hand."""
    from maintenance import change_messages, change_needs, reminders

    change_messages.say_moved(change, at, by, verb)
    if change.state == State.APPROVED:
        reminders.announce(change, at)
    change_needs.judge(change.environment, at)


def note(change: Change, at: dt.datetime, **values: Any) -> None:
    """Keep something of a change that stays in its state, so that open pages show it."""
    Change.objects.filter(pk=change.pk).update(version=F("version") + 1, **values)
    change.refresh_from_db()
    standings.touch(change.environment, at)


def _tell(verb: str, change: Change, *, at: dt.datetime, by: User | None, **facts: Any) -> None:
    logbook.write(
        verb,
        at=at,
        by=by,
        environment=change.environment,
        change=change.pk,
        action=change.action,
        action_class=change.action_class,
        target=change.aws_id,
        name=change.name,
        **facts,
    )
    standings.touch(change.environment, at)


def cancel(*, change: Change, at: dt.datetime, by: User, on_behalf_of: User | None = None) -> bool:
    """Call a change off while nothing was begun; False when it was, or when it had ended."""
    from maintenance import approvals

    with transaction.atomic():
        done = move(change, State.CANCELLED, at=at, by=by, on_behalf_of=on_behalf_of)
        if done:
            approvals.void(change, at)
    return done


def see_to(*, change: Change, at: dt.datetime, by: User) -> bool:
    """Staff have dealt with a change that failed; False when somebody said so before."""
    from maintenance import change_needs

    with transaction.atomic():
        failed = Change.objects.filter(pk=change.pk, state=State.FAILED, seen_to_at=None)
        if failed.update(seen_to_at=at, seen_to_by=by, version=F("version") + 1) != 1:
            return False
        _tell("change-seen-to", change, at=at, by=by)
        change_needs.judge(change.environment, at)
    return True


def change_for(user: User, change_id: int) -> Change:
    """A change that this person may see. Raises Http404."""
    rows = Change.objects.filter(environment__in=access.visible_environments(user))
    known = ("environment__customer", "notice")
    return access.found(rows.filter(pk=change_id).select_related(*known))


def changes_of(environment: Environment) -> QuerySet[Change]:
    """Every change of an environment, the latest first."""
    rows = Change.objects.filter(environment=environment)
    return rows.order_by("-starts_at", "-id")


def coming(environment_ids: list[int]) -> QuerySet[Change]:
    """What is agreed and not over in some environments, the nearest first."""
    going = (State.APPROVED, State.RUNNING, State.UNSETTLED, State.VERIFYING)
    return Change.objects.filter(environment__in=environment_ids, state__in=going).order_by("starts_at", "id")
