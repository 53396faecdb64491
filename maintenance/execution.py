"""Doing an approved change: one step or one look at a time, each call asked of AWS at most once."""

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from customers import environments
from maintenance import approvals, changes, freezes, verification
from maintenance.actions.shape import Action, Course, Facts, Refusal, Seen, plain_plan
from maintenance.models import Change, Step
from opsportal import work
from opsportal.aws import permissions
from opsportal.aws.acting import LONGEST_CALL_SECONDS, Hand, account_to_act, take_hand
from opsportal.aws.errors import AwsError, Unsettled, iam_name

logger = logging.getLogger(__name__)

State = Change.State
# Twice the longest call: a step is called only while the lease outlasts it, and a look that outlives it is a read.
LEASE = dt.timedelta(seconds=50)
# A call that was torn may still be on its way for as long as a call takes at most.
QUIET = dt.timedelta(seconds=LONGEST_CALL_SECONDS + 5)
LOOK_AGAIN = dt.timedelta(seconds=settings.CHANGE_LOOK_SECONDS)
WHEN_AWS_IS_SILENT = dt.timedelta(seconds=15)
WHEN_FROZEN = dt.timedelta(seconds=30)
AWS_MAY_BE_SILENT = dt.timedelta(minutes=10)
_IN_AWS_HANDS = (Step.State.CALLED, Step.State.ACCEPTED, Step.State.UNSETTLED)
# How long a step may stay unclear before a person is asked.
ASK_A_PERSON_AFTER = dt.timedelta(seconds=45)


def due(at: dt.datetime) -> QuerySet[Change]:
    """Changes whose time has come, or whose AWS is to be looked at again."""
    return Change.objects.filter(due_at__lte=at)


def advance_change(change: Change, at: dt.datetime) -> None:
    """Go one step on: 1. begin, 2. call a step, 3. look how far it has come, 4. verify; then a new `due_at`.

    Torn before a step is marked as called, nothing has left. Torn after it, the step is looked up in AWS once no call
    can be under way any more, and is never called again. Torn at a look or while verifying, it is looked at again.
    """
    try:
        _PARTS.get(State(change.state), _rest)(change, at)
    except Refusal as refusal:
        _fail(change, {"word": refusal.word, **refusal.facts}, at)
    except AwsError as error:
        # Nothing was asked of AWS that changes anything: those errors end at the call itself.
        _cannot(change, error, at)


def _rest(change: Change, at: dt.datetime) -> None:
    Change.objects.filter(pk=change.pk).update(due_at=None)


def _wait(change: Change, until: dt.datetime, at: dt.datetime, **values: Any) -> None:
    if any(getattr(change, name) != value for name, value in values.items()):
        changes.note(change, at, due_at=until, **values)
    else:
        Change.objects.filter(pk=change.pk).update(due_at=until)


def _cannot(change: Change, error: AwsError, at: dt.datetime) -> None:
    """AWS lets nobody in, or does not answer: try again for a while, then say what that means."""
    change.refresh_from_db()
    since = change.verify_from or change.started_at
    if since is None or at - since < AWS_MAY_BE_SILENT:
        _wait(change, at + WHEN_AWS_IS_SILENT, at, failure=error.facts())
    elif change.state == State.RUNNING and change.steps.filter(state__in=_IN_AWS_HANDS).exists():
        changes.move(change, State.UNSETTLED, at=at, due_at=at + WHEN_AWS_IS_SILENT, failure=error.facts())
    elif change.state == State.UNSETTLED:
        _wait(change, at + WHEN_AWS_IS_SILENT, at, failure=error.facts())
    else:
        _fail(change, error.facts(), at)


# 1. Beginning ------------------------------------------------------------------------------------------------------


def _begin(change: Change, at: dt.datetime) -> None:
    """Begin when the yes still counts, nothing is frozen, nobody else is at the target and AWS is as it was."""
    if at > change.latest_at:
        changes.move(change, State.LAPSED, at=at, failure={"word": "missed-its-time"})
        return
    if not approvals.holds(change):
        _ask_anew(change, at, "yes-void")
        return
    if freezes.standing(change.environment.customer_id):
        _wait(change, at + WHEN_FROZEN, at, failure={"word": "frozen"})
        return
    if _is_busy(change):
        _wait(change, at + LOOK_AGAIN, at, failure={"word": "target-busy"})
        return
    action = changes.action_of(change)
    target = action.read(environments.open_aws(change.environment), change.aws_id)
    if target is None:
        raise Refusal("gone")
    around = changes.seen_around(change, at)
    if action.facts(target) != change.based_on or not around.items() <= change.parameters.items():
        change.parameters = {**change.parameters, **around}
        _plan_anew(change, action, target, at)
        return
    _start(change, action, at)


def _is_busy(change: Change) -> bool:
    """Whether another change is at this server or database: its turn comes first."""
    same = Change.objects.filter(environment=change.environment_id, aws_id=change.aws_id)
    return same.filter(state__in=[State.RUNNING, State.UNSETTLED, State.VERIFYING]).exists()


