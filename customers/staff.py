"""The provider's own people: who they are, what they may do, and the end of it."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from customers import logbook, sessions, walls
from customers.models import AuthenticatorApp, Passkey, User


@dataclass(frozen=True)
class Colleague:
    """One line of the list."""

    user: User
    has_factor: bool


def everybody() -> list[Colleague]:
    """All staff, those with an open log-in first."""
    apps = AuthenticatorApp.objects.filter(user=OuterRef("pk")).exclude(confirmed_at=None)
    rows = (
        User.objects.exclude(staff_role=User.StaffRole.NONE)
        .annotate(by_app=Exists(apps), by_passkey=Exists(Passkey.objects.filter(user=OuterRef("pk"))))
        .order_by("-is_active", "name", "pk")
    )
    # Nobody reads what others prove themselves with; that there is something, admins do.
    with walls.as_portal():
        return [Colleague(user, user.by_app or user.by_passkey) for user in rows]


@transaction.atomic
def change_role(*, user_id: int, role: str, at: dt.datetime, by: User, address: str) -> User:
    """Make an operator an admin, or the other way round; the person's sessions end. Raises ValidationError."""
    user = _locked(user_id, by)
    if role not in (User.StaffRole.OPERATOR, User.StaffRole.ADMIN):
        raise ValidationError(_("Choose one of the roles."))
    if user.staff_role == role:
        return user
    if role != User.StaffRole.ADMIN:
        _keep_an_admin(user)
    user.staff_role, user.admin_since = role, at if role == User.StaffRole.ADMIN else None
    user.save(update_fields=["staff_role", "admin_since"])
    sessions.end_all(user)
    logbook.write("staff-role-changed", at=at, by=by, email=user.email, role=role, address=address)
    return user


@transaction.atomic
def close(*, user_id: int, at: dt.datetime, by: User, address: str) -> User:
    """The person cannot log in any more, and is logged out everywhere at once. Raises ValidationError."""
    user = _locked(user_id, by)
    _keep_an_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    ended = sessions.end_all(user)
    logbook.write("login-closed", at=at, by=by, email=user.email, sessions=ended, address=address)
    return user


@transaction.atomic
def reopen(*, user_id: int, at: dt.datetime, by: User, address: str) -> User:
    """The person may log in again, with what they proved themself with before. Raises ValidationError."""
    user = _locked(user_id, by)
    user.is_active = True
    if user.staff_role == User.StaffRole.ADMIN:
        user.admin_since = at
    user.save(update_fields=["is_active", "admin_since"])
    logbook.write("login-reopened", at=at, by=by, email=user.email, address=address)
    return user


def _locked(user_id: int, by: User) -> User:
    if user_id == by.pk:
        raise ValidationError(_("Another admin has to do this: nobody changes their own rights."))
    # All admins, in one order: two who close each other do not both succeed.
    list(User.objects.select_for_update().filter(staff_role=User.StaffRole.ADMIN).order_by("pk"))
    user = User.objects.select_for_update().exclude(staff_role=User.StaffRole.NONE).filter(pk=user_id).first()
    if user is None:
        raise ValidationError(_("This person is not on the list any more. Look at it again."))
    return user


def _keep_an_admin(user: User) -> None:
    others = User.objects.filter(staff_role=User.StaffRole.ADMIN, is_active=True).exclude(pk=user.pk)
    if user.staff_role == User.StaffRole.ADMIN and not others.exists():
        raise ValidationError(_("This is the last admin. Make another person admin first."))
