"""Who is called in what order, and by what: in business hours, and outside of them."""

import datetime as dt
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import business_hours, hours, logbook, reachability
from customers.models import Contact, ContactChannel, Customer, Environment, User

OFFICE = tuple(hours.Weekly(weekday, opens=9 * 60, closes=18 * 60) for weekday in range(5))
FIELDS = {True: "business_rung", False: "night_rung"}


@dataclass(frozen=True)
class Rung:
    """One place in the order of calling: whom, and by which channels, the first one first."""

    number: int
    contact: Contact
    channels: tuple[ContactChannel, ...]


@dataclass(frozen=True)
class Preview:
    """Who will be called for one environment, and who stands on the ladder in vain."""

    environment: Environment
    rungs: list[Rung]
    unreachable: list[Contact]


def ladder(environment: Environment, at: dt.datetime) -> list[Rung]:
    """Who is to be called for an environment at a moment, in order; whoever cannot be reached then is left out."""
    contacts = reachability.present(environment.customer)
    return _rungs(contacts, environment, business=is_business_time(environment.customer, at))


def previews(customer: Customer, environments: list[Environment], *, business: bool) -> list[Preview]:
    """What the ladders of some environments of a customer say, in business hours or outside of them."""
    contacts = reachability.present(customer)
    return [
        Preview(
            environment,
            _rungs(contacts, environment, business=business),
            [
                contact
                for contact in on_ladder(contacts, business=business)
                if contact.environment_id in (None, environment.pk)
                and not reachability.reached(contact, business=business)
            ],
        )
        for environment in environments
    ]


def on_ladder(contacts: list[Contact], *, business: bool) -> list[Contact]:
    """The contacts that stand on a ladder, in its order."""
    field = FIELDS[business]
    standing = [contact for contact in contacts if getattr(contact, field) is not None]
    return sorted(standing, key=lambda contact: (getattr(contact, field), contact.pk))


def _rungs(contacts: list[Contact], environment: Environment, *, business: bool) -> list[Rung]:
    able = [
        (contact, tuple(ways))
        for contact in on_ladder(contacts, business=business)
        if contact.environment_id in (None, environment.pk)
        and (ways := reachability.reached(contact, business=business))
    ]
    return [Rung(number, contact, ways) for number, (contact, ways) in enumerate(able, start=1)]


def is_business_time(customer: Customer, at: dt.datetime) -> bool:
    """Whether a moment lies in the customer's business hours; an office's, until they say their own."""
    known = business_hours.hours_of(customer)
    return hours.is_business_time(known if known.weekly else replace(known, weekly=OFFICE), at)


@transaction.atomic
def move(
    *, contact: Contact, business: bool, up: bool, at: dt.datetime, by: User | None, on_behalf_of: User | None = None
) -> None:
    """Call a contact one place earlier or later. Raises ValidationError for one who is not on that ladder."""
    # Two people who order the same ladder must not leave two contacts in one place.
    Customer.objects.select_for_update().get(pk=contact.customer_id)
    order = on_ladder(reachability.present(contact.customer), business=business)
    places = [standing.pk for standing in order]
    if contact.pk not in places:
        raise ValidationError(_("This contact does not stand on that ladder any more. Load the page again."))
    here = places.index(contact.pk)
    there = max(0, min(len(order) - 1, here - 1 if up else here + 1))
    if here == there:
        return
    order.insert(there, order.pop(here))
    renumber(order, business=business)
    logbook.write(
        "ladder-changed",
        at=at,
        by=by,
        on_behalf_of=on_behalf_of,
        customer=contact.customer,
        ladder="business" if business else "night",
        order=[standing.name for standing in order],
    )


def renumber(order: list[Contact], *, business: bool) -> None:
    """Let these stand on a ladder in this order, without gaps."""
    field = FIELDS[business]
    for number, contact in enumerate(order, start=1):
        if getattr(contact, field) != number:
            setattr(contact, field, number)
            Contact.objects.filter(pk=contact.pk).update(**{field: number})


def place(contact: Contact, wanted: bool, *, business: bool) -> None:
    """Put a contact at the end of a ladder, or take it off; the others close up. Call under the customer's lock."""
    field = FIELDS[business]
    if wanted == (getattr(contact, field) is not None):
        return
    order = [other for other in on_ladder(reachability.present(contact.customer), business=business)
             if other.pk != contact.pk]  # fmt: skip
    setattr(contact, field, None)
    Contact.objects.filter(pk=contact.pk).update(**{field: None})
    renumber([*order, contact] if wanted else order, business=business)
