"""The one door in: who may see a page, and which customers' things that person may see.

Every view bears exactly one mark. What is foreign looks like what does not exist: 404.
"""

import datetime as dt
import time
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db.models import Expression, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from customers import news, second_factors, walls
from customers.models import (
    Contact,
    ContactChannel,
    Customer,
    Environment,
    LogbookEntry,
    Member,
    Message,
    Onboarding,
    User,
)

View = Callable[..., HttpResponse]
# How long a proof is fresh enough to change what one proves oneself with, or to approve by it.
FRESH_SECONDS = 15 * 60


def for_anyone(view: View) -> View:
    """Open to the world, logged in or not: log-in, health, webhooks."""
    view = login_not_required(view)
    view.audience = "anyone"
    return view


def at_the_door(view: View) -> View:
    """Open to the world, and looking people up before they are known: log-in, password reset, invitations."""

    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        with walls.as_portal():
            return view(request, *args, **kwargs)

    return for_anyone(opened)


def for_unproven(view: View) -> View:
    """For every logged-in person, also for staff that has yet to set up a second factor."""
    return _marked(view, "unproven", lambda user: user.is_staff or bool(memberships(user)))


def for_everyone(view: View) -> View:
    """For every logged-in person; what it shows is narrowed by the lookups below."""
    return _marked(view, "everyone", lambda user: user.is_staff or bool(memberships(user)))


def for_staff(view: View) -> View:
    """For the provider's operators and admins."""
    return _marked(view, "staff", lambda user: user.is_staff)


def for_admin(view: View) -> View:
    """For the provider's admins."""
    return _marked(view, "admin", lambda user: user.staff_role == User.StaffRole.ADMIN)


def for_customer(view: View) -> View:
    """For the people of a customer."""
    return _marked(view, "customer", lambda user: bool(memberships(user)))


def for_agreeing(view: View) -> View:
    """For those who may agree on something: the provider's admins and the customers' owners."""
    return _marked(view, "agreeing", lambda user: user.staff_role == User.StaffRole.ADMIN or _owns_any(user))


def for_accountable(view: View) -> View:
    """For those who answer for what was done: the provider's staff and the customers' owners."""
    return _marked(view, "accountable", lambda user: user.is_staff or _owns_any(user))


def _owns_any(user: User) -> bool:
    return bool(owned(user))


def _marked(view: View, audience: str, admits: Callable[[User], bool]) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not admits(request.user):
            raise Http404
        if audience != "unproven" and not is_proven(request):
            return redirect("second-factor")
        if request.headers.get("HX-Request") != "true":
            # What a page renews by itself is not its reader's doing.
            request.session.note_activity()
        return view(request, *args, **kwargs)

    checked.audience = audience
    return checked


def is_proven(request: HttpRequest) -> bool:
    """Whether the session may do more than set up a second factor: staff must have proved one."""
    return not request.user.is_staff or has_factor(request)


def has_factor(request: HttpRequest) -> bool:
    """Whether the session was begun with a second factor."""
    proved = request.session.get("factor")
    # Only a session that no door of ours began says nothing of its factor, as in tests.
    return second_factors.has_any(request.user) if proved is None else bool(proved)


def ask_again(request: HttpRequest, back: str = "", keep: dict[str, str] | None = None) -> HttpResponse | None:
    """The way to proving oneself once more, and then `back`; nothing for a session that did so lately.

    What was typed is kept for that page, which asks for it as `unsent`.
    """
    if time.time() - request.session.get("proven_at", 0) <= FRESH_SECONDS:
        return None
    if keep:
        request.session["unsent"] = {"back": back, **keep}
    back = back or (request.get_full_path() if request.method == "GET" else resolve_url("account"))
    return redirect(f"{resolve_url('confirm')}?{urlencode({'next': back})}")


def memberships(user: User) -> list[Member]:
    """The user's places in customers; a session's user brought them along, another's are read once."""
    if not hasattr(user, "_memberships"):
        if hasattr(user, "places"):
            user._memberships = [Member(user=user, **place) for place in user.places]
        else:
            user._memberships = list(user.memberships.filter(customer__closed_at=None).order_by("customer_id"))
    return user._memberships


