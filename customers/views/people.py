"""A customer's people, as the provider's admins and the customer's owners manage them."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers import access, invitations, people
from customers.access import ask_again, for_agreeing
from customers.acting import acting, asked_by, says_for_whom
from customers.models import Customer, Member
from customers.people_forms import InviteForm
from customers.views.doors import number_in, said, unsent
from opsportal import business_time
from opsportal.web.addresses import address_of
from opsportal.web.pages import render_page, toast


@for_agreeing
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def customer_people(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Who logs in, who is invited, and inviting another person."""
    customer = access.customer_to_agree(request.user, customer_id)
    members = people.people_of(customer)
    # Whoever comes after the first owner is rarely another one.
    usual = Member.Role.VIEWER if members else Member.Role.OWNER
    form = InviteForm(request.POST or None, staff=False, initial={"role": usual} | unsent(request))
    if form.is_valid():
        if asked := ask_again(request, request.path, form.cleaned_data):
            return asked
        if refusal := invitations.count_try(by=request.user, email=form.cleaned_data["email"]):
            form.add_error("email", said(refusal))
    if form.is_valid():
        try:
            invited = invitations.invite(
                **form.invited(),
                role=form.cleaned_data["role"],
                customer=customer,
                **_who(request, customer),
            )
            toast(request, _("Invited: %(name)s. The mail is on its way.") % {"name": invited.name})
            return redirect("people", customer.pk)
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "customer": customer,
        "acting": acting(request, customer),
        "form": form,
        "people": members,
        "invited": invitations.open_invitations(customer),
        "roles": Member.Role.choices,
        "at": business_time.now(),
    }
    return render_page(request, "customers/people/page.html", context)


@for_agreeing
@says_for_whom
@require_POST
def change_person(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Give a person another role, or take the log-in for this customer away."""
    customer = access.customer_to_agree(request.user, customer_id)
    if asked := ask_again(request, resolve_url("people", customer.pk)):
        return asked
    known = {"customer": customer, "member_id": number_in(request, "person"), **_who(request, customer)}
    if "remove" in request.POST:
        return _done(request, customer, lambda: people.remove(**known), _("%(name)s no longer logs in here."))
    role = request.POST.get("role", "")
    return _done(request, customer, lambda: people.change_role(role=role, **known), _("%(name)s has another role now."))


@for_agreeing
@says_for_whom
@require_POST
def change_invitation(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Send an invitation again, or withdraw it."""
    customer = access.customer_to_agree(request.user, customer_id)
    found = invitations.open_invitations(customer).filter(pk=number_in(request, "invitation")).first()
    if found is None:
        toast(request, _("This invitation is no longer open. Look at the list again."), "watch")
    elif "withdraw" in request.POST:
        invitations.withdraw(invitation=found, **_who(request, customer))
        toast(request, _("Withdrawn: the link no longer works."))
    elif refusal := invitations.count_try(by=request.user, email=found.email):
        toast(request, said(refusal), "watch")
    else:
        invitations.send_again(invitation=found, **_who(request, customer))
        toast(request, _("Sent again, with a new link. The old one no longer works."))
    return redirect("people", customer.pk)


def _who(request: HttpRequest, customer: Customer) -> dict:
    asked = asked_by(request, customer)
    return {"at": business_time.now(), "by": request.user, "on_behalf_of": asked, "address": address_of(request)}


def _done(request: HttpRequest, customer: Customer, act: Callable[[], Member], words: str) -> HttpResponse:
    try:
        toast(request, words % {"name": act().user.name})
    except ValidationError as error:
        toast(request, error.messages[0], "watch")
    return redirect("people", customer.pk)
