"""Who is logged in where, for how long, and how that ends."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from customers import logbook, walls
from customers.models import Customer, Session, User
from opsportal.work import ClockTimestamp


@dataclass(frozen=True)
class Span:
    """How long a session may rest, and how long it lasts at most."""

    idle: dt.timedelta
    life: dt.timedelta


STAFF = Span(dt.timedelta(minutes=30), dt.timedelta(hours=12))
# Customers look in now and then, often from a phone; what they approve asks for proof again.
CUSTOMER = Span(dt.timedelta(hours=12), dt.timedelta(days=7))


def span_of(user: User) -> Span:
    """How long this person's sessions last."""
    return STAFF if user.is_staff else CUSTOMER


def open_sessions(user: User) -> QuerySet[Session]:
    """Where the person is logged in, the latest used first."""
    return user.sessions.filter(expire_date__gt=ClockTimestamp()).order_by("-seen_at")


def end(*, user: User, row_key: str, at: dt.datetime, address: str) -> bool:
    """End one of the person's own sessions, at once; False when there is none such."""
    ended, _ = user.sessions.filter(pk=row_key).delete()
    if ended:
        logbook.write("session-ended", at=at, by=user, customer=home_of(user), address=address)
    return bool(ended)


def end_others(*, user: User, row_key: str, at: dt.datetime, address: str) -> int:
    """End every session of the person but this one; how many."""
    ended = end_all(user, but=row_key)
    if ended:
        logbook.write("sessions-ended", at=at, by=user, customer=home_of(user), address=address, sessions=ended)
    return ended


def end_all(user: User, *, but: str = "") -> int:
    """End the person's sessions, at once; how many."""
    # An owner also ends the sessions of others, whose rows the wall hides: who may do so was decided before.
    with transaction.atomic(), walls.as_portal():
        ended, _ = user.sessions.exclude(pk=but).delete()
    return ended


def home_of(user: User) -> Customer | None:
    """The customer in whose logbook a person's log-ins are written; none for staff and for people of several.

    What a person of several customers does at the door tells each of them of the others: only the provider reads it.
    """
    held = list(user.memberships.filter(customer__closed_at=None).select_related("customer")[:2])
    return held[0].customer if len(held) == 1 and not user.is_staff else None
