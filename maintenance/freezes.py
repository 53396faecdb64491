"""The brake: while a freeze stands, nothing new is begun; what is under way goes on to its end."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from customers import logbook
from customers.models import Customer, User
from maintenance.models import Change, Freeze


def standing(customer_id: int) -> Freeze | None:
    """The freeze that holds for a customer: its own, or the one for all."""
    return Freeze.objects.filter(Q(customer=None) | Q(customer=customer_id), lifted_at=None).first()


def of(customer: Customer | None) -> Freeze | None:
    """The standing freeze of one customer's own, or the one for all."""
    return Freeze.objects.filter(customer=customer, lifted_at=None).select_related("by").first()


def held_back(customer: Customer | None) -> int:
    """How many approved changes a freeze would hold back."""
    waiting = Change.objects.filter(state=Change.State.APPROVED)
    return (waiting.filter(environment__customer=customer) if customer else waiting).count()


@transaction.atomic
def freeze(
    *, customer: Customer | None, reason: str, at: dt.datetime, by: User, on_behalf_of: User | None = None
) -> Freeze:
    """Let nothing be begun for a customer, or for all; one that stands already is kept."""
    row, made = Freeze.objects.get_or_create(
        customer=customer, lifted_at=None, defaults={"reason": reason, "since": at, "by": by}
    )
    if made:
        logbook.write("frozen", at=at, by=by, on_behalf_of=on_behalf_of, customer=customer, reason=reason)
    return row


@transaction.atomic
def lift(*, freeze: Freeze, at: dt.datetime, by: User, on_behalf_of: User | None = None) -> bool:
    """Let changes begin again; False when somebody lifted it before."""
    lifted = Freeze.objects.filter(pk=freeze.pk, lifted_at=None).update(lifted_at=at, lifted_by=by)
    if lifted:
        logbook.write(
            "unfrozen", at=at, by=by, on_behalf_of=on_behalf_of, customer=freeze.customer, reason=freeze.reason
        )
    return bool(lifted)
