"""Whom of a customer's we can reach: added, changed, removed, each with several channels."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers import addresses, ladders, logbook, reachability, sealed, walls
from customers.models import Contact, ContactChannel, Customer, Environment, User

CONTACTS_AT_MOST = 50
CHANNELS_AT_MOST = 10


@transaction.atomic
def add(
    *,
    customer: Customer,
    name: str,
    at: dt.datetime,
    by: User | None,
    position: str = "",
    language: str = Contact.Language.JA,
    environment: Environment | None = None,
    business: bool = True,
    night: bool = True,
    on_behalf_of: User | None = None,
) -> Contact:
    """Add somebody at the end of the ladders; without a channel that works they are flagged. Raises ValidationError."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    if Contact.objects.filter(customer=customer, removed_at=None).count() >= CONTACTS_AT_MOST:
        raise ValidationError(_("There are as many contacts as the portal keeps. Remove one that is not needed."))
    contact = Contact(
        customer=customer,
        environment=_ours(customer, environment),
        name=_free_name(customer, name),
        position=position,
        language=language,
        created_at=at,
    )
    contact.full_clean()
    contact.save()
    ladders.place(contact, business, business=True)
    ladders.place(contact, night, business=False)
    logbook.write("contact-added", at=at, by=by, on_behalf_of=on_behalf_of, customer=customer, name=contact.name)
    reachability.judge(customer, at)
    return contact


def _free_name(customer: Customer, name: str, but: int | None = None) -> str:
    taken = Contact.objects.filter(customer=customer, removed_at=None, name=name).exclude(pk=but)
    if taken.exists():
        words = _("Somebody of this name is a contact already. Add a channel there, or tell the two apart in the name.")
        raise ValidationError({"name": words})
    return name


def _ours(customer: Customer, environment: Environment | None) -> Environment | None:
    if environment and environment.customer_id != customer.pk:
        raise ValidationError({"environment": _("This environment belongs to somebody else.")})
    return environment


@transaction.atomic
def change(
    *,
    contact: Contact,
    name: str,
    position: str,
    language: str,
    environment: Environment | None,
    business: bool,
    night: bool,
    at: dt.datetime,
    by: User | None,
    on_behalf_of: User | None = None,
) -> Contact:
    """Change who a contact is, what language they speak, and on which ladders they stand. Raises ValidationError."""
    Customer.objects.select_for_update().get(pk=contact.customer_id)
    before = _plain(contact)
    contact.name = _free_name(contact.customer, name, contact.pk)
    contact.position, contact.language = position, language
    contact.environment = _ours(contact.customer, environment)
    contact.full_clean()
    contact.save(update_fields=["name", "position", "language", "environment"])
    ladders.place(contact, business, business=True)
    ladders.place(contact, night, business=False)
    after = _plain(contact)
    changed = {field: [before[field], after[field]] for field in before if before[field] != after[field]}
    if changed:
        logbook.write(
            "contact-changed",
            at=at,
            by=by,
            on_behalf_of=on_behalf_of,
            customer=contact.customer,
            name=contact.name,
            changed=changed,
        )
        reachability.judge(contact.customer, at)
    return contact


def _plain(contact: Contact) -> dict[str, Any]:
    return {
        "name": contact.name,
        "position": contact.position,
        "language": contact.language,
        "environment": contact.environment.name if contact.environment else "",
        "business": contact.business_rung is not None,
        "night": contact.night_rung is not None,
    }


@transaction.atomic
def remove(*, contact: Contact, at: dt.datetime, by: User | None, on_behalf_of: User | None = None) -> None:
    """Call a contact never again; their addresses are deleted, what was said to them stays."""
    Customer.objects.select_for_update().get(pk=contact.customer_id)
    ladders.place(contact, False, business=True)
    ladders.place(contact, False, business=False)
    if Contact.objects.filter(pk=contact.pk, removed_at=None).update(removed_at=at) != 1:
        return
    _forget(ContactChannel.objects.filter(contact=contact))
    logbook.write(
        "contact-removed", at=at, by=by, on_behalf_of=on_behalf_of, customer=contact.customer, name=contact.name
    )
    reachability.judge(contact.customer, at)


