"""Who did what; written by every domain function that changes what was agreed or done."""

import datetime as dt
from typing import Any

from customers.models import Customer, Environment, LogbookEntry, User


def write(
    verb: str,
    *,
    at: dt.datetime,
    by: User | None,
    customer: Customer | None = None,
    environment: Environment | None = None,
    **facts: Any,
) -> LogbookEntry:
    """Keep one entry. `by` is empty when the portal acted by itself; `facts` must be plain JSON without secrets."""
    return LogbookEntry.objects.create(
        at=at, actor=by, verb=verb, customer=customer, environment=environment, facts=facts
    )
