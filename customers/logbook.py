"""Who did what; written by every domain function that changes what was agreed or done."""

import datetime as dt
from contextlib import nullcontext
from typing import Any

from django.db import transaction

from customers import agreements, walls
from customers.models import Customer, Environment, LogbookEntry, User
from opsportal.web import origin


@transaction.atomic
def write(
    verb: str,
    *,
    at: dt.datetime,
    by: User | None,
    on_behalf_of: User | None = None,
    customer: Customer | None = None,
    environment: Environment | None = None,
    address: str | None = None,
    **facts: Any,
) -> LogbookEntry:
    """Keep one entry, with where it came from and the agreement that holds for the environment.

    `by` is empty when the portal acted by itself; `on_behalf_of` is the customer's person for whom staff acted.
    `facts` must be plain JSON without secrets. Each verb has its words in `logbook_words`.
    """
    entry = LogbookEntry(
        at=at,
        actor=by,
        on_behalf_of=on_behalf_of if on_behalf_of != by else None,
        address=address or origin.address(),
        verb=verb,
        customer=customer or (environment.customer if environment else None),
        environment=environment,
        agreement=agreements.agreement_at(environment, at) if environment else None,
        facts=facts,
    )
    # What belongs to no customer is behind the wall of whoever asked, and what the portal did is not theirs to write.
    with nullcontext() if entry.customer and entry.actor else walls.as_portal():
        entry.save(force_insert=True)
    return entry
