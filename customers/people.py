"""A customer's people who log in, and what each may do."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import logbook, sessions, walls
from customers.models import Customer, Member, User


def people_of(customer: Customer) -> list[Member]:
    """Everybody who logs in for the customer, owners first."""
    members = list(Member.objects.filter(customer=customer).select_related("user").order_by("user__name", "id"))
    return sorted(members, key=lambda member: Member.Role.values.index(member.role))


@transaction.atomic
def change_role(
    *,
    customer: Customer,
    member_id: int,
    role: str,
    at: dt.datetime,
    by: User,
    address: str,
    on_behalf_of: User | None = None,
) -> Member:
    """Give the person another role, from their next request on. Raises ValidationError."""
    member = _locked(customer, member_id, by)
    if role not in Member.Role.values:
        raise ValidationError(_("Choose one of the roles."))
    if member.role == role:
        return member
    if role != Member.Role.OWNER:
        _keep_an_owner(customer, member)
    member.role = role
    with walls.as_portal():
        member.save(update_fields=["role"])
    logbook.write(
        "role-changed", at=at, by=by, on_behalf_of=on_behalf_of, customer=customer, email=member.user.email, role=role,
        address=address,
    )  # fmt: skip
    return member


@transaction.atomic
def remove(
    *,
    customer: Customer,
    member_id: int,
    at: dt.datetime,
    by: User,
    address: str,
    on_behalf_of: User | None = None,
) -> Member:
    """The person logs in for this customer no longer, at once. Raises ValidationError."""
    member = _locked(customer, member_id, by)
    _keep_an_owner(customer, member)
    logbook.write(
        "member-removed", at=at, by=by, on_behalf_of=on_behalf_of, customer=customer, email=member.user.email,
        address=address,
    )  # fmt: skip
    with walls.as_portal():
        member.delete()
    # Places are read anew in each request: whoever has another customer goes on there, for no owner reaches that far.
    if not _has_another_customer(member.user):
        sessions.end_all(member.user)
    return member


def check_manages(user: User, customer: Customer | None) -> None:
    """Raise PermissionDenied unless this person says who logs in: admins everywhere, owners for their customer.

    The database no longer asks, since members and invitations are written by the portal's own hand.
    """
    if not manages(user, customer):
        raise PermissionDenied


def manages(user: User, customer: Customer | None) -> bool:
    """Whether this person says who logs in for the customer; without one, who works for the provider."""
    owns = Member.objects.filter(customer=customer, user=user, role=Member.Role.OWNER)
    return user.staff_role == User.StaffRole.ADMIN or (customer is not None and owns.exists())


def _locked(customer: Customer, member_id: int, by: User) -> Member:
    # All of the customer's rows, in one order: two owners who remove each other do not both succeed.
    with walls.as_portal():
        rows = Member.objects.select_for_update(of=("self",)).select_related("user").filter(customer=customer)
        members = {member.pk: member for member in rows.order_by("pk")}
    check_manages(by, customer)
    if member_id not in members:
        raise ValidationError(_("This person no longer logs in here. Look at the list again."))
    return members[member_id]


def _has_another_customer(user: User) -> bool:
    # Behind the wall of the owner who asks, and not told to them.
    with walls.as_portal():
        return user.memberships.filter(customer__closed_at=None).exists()


def _keep_an_owner(customer: Customer, member: Member) -> None:
    others = Member.objects.filter(customer=customer, role=Member.Role.OWNER).exclude(pk=member.pk)
    if member.role == Member.Role.OWNER and not others.exists():
        raise ValidationError(_("This is the last owner, and somebody has to decide. Make another person owner first."))
