"""What the pages of changes show: the question before it is asked, and a change to the one who looks at it."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import access, agreements, business_hours, hours
from customers.models import Band, User
from customers.terms import ApprovalRule
from maintenance import approvals, change_words, changes, freezes
from maintenance.change_words import PlanSaid
from maintenance.models import Answer, Approval, Change, Freeze

State = Change.State


@dataclass(frozen=True)
class Question:
    """Who would be asked about a change, and what their silence means."""

    change: Change
    rule: ApprovalRule
    people: list[User]
    warnings: list[str]
    said: PlanSaid
    shown: str


def question_about(change: Change, at: dt.datetime) -> Question:
    """What proposing this change would ask of whom; `shown` tells whether it is still what was looked at."""
    agreement = agreements.agreement_at(change.environment, at)
    rule = agreements.approval_rule(agreement, change.action_class)
    people = list(approvals.may_answer(Approval(change=change, role=rule.role)).order_by("pk")) if rule.needed else []
    warnings = [*_too_few(rule, people), *_unfit_time(change, agreement, at)]
    return Question(change, rule, people, warnings, change_words.plan_said(change), shown_digest(change))


def _too_few(rule: ApprovalRule, people: list[User]) -> list[str]:
    needed = (2 if rule.two_persons else 1) if rule.needed else 0
    if len(people) >= needed:
        return []
    return [_("Too few people of the customer may answer: it would lapse. Give somebody a log-in who may approve.")]


def _unfit_time(change: Change, agreement: Any, at: dt.datetime) -> list[str]:
    """What speaks against the time: shorter notice than agreed, business hours, days without planned work."""
    customer_hours = business_hours.hours_of(change.environment.customer)
    days = agreements.notice_days(agreement, change_words.minutes_of(change), set_by_aws=change.notice is not None)
    found = []
    if change_words.minutes_of(change) and change.starts_at < at + dt.timedelta(days=days):
        found.append(
            ngettext(
                "The agreement promises %(days)s day of notice; this is sooner.",
                "The agreement promises %(days)s days of notice; this is sooner.",
                days,
            )
            % {"days": days}
        )
    if agreement and change_words.minutes_of(change):
        band = hours.band(customer_hours, agreement.night_from, agreement.night_until, change.starts_at)
        if band == Band.BUSINESS:
            found.append(_("This lies in the customer's business hours."))
    if hours.is_blackout(customer_hours, change.starts_at):
        found.append(_("The customer wants no planned work on this day."))
    return found


def shown_digest(change: Change) -> str:
    """Another whenever what would be done to what differs; the time is chosen by whoever proposes."""
    said = [change.aws_id, change.action, change.parameters, change.plan, change.based_on]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Given:
    """One person's answer, in words."""

    name: str
    sign: str
    word: str
    at: dt.datetime
    way: str
    heard_by: str
    withdrawn_at: dt.datetime | None


_ANSWER_SIGNS = {Answer.Word.YES: "ok", Answer.Word.NO: "act", Answer.Word.LATER: "watch"}


def page_of_change(change: Change, user: User, at: dt.datetime) -> dict[str, Any]:
    """What the page of a change shows to this reader."""
    question = approvals.question_of(change)
    answers = list(question.answers.order_by("pk")) if question else []
    steps = list(change.steps.order_by("number"))
    waiting = _waiting_for(question, answers) if question and question.state == Approval.State.OPEN else []
    return {
        "change": change,
        "environment": change.environment,
        "said": change_words.plan_said(change),
        "state": change_words.summary(change),
        "steps": change_words.steps_said(change, steps),
        "question": question,
        "waiting_for": [person.name for person in waiting],
        "waiting_names": _(", ").join(person.name for person in waiting),
        "answers": [_given(answer) for answer in answers],
        "may_answer": user in waiting,
        "may_withdraw": approvals.may_withdraw(change, user),
        "freeze": (freeze := _freeze_of(change)),
        "version": _version(change, Answer.objects.filter(approval__change=change).count(), freeze),
        "operates": user.is_staff,
    }


def version_of(change: Change) -> str:
    """Another whenever the page of a change shows something else."""
    return _version(change, Answer.objects.filter(approval__change=change).count(), _freeze_of(change))


def _version(change: Change, answers: int, freeze: Freeze | None) -> str:
    return f"{change.version}.{answers}.{freeze.pk if freeze else 0}"


def _freeze_of(change: Change) -> Freeze | None:
    """What keeps a change from beginning."""
    return freezes.standing(change.environment.customer_id) if change.may_be_cancelled else None


def _waiting_for(question: Approval, answers: list[Answer]) -> list[User]:
    said = {answer.user_id for answer in answers}
    return [person for person in approvals.may_answer(question).order_by("pk") if person.pk not in said]


def _given(answer: Answer) -> Given:
    return Given(
        name=answer.people["user"]["name"],
        sign="none" if answer.withdrawn_at else _ANSWER_SIGNS[Answer.Word(answer.word)],
        word=str(answer.get_word_display()),
        at=answer.at,
        way=str(answer.get_way_display()),
        heard_by=answer.people["heard_by"]["name"] if answer.heard_by_id else "",
        withdrawn_at=answer.withdrawn_at,
    )


def asked_of(user: User) -> dict[int, list[change_words.Summary]]:
    """The changes that wait for this person's answer, by environment, the nearest first."""
    found: dict[int, list[change_words.Summary]] = {}
    if user.is_staff or not access.memberships(user):
        return found
    for change in approvals.waiting_for(user):
        found.setdefault(change.environment_id, []).append(change_words.summary(change))
    return found


def coming(environment_ids: list[int]) -> dict[int, list[change_words.Summary]]:
    """What is going to be done or under way, by environment, the nearest first."""
    found: dict[int, list[change_words.Summary]] = {}
    for change in changes.coming(environment_ids):
        found.setdefault(change.environment_id, []).append(change_words.summary(change))
    return found
