"""What the pages about contacts show."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers import addresses, ladders, reachability, verification
from customers.models import Contact, ContactChannel, Customer, Environment
from customers.outbox import ICONS


@dataclass(frozen=True)
class Ladder:
    """One of the two orders of calling: who stands on it, and what comes of it in each environment."""

    name: str
    title: str
    holds: bool
    contacts: list[Contact]
    previews: list[ladders.Preview]


@dataclass(frozen=True)
class Overview:
    """All contacts, and both ladders, the one that holds now first."""

    contacts: list[Contact]
    ladders: list[Ladder]

    @property
    def unreachable(self) -> list[str]:
        """The names of those who cannot be reached at all."""
        return [contact.name for contact in self.contacts if not contact.works]


def overview(customer: Customer, environments: list[Environment], at: dt.datetime) -> Overview:
    """A customer's contacts and ladders in words."""
    contacts = reachability.present(customer)
    for contact in contacts:
        contact.ways = [dress(way, at) for way in contact.ways]
        contact.works = any(way.works for way in contact.ways)
    open_now = ladders.is_business_time(customer, at)
    both = [_ladder(customer, environments, contacts, business=business, now=business == open_now, at=at)
            for business in (False, True)]  # fmt: skip
    return Overview(contacts, sorted(both, key=lambda ladder: not ladder.holds))


def _ladder(
    customer: Customer,
    environments: list[Environment],
    contacts: list[Contact],
    *,
    business: bool,
    now: bool,
    at: dt.datetime,
) -> Ladder:
    previews = ladders.previews(customer, environments, business=business)
    for preview in previews:
        for rung in preview.rungs:
            for way in rung.channels:
                dress(way, at)
    return Ladder(
        "business" if business else "night",
        _title(business=business, now=now),
        now,
        ladders.on_ladder(contacts, business=business),
        previews,
    )


def _title(*, business: bool, now: bool) -> str:
    if business:
        return _("Now, in business hours, it calls") if now else _("In business hours it will call")
    return _("Now, outside of business hours, it calls") if now else _("Tonight it will call")


def dress(channel: ContactChannel, at: dt.datetime) -> ContactChannel:
    """Put what a page shows onto a channel."""
    channel.icon = ICONS[channel.kind]
    channel.shown = addresses.shown(channel.kind, channel.address)
    channel.sign, channel.word = _state(channel)
    channel.code_open = bool(channel.code_hash and channel.code_ends_at and channel.code_ends_at > at)
    ready = verification.ready_at(channel)
    channel.ready_at = ready if ready and ready > at else None
    return channel


def _state(channel: ContactChannel) -> tuple[str, str]:
    if channel.broken_at:
        return "act", pgettext("channel", "Refused")
    if channel.verified_at:
        return "ok", pgettext("channel", "Proven")
    return "watch", pgettext("channel", "Not proven")


def channels_of(contact: Contact, at: dt.datetime) -> list[ContactChannel]:
    """A contact's channels in their order, dressed for the page."""
    ways = ContactChannel.objects.filter(contact=contact).order_by("place", "id")
    return [dress(way, at) for way in ways]


def initial(contact: Contact) -> dict[str, Any]:
    """What the form about a contact begins with."""
    return {
        "name": contact.name,
        "position": contact.position,
        "language": contact.language,
        "environment": contact.environment_id,
        "business": contact.business_rung is not None,
        "night": contact.night_rung is not None,
    }


def open_environments(environments: QuerySet[Environment]) -> list[Environment]:
    """The environments that are looked after, by name."""
    return list(environments.exclude(state=Environment.State.CLOSED).order_by("name"))
