"""What a person proves themself with beside the password: app, passkeys, recovery codes."""

import datetime as dt
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

import pyotp
from django.db import transaction

from customers import account_notices, attempts, logbook, sessions
from customers.models import AuthenticatorApp, Passkey, RecoveryCode, User
from opsportal.secrets_at_rest import seal, unseal

_STEP, _CODES = 30, 10
# Without the letters and digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Factors:
    """What a person has."""

    app: AuthenticatorApp | None
    passkeys: list[Passkey]
    codes_left: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all; recovery codes alone are none."""
        return bool(self.app or self.passkeys)


@dataclass(frozen=True)
class BegunApp:
    """An app that no code has confirmed yet: what the session keeps to know it by, and its seed (base32)."""

    key: str
    seed: str


def factors_of(user: User) -> Factors:
    """What this person can prove themself with."""
    app = AuthenticatorApp.objects.filter(user=user).exclude(confirmed_at=None).first()
    left = RecoveryCode.objects.filter(user=user, used_at=None).count()
    return Factors(app, list(Passkey.objects.filter(user=user).order_by("added_at")), left)


def has_any(user: User) -> bool:
    """Whether the person has a second factor."""
    apps = AuthenticatorApp.objects.filter(user=user).exclude(confirmed_at=None)
    return Passkey.objects.filter(user=user).exists() or apps.exists()


@transaction.atomic
def begin_app(user: User, begun: str = "") -> BegunApp:
    """A seed for the person's app; the same one for the session that knows what it `begun`, else a new one.

    Whoever had the password before has perhaps read the seed that their own session was shown: it counts no longer.
    """
    app = AuthenticatorApp.objects.select_for_update().filter(user=user).first()
    if app is not None and app.confirmed_at is not None:
        raise ValueError("the person has an app already")
    if app is not None and str(app.pk) == begun:
        return BegunApp(begun, unseal(app, "seed"))
    if app is not None:
        app.delete()
    app, seed = AuthenticatorApp(user=user), pyotp.random_base32()
    seal(app, "seed", seed)
    app.save(force_insert=True)
    return BegunApp(str(app.pk), seed)


def app_address(user: User, seed: str, issuer: str) -> str:
    """What the app reads from the picture (`otpauth:`)."""
    return pyotp.TOTP(seed, interval=_STEP).provisioning_uri(name=user.email, issuer_name=issuer)


@transaction.atomic
def confirm_app(*, user: User, begun: str, code: str, at: dt.datetime, address: str) -> bool:
    """Take the app that this session began into use when it shows the right digits."""
    app = AuthenticatorApp.objects.select_for_update().filter(user=user, confirmed_at=None).first()
    if app is None or str(app.pk) != begun or not _take(app, code):
        return False
    app.confirmed_at = at
    app.save(update_fields=["confirmed_at"])
    _write("second-factor-added", user, at, address, factor="app")
    return True


@transaction.atomic
def remove_app(*, user: User, at: dt.datetime, address: str) -> bool:
    """Take the app out of use."""
    removed, _ = AuthenticatorApp.objects.filter(user=user).exclude(confirmed_at=None).delete()
    if removed:
        _write("second-factor-removed", user, at, address, factor="app")
        _forget_codes_without_factor(user)
    return bool(removed)


@transaction.atomic
def remove_passkey(*, user: User, passkey_id: int, at: dt.datetime, address: str) -> bool:
    """Take a passkey out of use; False when the person has none such."""
    passkey = Passkey.objects.filter(user=user, pk=passkey_id).first()
    if passkey is None:
        return False
    passkey.delete()
    _write("second-factor-removed", user, at, address, factor="passkey", name=passkey.name)
    _forget_codes_without_factor(user)
    return True


@transaction.atomic
def make_codes(*, user: User, at: dt.datetime, address: str) -> list[str]:
    """Ten new recovery codes, shown this once; the old ones no longer work."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4)) for _ in range(_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(code)) for code in codes)
    _write("recovery-codes-made", user, at, address)
    return codes


def forget_all(user: User) -> None:
    """Take away everything that the person could prove themself with beside the password."""
    AuthenticatorApp.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


@transaction.atomic
def check_app(user: User, code: str) -> bool:
    """Whether these are the digits that the person's app shows; they work once."""
    app = AuthenticatorApp.objects.select_for_update().filter(user=user).exclude(confirmed_at=None).first()
    return app is not None and _take(app, code)


def use_code(user: User, code: str, at: dt.datetime) -> bool:
    """Whether this is an unused recovery code of the person; it is used up by asking."""
    digest = _digest(code)
    return RecoveryCode.objects.filter(user=user, digest=digest, used_at=None).update(used_at=at) == 1


def count_try(user: User) -> attempts.Refusal | None:
    """Count one first code of a new app; a refusal when there were too many."""
    return attempts.count((attempts.NEW_APP, user.pk))


def digits(seed: str, step: int) -> str:
    """The six digits of one span of thirty seconds (RFC 6238)."""
    return pyotp.TOTP(seed, interval=_STEP).generate_otp(step)


def present_step() -> int:
    """Which span of thirty seconds it is, on the machine's clock: apps know no business time."""
    return int(time.time()) // _STEP


def _take(app: AuthenticatorApp, code: str) -> bool:
    given = "".join(code.split())
    seed, now = unseal(app, "seed"), present_step()
    # A clock may be one span off; a span once used is over, and so is every one before it.
    for step in (now - 1, now, now + 1):
        if step > app.last_step and hmac.compare_digest(digits(seed, step).encode(), given.encode()):
            app.last_step = step
            app.save(update_fields=["last_step"])
            return True
    return False


def _digest(code: str) -> str:
    plain = "".join(character for character in code.lower() if character in _ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()


def _forget_codes_without_factor(user: User) -> None:
    if not has_any(user):
        RecoveryCode.objects.filter(user=user).delete()


def _write(verb: str, user: User, at: dt.datetime, address: str, **facts: str) -> None:
    logbook.write(verb, at=at, by=user, customer=sessions.home_of(user), address=address, **facts)
    account_notices.tell(user, verb, at)
