"""Browsers in which a person was logged in before: guesses by others, wherever from, do not keep these out.

A cookie holds one token for each person of the browser, the latest first. A token is bound to its person and to their
password, so that it says nothing of anybody else and ends with the password. It opens nothing: it only lets its bearer
try a password while the door is shut to strangers, and its own wrong tries are counted (`customers/guesses.py`).
"""

import secrets
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

from customers.models import User

COOKIE = "__Host-browser" if settings.TLS else "browser"
LIFE_SECONDS = 180 * 24 * 60 * 60
# An operators' desk is shared by a shift.
_PEOPLE = 5


class Known(StrEnum):
    """How the browser became known."""

    LOGGED_IN = "logged in"
    # By the link in a mail: this proves the mailbox and is no reason to guess second factors.
    RESET = "reset"


def name_in(cookie: str, user: User | None, *how: Known) -> str:
    """What the tries of this browser are counted by when it is known for this person in one of these ways, or empty."""
    if user is None:
        return ""
    names = (_name(token, user, way) for token in _tokens(cookie) for way in how)
    return next(filter(None, names), "")


def with_person(cookie: str, user: User, how: Known) -> str:
    """The cookie once this person is known in the browser, by a name that no wrong try was counted by."""
    others = [token for token in _tokens(cookie) if not any(_name(token, user, way) for way in Known)]
    return ".".join([_signer(user, how).sign(secrets.token_urlsafe(16)), *others][:_PEOPLE])


def _tokens(cookie: str) -> list[str]:
    return [token for token in cookie[:1000].split(".") if token][:_PEOPLE]


def _name(token: str, user: User, how: Known) -> str:
    try:
        return _signer(user, how).unsign(token, max_age=LIFE_SECONDS)
    except BadSignature:
        return ""


def _signer(user: User, how: Known) -> TimestampSigner:
    return TimestampSigner(salt=f"known browser|{how}|{user.pk}|{user.password}")