@transaction.atomic
def add_channel(
    *,
    contact: Contact,
    kind: str,
    address: str,
    hours: str,
    at: dt.datetime,
    by: User | None,
    on_behalf_of: User | None = None,
) -> ContactChannel:
    """Add a way to reach a contact; it counts once its code came back. Raises ValidationError at the field."""
    Contact.objects.select_for_update().get(pk=contact.pk)
    try:
        address = addresses.kept(kind, address)
    except ValidationError as error:
        raise ValidationError({"address": error.messages}) from error
    shown = sealed.in_clear(kind, address)
    ways = ContactChannel.objects.filter(contact=contact)
    if any(sealed.address_of(way) == address for way in ways.filter(kind=kind, address__in=[address, shown])):
        raise ValidationError({"address": _("This address is already one of the contact's.")})
    if ways.count() >= CHANNELS_AT_MOST:
        raise ValidationError({"address": _("There are as many channels as the portal keeps. Remove one first.")})
    last = ways.order_by("-place").values_list("place", flat=True).first() or 0
    channel = ContactChannel(
        customer=contact.customer,
        contact=contact,
        kind=kind,
        address=shown,
        hours=hours,
        place=last + 1,
        created_at=at,
    )
    channel.full_clean()
    channel.save()
    if sealed.is_secret(kind):
        sealed.keep_address(channel, address)
        channel.save(update_fields=["sealed_address"])
    _note("contact-channel-added", channel, at, by, on_behalf_of)
    reachability.judge(contact.customer, at)
    return channel


@transaction.atomic
def change_hours(
    *, channel: ContactChannel, hours: str, at: dt.datetime, by: User | None, on_behalf_of: User | None = None
) -> None:
    """Use a channel at other times of day from now on. Raises ValidationError."""
    before, channel.hours = channel.hours, hours
    channel.full_clean()
    if before == hours:
        return
    channel.save(update_fields=["hours"])
    _note("contact-channel-hours", channel, at, by, on_behalf_of, before=before, after=hours)
    reachability.judge(channel.customer, at)


@transaction.atomic
def move_channel(
    *, channel: ContactChannel, up: bool, at: dt.datetime, by: User | None, on_behalf_of: User | None = None
) -> None:
    """Try a channel one place earlier or later."""
    Contact.objects.select_for_update().get(pk=channel.contact_id)
    ways = list(ContactChannel.objects.filter(contact=channel.contact_id).order_by("place", "id"))
    places = [way.pk for way in ways]
    if channel.pk not in places:
        return
    here = places.index(channel.pk)
    there = max(0, min(len(ways) - 1, here - 1 if up else here + 1))
    if here == there:
        return
    ways.insert(there, ways.pop(here))
    for number, way in enumerate(ways, start=1):
        ContactChannel.objects.filter(pk=way.pk).exclude(place=number).update(place=number)
    _note("contact-channel-moved", channel, at, by, on_behalf_of, place=there + 1)


@transaction.atomic
def remove_channel(
    *, channel: ContactChannel, at: dt.datetime, by: User | None, on_behalf_of: User | None = None
) -> None:
    """Reach a contact by this address never again."""
    _note("contact-channel-removed", channel, at, by, on_behalf_of)
    customer = channel.customer
    _forget(ContactChannel.objects.filter(pk=channel.pk))
    reachability.judge(customer, at)


def _forget(channels: QuerySet[ContactChannel]) -> None:
    """Delete channels; the messages that went through them lie behind the wall of whoever does it."""
    with walls.as_portal():
        channels.delete()


def _note(
    verb: str, channel: ContactChannel, at: dt.datetime, by: User | None, on_behalf_of: User | None, **facts: Any
) -> None:
    logbook.write(
        verb,
        at=at,
        by=by,
        on_behalf_of=on_behalf_of,
        customer=channel.customer,
        name=channel.contact.name,
        kind=channel.kind,
        through=addresses.masked(channel.kind, channel.address),
        **facts,
    )