def _start(change: Change, action: Action, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            begun = changes.move(change, State.RUNNING, at=at, started_at=at, due_at=at, failure={})
            if begun:
                Step.objects.bulk_create(_steps(change))
    except IntegrityError:
        # Another began in the same moment.
        change.refresh_from_db()
        _wait(change, at + LOOK_AGAIN, at, failure={"word": "target-busy"})
        return
    if begun:
        _go_on(change, at)


def _steps(change: Change) -> list[Step]:
    named = ("name", "service", "operation", "parameters", "patience")
    return [
        Step(change=change, number=number, **{name: call[name] for name in named})
        for number, call in enumerate(change.plan["steps"], 1)
    ]


def _plan_anew(change: Change, action: Action, target: Any, at: dt.datetime) -> None:
    """What was approved was made from another state: make the plan from this one, and ask again."""
    facts = action.facts(target)
    plan = plain_plan(action.plan(change.aws_id, facts, change.parameters))
    change.based_on, change.plan = facts, plan
    change.digest = changes.digest_of(change)
    changes.note(change, at, parameters=change.parameters, based_on=facts, plan=plan, digest=change.digest)
    _ask_anew(change, at, "state-differs")


def _ask_anew(change: Change, at: dt.datetime, word: str) -> None:
    with transaction.atomic():
        approvals.void(change, at)
        again = changes.move(
            change, State.PROPOSED, at=at, approved_at=None, due_at=None, failure={"word": word},
            verb="change-asked-anew",
        )  # fmt: skip
        if again:
            approvals.ask(change, at)


# 2. Calling --------------------------------------------------------------------------------------------------------


def _go_on(change: Change, at: dt.datetime) -> None:
    """Deal with the first step that is not done yet; with all done, verify."""
    step = _next_step(change)
    if step is None:
        _steps_done(change, at)
    elif step.state == Step.State.WAITING:
        _call(change, step, at)
    elif step.state == Step.State.FAILED:
        _step_failed(change, step, at)
    else:
        _look(change, step, at)


def _next_step(change: Change) -> Step | None:
    """The first step that is not done; once things are being put back, of the prepared ones alone."""
    steps = list(change.steps.order_by("number"))
    back = [step for step in steps if step.undo]
    return next((step for step in back or steps if step.state != Step.State.DONE), None)


def _steps_done(change: Change, at: dt.datetime) -> None:
    if change.steps.filter(undo=True).exists():
        _fail(change, change.failure, at)
        return
    changes.move(change, State.VERIFYING, at=at, verify_from=at, due_at=at, failure={})


def _call(change: Change, step: Step, at: dt.datetime) -> None:
    """Take a hand for just this call, mark the step as called, ask AWS once."""
    if not _was_shown(change, step):
        raise Refusal("step-differs", step=step.name)
    hand = _hand(change, step)
    if not _marked(change, step, at):
        return
    try:
        accepted = hand.once(step.service, step.operation, step.parameters)
    except Unsettled as error:
        _keep(change, step, at, state=Step.State.UNSETTLED, failure=error.facts())
        Change.objects.filter(pk=change.pk).update(due_at=at + LOOK_AGAIN)
    except AwsError as error:
        _keep(change, step, at, state=Step.State.FAILED, failure=error.facts())
        _step_failed(change, step, at)
    else:
        _keep(change, step, at, state=Step.State.ACCEPTED, request_id=accepted.request_id, answer=accepted.answer)
        Change.objects.filter(pk=change.pk).update(due_at=at + LOOK_AGAIN)


def _was_shown(change: Change, step: Step) -> bool:
    """Whether the step is still one of the plan that the yes was given to."""
    named = ("name", "service", "operation", "parameters")
    shown = change.plan["steps"] + change.plan["undo"]
    return any(all(call[name] == getattr(step, name) for name in named) for call in shown)


def _hand(change: Change, step: Step) -> Hand:
    environment = change.environment
    account = account_to_act(
        role_arn=environment.act_role_arn,
        external_id=str(environment.external_id),
        region=environment.region,
        account_id=environment.account_id,
        for_whom=approvals.signature_of(change),
    )
    operation = iam_name(step.service, step.operation)
    touched = permissions.touched_by(
        operation, change.action, step.parameters, environment.region, environment.account_id
    )
    besides = [permissions.BESIDES[operation]] if operation in permissions.BESIDES else []
    return take_hand(account, [operation, *besides], touched)


def _marked(change: Change, step: Step, at: dt.datetime) -> bool:
    """Mark the step as called, only while this worker's lease outlasts the call; False when it is another's turn."""
    margin = work.ClockTimestamp() + dt.timedelta(seconds=LONGEST_CALL_SECONDS)
    mine = Change.objects.filter(pk=OuterRef("change_id"), state=State.RUNNING, lease=change.lease)
    lasting = mine.filter(leased_until__gt=margin) if change.lease else Change.objects.none()
    marked = Step.objects.filter(Exists(lasting), pk=step.pk, state=Step.State.WAITING).update(
        state=Step.State.CALLED, called_at=work.ClockTimestamp(), begun_at=at
    )
    if marked:
        step.refresh_from_db()
        return True
    Change.objects.filter(pk=change.pk).update(due_at=at)
    return False


def _keep(change: Change, step: Step, at: dt.datetime, **values: Any) -> None:
    """Write down what became of a step, once: whoever came later finds it decided."""
    if Step.objects.filter(pk=step.pk, state__in=_IN_AWS_HANDS).update(**values):
        changes.note(change, at)
    step.refresh_from_db()


# 3. Looking --------------------------------------------------------------------------------------------------------


def _look(change: Change, step: Step, at: dt.datetime) -> None:
    """See in AWS how far a called step has come."""
    if step.state == Step.State.CALLED and _may_be_under_way(step):
        Change.objects.filter(pk=change.pk).update(due_at=at + LOOK_AGAIN)
        return
    seen = changes.action_of(change).look(environments.open_aws(change.environment), change, step)
    if seen.course == Course.DONE:
        _keep(change, step, at, state=Step.State.DONE, done_at=at, seen=seen.facts)
        if change.state == State.UNSETTLED:
            changes.move(change, State.RUNNING, at=at, due_at=at, failure={}, verb="change-resumed")
        Change.objects.filter(pk=change.pk).update(due_at=at)
    elif seen.course == Course.FAILED:
        _keep(change, step, at, state=Step.State.FAILED, seen=seen.facts, failure={"word": "came-to-nothing"})
        _back_to_running(change, at)
        _step_failed(change, step, at)
    else:
        _still(change, step, seen, at)


def _may_be_under_way(step: Step) -> bool:
    return not Step.objects.filter(pk=step.pk, called_at__lt=work.ClockTimestamp() - QUIET).exists()


def _back_to_running(change: Change, at: dt.datetime) -> None:
    if change.state == State.UNSETTLED:
        changes.move(change, State.RUNNING, at=at, due_at=at, verb="change-resumed")


def _still(change: Change, step: Step, seen: Seen, at: dt.datetime) -> None:
    """Not there yet: go on looking; ask a person about what AWS does not show."""
    unsure = step.state in (Step.State.CALLED, Step.State.UNSETTLED) and seen.course != Course.UNDERWAY
    if seen.facts != step.seen:
        _keep(change, step, at, seen=seen.facts)
    if unsure and at - step.begun_at >= ASK_A_PERSON_AFTER and change.state == State.RUNNING:
        word = "not-begun" if seen.course == Course.NOTHING else "unclear"
        changes.move(change, State.UNSETTLED, at=at, due_at=at + LOOK_AGAIN, failure={"word": word, "step": step.name})
    elif not unsure and at - step.begun_at > dt.timedelta(seconds=step.patience):
        _keep(change, step, at, state=Step.State.FAILED, failure={"word": "took-too-long"})
        _step_failed(change, step, at)
    else:
        Change.objects.filter(pk=change.pk).update(due_at=at + LOOK_AGAIN)


def _step_failed(change: Change, step: Step, at: dt.datetime) -> None:
    """Put things back by the prepared calls, where an earlier step has changed something; then it has failed."""
    failure = {**step.failure, "step": step.name}
    first_of_all = not change.steps.filter(number__lt=step.number, state=Step.State.DONE).exists()
    if step.undo or first_of_all or not change.plan["undo"]:
        _fail(change, failure, at)
        return
    named = ("name", "service", "operation", "parameters", "patience")
    with transaction.atomic():
        change.steps.filter(state=Step.State.WAITING).delete()
        last = change.steps.count()
        Step.objects.bulk_create(
            [
                Step(change=change, number=last + number, undo=True, **{name: call[name] for name in named})
                for number, call in enumerate(change.plan["undo"], 1)
            ]
        )
        changes.note(change, at, failure=failure, due_at=at)


def _fail(change: Change, failure: Facts, at: dt.datetime) -> None:
    if change.state in (State.PROPOSED, State.APPROVED):
        changes.move(change, State.LAPSED, at=at, failure=failure)
    else:
        changes.move(change, State.FAILED, at=at, failure=failure)


# 4. Verifying ------------------------------------------------------------------------------------------------------


def _verify(change: Change, at: dt.datetime) -> None:
    """Good for as long as was agreed: done. Not good within its patience: failed."""
    verdict = verification.look(change, at)
    if verdict.good:
        since = change.good_since or at
        if at - since >= verification.GOOD_FOR:
            changes.move(change, State.DONE, at=at, good_since=since, failure={})
        else:
            _wait(change, at + LOOK_AGAIN, at, good_since=since, failure={})
    elif at - change.verify_from > verification.PATIENCE:
        _fail(change, {"word": "not-verified", **verdict.facts}, at)
    else:
        _wait(change, at + LOOK_AGAIN, at, good_since=None, failure={"word": "not-good-yet", **verdict.facts})


_PARTS = {
    State.APPROVED: _begin,
    State.RUNNING: _go_on,
    State.UNSETTLED: _go_on,
    State.VERIFYING: _verify,
}
