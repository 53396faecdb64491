"""Passwords: set, changed, forgotten."""

import datetime as dt

from django.db import transaction

from customers import logbook, sessions
from customers.models import User


@transaction.atomic
def change(*, user: User, password: str, at: dt.datetime, address: str, verb: str = "password-changed") -> None:
    """Set the person's password; whoever was logged in by the old one is so no longer."""
    user.set_password(password)
    user.save(update_fields=["password"])
    logbook.write(verb, at=at, by=user, customer=sessions.home_of(user), address=address)
