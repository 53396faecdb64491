"""Whether a customer's people can be reached: a need for each contact who cannot (I2)."""

import datetime as dt

from django.db import transaction

from customers import needs, standings
from customers.models import Contact, ContactChannel, Customer, Duty, DutyState, Environment, Need

ORIGIN = "contacts"


def present(customer: Customer) -> list[Contact]:
    """The customer's contacts with their channels in order."""
    rows = Contact.objects.filter(customer=customer, removed_at=None).select_related("environment")
    contacts = list(rows.order_by("created_at", "id"))
    channels: dict[int, list[ContactChannel]] = {contact.pk: [] for contact in contacts}
    for channel in ContactChannel.objects.filter(contact__in=channels).order_by("place", "id"):
        channels[channel.contact_id].append(channel)
    for contact in contacts:
        contact.ways = channels[contact.pk]
    return contacts


def note_broken(channel: ContactChannel, at: dt.datetime) -> None:
    """A provider says that the address does not exist: it is not counted on until it is proven anew."""
    if ContactChannel.objects.filter(pk=channel.pk, broken_at=None).update(broken_at=at):
        judge(channel.customer, at)


def judge_all(at: dt.datetime) -> None:
    """Judge each customer whose contract holds, also one about whose contacts nobody ever did anything.

    Done twice it changes nothing; torn, the rest is judged a day later.
    """
    for customer in Customer.objects.filter(closed_at=None).order_by("pk").iterator():
        judge(customer, at)


@transaction.atomic
def judge(customer: Customer, at: dt.datetime) -> None:
    """Say in each of the customer's environments who cannot be reached, and whether anybody can, day and night."""
    contacts = present(customer)
    for environment in Environment.objects.filter(customer=customer).exclude(state=Environment.State.CLOSED):
        standings.hold(environment)
        ours = [contact for contact in contacts if contact.environment_id in (None, environment.pk)]
        wanted = _wanted(ours)
        changed = needs.hold(environment, ORIGIN, wanted, at)
        changed |= needs.judge(
            environment,
            Duty.I2,
            needs.worst(wanted) if ours else DutyState.State.ACT,
            _kind(ours, wanted),
            # Nothing of AWS is read for it: the portal knows its contacts.
            reading="",
            at=at,
            facts={"count": sum(any(way.works for way in contact.ways) for contact in ours), "lacking": len(wanted)},
        )
        if changed:
            standings.refresh(environment, at)


def _kind(contacts: list[Contact], wanted: list[needs.Wanted]) -> str:
    if not contacts:
        return "contacts-none"
    return "contacts-lacking" if wanted else "contacts-good"


def _wanted(contacts: list[Contact]) -> list[needs.Wanted]:
    if not contacts:
        return [needs.Wanted(key="contact-none", duty=Duty.I2, kind="contact-none", urgency=Need.Urgency.SOON)]
    found = [
        needs.Wanted(
            key=f"contact-{contact.pk}",
            duty=Duty.I2,
            kind="contact-unreachable",
            urgency=Need.Urgency.SOON,
            facts={"name": contact.name},
        )
        for contact in contacts
        if not any(way.works for way in contact.ways)
    ]
    for business, kind in ((True, "nobody-in-business"), (False, "nobody-at-night")):
        if not any(reached(contact, business=business) for contact in contacts):
            found.append(needs.Wanted(key=kind, duty=Duty.I2, kind=kind, urgency=Need.Urgency.SOON))
    return found


def reached(contact: Contact, *, business: bool) -> list[ContactChannel]:
    """The ways to a contact in business hours, or outside of them; none when not on that ladder."""
    if (contact.business_rung if business else contact.night_rung) is None:
        return []
    hours = ContactChannel.Hours.BUSINESS if business else ContactChannel.Hours.NIGHT
    return [way for way in contact.ways if way.works and way.hours in (ContactChannel.Hours.ALWAYS, hours)]