def visible_customers(user: User) -> QuerySet[Customer]:
    """Every customer for staff, their own for customers' people."""
    if user.is_staff:
        return Customer.objects.all()
    return Customer.objects.filter(pk__in=[member.customer_id for member in memberships(user)])


def visible_environments(user: User) -> QuerySet[Environment]:
    """Every environment for staff, those of their own customers for customers' people."""
    if user.is_staff:
        return Environment.objects.all()
    return Environment.objects.filter(customer_id__in=[member.customer_id for member in memberships(user)])


def customer_for(user: User, customer_id: int, **known: Expression) -> Customer:
    """The customer, or 404 when it does not exist for this user; `known` names what else to bring along."""
    return found(visible_customers(user).filter(pk=customer_id).annotate(**known))


def environment_for(user: User, environment_id: int) -> Environment:
    """The environment with its customer and standing, or 404 when it does not exist for this user."""
    return found(visible_environments(user).select_related("customer", "standing").filter(pk=environment_id))


def look_at(user: User, environment_id: int, at: dt.datetime) -> news.Look:
    """Whether anything of the environment is new, or 404 when it does not exist for this user."""
    theirs = None if user.is_staff else [member.customer_id for member in memberships(user)]
    seen = news.look(environment_id, theirs, at)
    if seen is None:
        raise Http404
    return seen


def owned(user: User) -> set[int]:
    """The customers that the user answers for as an owner."""
    return {member.customer_id for member in memberships(user) if member.role == Member.Role.OWNER}


def may_agree(user: User, customer_id: int) -> bool:
    """Whether this person may agree on something for this customer: admins for the provider, its owners for it."""
    if user.is_staff:
        return user.staff_role == User.StaffRole.ADMIN
    return customer_id in owned(user)


def customer_to_agree(user: User, customer_id: int) -> Customer:
    """The customer, or 404 when it does not exist for this user or somebody else agrees on it."""
    if not may_agree(user, customer_id):
        raise Http404
    return customer_for(user, customer_id)


def contact_to_agree(user: User, contact_id: int) -> Contact:
    """The contact with its customer, or 404 when it does not exist for this user or somebody else agrees on it."""
    rows = Contact.objects.filter(removed_at=None, customer__in=visible_customers(user))
    contact = found(rows.select_related("customer", "environment").filter(pk=contact_id))
    if not may_agree(user, contact.customer_id):
        raise Http404
    return contact


def contact_channel_to_agree(user: User, contact_channel_id: int) -> ContactChannel:
    """The channel with its contact and customer, or 404 as for the contact."""
    rows = ContactChannel.objects.filter(customer__in=visible_customers(user))
    channel = found(rows.select_related("customer", "contact").filter(pk=contact_channel_id))
    if not may_agree(user, channel.customer_id):
        raise Http404
    return channel


def logbook_of(user: User) -> QuerySet[LogbookEntry]:
    """Every entry for staff, those of their own customers for owners."""
    if user.is_staff:
        return LogbookEntry.objects.all()
    return LogbookEntry.objects.filter(customer__in=owned(user))


def message_for(user: User, message_id: int) -> Message:
    """A message with its customer and reader, or 404; what was said to others is read by staff alone."""
    rows = Message.objects.select_related("customer", "contact", "user").filter(pk=message_id)
    return found(rows if user.is_staff else rows.none())


def owned_customers(user: User) -> list[Customer]:
    """The customers whose people this person manages as an owner."""
    mine = owned(user)
    return list(visible_customers(user).filter(pk__in=mine).order_by("kana", "pk")) if mine else []


def environment_to_agree(user: User, environment_id: int) -> Environment:
    """The environment, or 404 when it does not exist for this user or somebody else agrees on it."""
    environment = environment_for(user, environment_id)
    if not may_agree(user, environment.customer_id):
        raise Http404
    return environment


def onboarding_for(user: User, onboarding_id: int) -> Onboarding:
    """What is being taken on, with its customer, plan and environment; 404 for whoever is no admin."""
    rows = Onboarding.objects.select_related("customer", "plan", "environment", "environment__customer")
    admin = user.staff_role == User.StaffRole.ADMIN
    return found((rows if admin else rows.none()).filter(pk=onboarding_id))


def found(rows: QuerySet):
    """The only row, or Http404: what is foreign looks like what is missing."""
    row = rows.first()
    if row is None:
        raise Http404
    return row
