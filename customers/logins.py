"""Who may log in: password, second factor, and what happens when they are wrong."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth import authenticate
from django.utils.crypto import constant_time_compare

from customers import (
    account_notices,
    attempts,
    emergency_access,
    guesses,
    known_browsers,
    logbook,
    second_factors,
    sessions,
)  # fmt: skip
from customers.known_browsers import Known
from customers.models import Passkey, Session, User
from customers.models.user import folded
from opsportal.web.addresses import network_of


@dataclass(frozen=True)
class PasswordAnswer:
    """The person whose password it is, or why nobody: too many tries, or simply wrong."""

    user: User | None = None
    refusal: attempts.Refusal | None = None


def check_password(*, email: str, password: str, at: dt.datetime, address: str, cookie: str) -> PasswordAnswer:
    """Whose password this is. Every try is counted; `cookie` is what the browser keeps of people it knows."""
    user = User.objects.named(email)
    name = f"user {user.pk}" if user else folded(email)
    browser = known_browsers.name_in(cookie, user, Known.LOGGED_IN, Known.RESET)
    guess = guesses.count(guesses.PASSWORD, person=name, address=address, browser=browser)
    if guess.refusal:
        if guess.refusal.first:
            write_failure("login-blocked", email=email, at=at, address=address)
        return PasswordAnswer(refusal=guess.refusal)
    user = authenticate(username=email, password=password)
    if user is None:
        write_failure("login-failed", email=email, at=at, address=address)
        return PasswordAnswer()
    guess.was_right()
    return PasswordAnswer(user)


def needs_second_factor(user: User) -> bool:
    """Whether the password alone does not let this person in."""
    return second_factors.has_any(user)


def person_named(email: str) -> User | None:
    """The person with this mail address, while the log-in is open."""
    user = User.objects.named(email)
    return user if user and user.is_active else None


def still_pending(user_id: int, password_mark: str) -> User | None:
    """The person whose password was right a moment ago; nobody once the password changed or the log-in was closed."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user if user and constant_time_compare(user.get_session_auth_hash(), password_mark) else None


def check_second_factor(*, user: User, code: str, at: dt.datetime, address: str, cookie: str) -> str | attempts.Refusal:
    """What the code proved (app or recovery code), empty when nothing, a refusal after too many tries."""
    browser = known_browsers.name_in(cookie, user, Known.LOGGED_IN)
    guess = guesses.count(guesses.CODE, person=f"user {user.pk}", address=address, browser=browser)
    factor = ""
    if not guess.refusal and second_factors.check_app(user, code):
        factor = Session.Factor.APP
    # No number of guesses finds a recovery code, so those of others do not keep its owner out.
    elif (not guess.refusal or guess.only_others) and second_factors.use_code(user, code, at):
        factor = Session.Factor.RECOVERY
        logbook.write("recovery-code-used", at=at, by=user, customer=sessions.home_of(user), address=address)
        account_notices.tell(user, "recovery-code-used", at)
    if factor:
        guess.was_right()
    elif guess.refusal:
        _note_blocked_codes(user, guess, at, address)
        return guess.refusal
    else:
        write_failure("second-factor-failed", email=user.email, at=at, address=address)
    return factor


def _note_blocked_codes(user: User, guess: guesses.Guess, at: dt.datetime, address: str) -> None:
    if not guess.refusal.first:
        return
    write_failure("login-blocked", email=user.email, at=at, address=address)
    if guess.only_others:
        account_notices.tell(user, "codes-guessed", at)


def let_in_for_emergency(*, user: User, at: dt.datetime, address: str) -> bool:
    """Whether two admins opened the way for this person; it is used up, and the lost second factors are gone."""
    return emergency_access.use(user=user, at=at, address=address)


def count_passkey(*, at: dt.datetime, address: str) -> attempts.Refusal | None:
    """Count one answer of a passkey, by where it came from: whose it is only a right one tells."""
    refusal = attempts.count((attempts.PASSKEY, network_of(address)))
    if refusal and refusal.first:
        write_failure("login-blocked", email="", at=at, address=address)
    return refusal


def forget_passkey_tries(address: str) -> None:
    """Begin anew: a passkey from there was right."""
    attempts.forget((attempts.PASSKEY, network_of(address)))


def count_directory(*, at: dt.datetime, address: str) -> attempts.Refusal | None:
    """Count one return from the staff directory, by where it came from: anybody can send one, and each is written."""
    refusal = attempts.count((attempts.DIRECTORY, network_of(address)))
    if refusal and refusal.first:
        write_failure("login-blocked", email="", at=at, address=address)
    return refusal


def forget_directory_tries(address: str) -> None:
    """Begin anew: the directory knew somebody there."""
    attempts.forget((attempts.DIRECTORY, network_of(address)))


def may_log_in(passkey: Passkey) -> bool:
    """Whether the passkey's person still has a log-in."""
    return passkey.user.is_active


def note_log_in(*, user: User, factor: str, at: dt.datetime, address: str) -> None:
    """Write down that the person is in."""
    logbook.write("logged-in", at=at, by=user, customer=sessions.home_of(user), address=address, factor=factor)


def note_log_out(*, user: User, at: dt.datetime, address: str) -> None:
    """Write down that the person left."""
    logbook.write("logged-out", at=at, by=user, customer=sessions.home_of(user), address=address)


def write_failure(verb: str, *, email: str, at: dt.datetime, address: str) -> None:
    """Write down a failed try. A name that belongs to nobody is not kept: it may be a password typed a field early."""
    user = User.objects.named(email)
    facts = {"email": user.email} if user else {}
    customer = sessions.home_of(user) if user else None
    logbook.write(verb, at=at, by=None, customer=customer, address=address, **facts)
