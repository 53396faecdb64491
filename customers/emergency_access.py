"""Letting a person back in who lost every second factor: two admins, neither of them the person."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers import account_notices, logbook, second_factors, sessions
from customers.models import EmergencyAccess, User
from opsportal.web.words import local_time

# Long enough to find a second admin at night; once both agreed, the person should be at the phone.
ASKED_FOR, OPEN_FOR = dt.timedelta(hours=12), dt.timedelta(hours=1)
# One admin alone could invite a second self, or make an operator one, for this alone: until then all the others have
# seen who came.
SETTLED_AFTER = dt.timedelta(days=7)


def waiting(at: dt.datetime) -> list[EmergencyAccess]:
    """Those that wait for a second admin, or for their person."""
    return list(_open(at).select_related("user", "asked_by", "confirmed_by").order_by("asked_at"))


def waiting_for(user: User, at: dt.datetime) -> EmergencyAccess | None:
    """The one of this person that is under way."""
    return _open(at).filter(user=user).select_related("asked_by", "confirmed_by").first()


@transaction.atomic
def ask(*, user: User, reason: str, at: dt.datetime, by: User, address: str) -> EmergencyAccess:
    """Ask for the way to be opened. Raises ValidationError."""
    if by.pk == user.pk:
        raise ValidationError(_("Nobody opens the way for themself: ask two other admins."))
    _must_be_settled(by, at)
    if not user.is_active:
        raise ValidationError(_("This log-in is closed. Open it again first."))
    EmergencyAccess.objects.filter(user=user, used_at=None, withdrawn_at=None, expires_at__lte=at).update(
        withdrawn_at=at
    )
    access = EmergencyAccess(user=user, reason=reason, asked_by=by, asked_at=at, expires_at=at + ASKED_FOR)
    try:
        with transaction.atomic():
            access.save()
    except IntegrityError as error:
        raise ValidationError(_("Emergency access of this person was asked for already.")) from error
    logbook.write(
        "emergency-access-asked", at=at, by=by, customer=sessions.home_of(user),
        address=address, email=user.email, reason=reason,
    )  # fmt: skip
    return access


@transaction.atomic
def confirm(*, access_id: int, at: dt.datetime, by: User, address: str) -> EmergencyAccess:
    """The second admin agrees; the person's sessions end. Raises ValidationError."""
    access = _open(at).select_for_update().filter(pk=access_id, confirmed_by=None).first()
    if access is None:
        raise ValidationError(_("This emergency access is no longer waiting. Look at the list again."))
    if by.pk == access.asked_by_id:
        raise ValidationError(_("A second admin has to confirm: you asked for it yourself."))
    if by.pk == access.user_id:
        raise ValidationError(_("Nobody opens the way for themself: ask two other admins."))
    if not access.asked_by.is_active or access.asked_by.staff_role != User.StaffRole.ADMIN:
        raise ValidationError(_("Who asked for it is no admin any more. Withdraw it, and ask anew."))
    for admin in (by, access.asked_by):
        _must_be_settled(admin, at)
    access.confirmed_by, access.confirmed_at, access.expires_at = by, at, at + OPEN_FOR
    access.save()
    sessions.end_all(access.user)
    logbook.write(
        "emergency-access-confirmed", at=at, by=by, customer=sessions.home_of(access.user),
        address=address, email=access.user.email,
    )  # fmt: skip
    account_notices.tell(access.user, "emergency-access", at)
    return access


@transaction.atomic
def withdraw(*, access_id: int, at: dt.datetime, by: User, address: str) -> bool:
    """Close the way again; False when it was not open."""
    access = _open(at).select_for_update().filter(pk=access_id).first()
    if access is None:
        return False
    access.withdrawn_at = at
    access.save(update_fields=["withdrawn_at"])
    logbook.write(
        "emergency-access-withdrawn", at=at, by=by, customer=sessions.home_of(access.user),
        address=address, email=access.user.email,
    )  # fmt: skip
    return True


@transaction.atomic
def use(*, user: User, at: dt.datetime, address: str) -> bool:
    """Go in by the password alone, once; what was lost no longer opens anything."""
    opened = _open(at).filter(user=user).exclude(confirmed_by=None)
    if opened.update(used_at=at) != 1:
        return False
    second_factors.forget_all(user)
    sessions.end_all(user)
    logbook.write("emergency-access-used", at=at, by=user, customer=sessions.home_of(user), address=address)
    return True


def too_new(admin: User, at: dt.datetime) -> str:
    """Why this admin takes no part yet; empty for one of long standing, or made on the machine itself."""
    since = admin.admin_since
    if since is None or since + SETTLED_AFTER <= at:
        return ""
    words = _(
        "%(name)s has been an admin only since %(moment)s. Emergency access takes two people who have been admins for"
        " at least %(days)s days, so that nobody brings the second one in just for it."
    )
    return words % {"name": admin.name, "moment": local_time(since), "days": SETTLED_AFTER.days}


def _must_be_settled(admin: User, at: dt.datetime) -> None:
    if words := too_new(admin, at):
        raise ValidationError(words)


def _open(at: dt.datetime):
    return EmergencyAccess.objects.filter(Q(used_at=None, withdrawn_at=None), expires_at__gt=at)
