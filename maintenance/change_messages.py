"""Telling people about a change: those who are asked, and then what was decided, when it begins, how it ended."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from customers import messages
from customers.models import Member, User
from maintenance import approvals, change_words, invites
from maintenance.models import Change
from opsportal.web.words import zone_of

State = Change.State
# The end of a question or a change → the message that tells it.
_KINDS = {
    State.APPROVED: "change-decided",
    State.DECLINED: "change-decided",
    State.LAPSED: "change-decided",
    State.CANCELLED: "change-decided",
    State.DONE: "change-done",
    State.FAILED: "change-failed",
}


def say_asked(change: Change, person: User, link: str, at: dt.datetime) -> None:
    """Ask one person for an answer, by a link of their own."""
    _say("change-approval", change, person, at, link=link, useless_at=change.latest_at)


def say_moved(change: Change, at: dt.datetime, by: User | None, verb: str) -> None:
    """Tell what became of a change, to all but the one who did it."""
    kind = _KINDS.get(State(change.state))
    if kind is None:
        return
    calendar = {State.APPROVED: "CONFIRMED", State.CANCELLED: "CANCELLED"}.get(State(change.state), "")
    for person in _concerned(change):
        if by is None or person.pk != by.pk:
            _say(kind, change, person, at, calendar=calendar, by=by, verb=verb)


def say_starting(change: Change, at: dt.datetime) -> None:
    """Remind people that it begins soon."""
    for person in _concerned(change):
        _say("change-starting", change, person, at, calendar="CONFIRMED", useless_at=change.starts_at)


def _concerned(change: Change) -> list[User]:
    """The customer's owners, whoever was asked, and whoever proposed it."""
    customer = change.environment.customer_id
    people = Q(memberships__customer=customer, memberships__role=Member.Role.OWNER) | Q(pk=change.proposed_by_id)
    question = approvals.question_of(change)
    if question:
        people |= Q(pk__in=approvals.may_answer(question).values("pk"))
    return list(User.objects.filter(people, is_active=True).distinct().order_by("pk"))


def _say(
    kind: str, change: Change, person: User, at: dt.datetime, *, link: str = "", calendar: str = "",
    useless_at: dt.datetime | None = None, **facts: Any,
) -> None:  # fmt: skip
    """Say it in the person's language and time zone, with the whole promise in it."""
    page = reverse("change", args=[change.pk])
    with translation.override(person.language), timezone.override(zone_of(person.time_zone)):
        said = change_words.plan_said(change)
        facts |= {
            "said": said,
            "trouble": change_words.trouble_of(change),
            "calendar": bool(calendar),
            "invite": invites.written(change, said, calendar, at) if calendar else "",
        }
    facts |= {"change": change, "environment": change.environment, "customer": change.environment.customer}
    with timezone.override(zone_of(person.time_zone)):
        messages.say(
            kind,
            at=at,
            language=person.language,
            user=person,
            customer=change.environment.customer,
            useless_at=useless_at,
            calendar=facts.pop("invite"),
            facts={**facts, "name": person.name, "link": link or page},
        )
