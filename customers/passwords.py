"""Passwords: set, changed, forgotten."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from customers import account_notices, attempts, logbook, messages, sessions
from customers.models import User
from customers.models.user import folded
from opsportal.web.addresses import network_of


@transaction.atomic
def change(*, user: User, password: str, at: dt.datetime, address: str, verb: str = "password-changed") -> None:
    """Set the person's password; whoever was logged in by the old one is so no longer."""
    user.set_password(password)
    user.save(update_fields=["password"])
    logbook.write(verb, at=at, by=user, customer=sessions.home_of(user), address=address)
    account_notices.tell(user, "password", at)


def ask_for_reset(*, email: str, at: dt.datetime, address: str) -> attempts.Refusal | None:
    """Send a link to set a new password, if the address belongs to somebody; the caller learns nothing of that."""
    user = User.objects.named(email)
    name = f"user {user.pk}" if user else folded(email)
    network = network_of(address)
    refusal = attempts.count(
        (attempts.RESET_FROM_ADDRESS, f"{name}|{network}"), (attempts.RESET_ADDRESS, network), (attempts.RESET, name)
    )
    if refusal:
        return refusal
    if user and user.is_active:
        uid, token = urlsafe_base64_encode(str(user.pk).encode()), default_token_generator.make_token(user)
        minutes = settings.PASSWORD_RESET_TIMEOUT // 60
        messages.say(
            "password-reset",
            at=at,
            language=user.language,
            facts={"name": user.name, "minutes": minutes, "link": f"/password/{uid}/{token}/"},
            user=user,
            useless_at=at + dt.timedelta(minutes=minutes),
        )
        logbook.write("password-reset-asked", at=at, by=None, customer=sessions.home_of(user),
                      address=address, email=user.email)  # fmt: skip
    return None


def person_of_link(uid: str, token: str) -> User | None:
    """Whose password the link sets; nobody once it is used, expired or the password changed otherwise."""
    try:
        pk = int(urlsafe_base64_decode(uid))
    except (ValueError, OverflowError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
    return user if user and default_token_generator.check_token(user, token) else None


@transaction.atomic
def reset(*, user: User, token: str, password: str, at: dt.datetime, address: str) -> User | None:
    """Set the password by link: every session ends, and the second factor is still asked for. None: it was used."""
    user = User.objects.select_for_update().get(pk=user.pk)
    # Once more under the lock: of two who press at once, one sets the password.
    if not user.is_active or not default_token_generator.check_token(user, token):
        return None
    change(user=user, password=password, at=at, address=address, verb="password-reset")
    sessions.end_all(user)
    return user
