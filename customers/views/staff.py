"""The provider's own people, as its admins manage them."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers import emergency_access, invitations, logins, staff
from customers.access import ask_again, for_admin
from customers.models import User
from customers.people_forms import EmergencyForm, InviteForm
from customers.views.doors import freshly_proven, number_in, said, unsent
from opsportal import business_time
from opsportal.web.addresses import address_of
from opsportal.web.pages import render_page, toast


@for_admin
@require_http_methods(["GET", "HEAD", "POST"])
def staff_list(request: HttpRequest) -> HttpResponse:
    """Who works here, who is invited, and inviting another colleague."""
    form = InviteForm(request.POST or None, staff=True, initial=unsent(request))
    if form.is_valid():
        if asked := ask_again(request, request.path, form.cleaned_data):
            return asked
        if refusal := invitations.count_try(by=request.user, email=form.cleaned_data["email"]):
            form.add_error("email", said(refusal))
    if form.is_valid():
        try:
            invited = invitations.invite(**form.invited(), staff_role=form.cleaned_data["role"], **_who(request))
            toast(request, _("Invited: %(name)s. The mail is on its way.") % {"name": invited.name})
            return redirect("staff")
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "form": form,
        "colleagues": staff.everybody(),
        "invited": invitations.open_invitations(None),
        "roles": [choice for choice in User.StaffRole.choices if choice[0]],
        "at": business_time.now(),
        "emergencies": len(emergency_access.waiting(business_time.now())),
    }
    return render_page(request, "customers/staff/page.html", context)


@for_admin
@require_POST
@freshly_proven
def change_colleague(request: HttpRequest) -> HttpResponse:
    """Another role, the end of a log-in, or its return."""
    known = {"user_id": number_in(request, "person"), **_who(request)}
    if "close" in request.POST:
        return _done(request, lambda: staff.close(**known), _("The log-in of %(name)s is closed, every session ended."))
    if "reopen" in request.POST:
        return _done(request, lambda: staff.reopen(**known), _("%(name)s may log in again."))
    role = request.POST.get("role", "")
    return _done(request, lambda: staff.change_role(role=role, **known), _("%(name)s has another role now."))


@for_admin
@require_POST
def change_staff_invitation(request: HttpRequest) -> HttpResponse:
    """Send an invitation again, or withdraw it."""
    found = invitations.open_invitations(None).filter(pk=number_in(request, "invitation")).first()
    if found is None:
        toast(request, _("This invitation is no longer open. Look at the list again."), "watch")
    elif "withdraw" in request.POST:
        invitations.withdraw(invitation=found, **_who(request))
        toast(request, _("Withdrawn: the link no longer works."))
    elif refusal := invitations.count_try(by=request.user, email=found.email):
        toast(request, said(refusal), "watch")
    else:
        invitations.send_again(invitation=found, **_who(request))
        toast(request, _("Sent again, with a new link. The old one no longer works."))
    return redirect("staff")


@for_admin
@freshly_proven
@require_http_methods(["GET", "HEAD", "POST"])
def emergencies(request: HttpRequest) -> HttpResponse:
    """Ask for emergency access for somebody who lost every second factor; what waits for a second admin."""
    form = EmergencyForm(request.POST or None)
    if form.is_valid():
        user = logins.person_named(form.cleaned_data["email"].strip())
        try:
            if user is None:
                words = _("Nobody with an open log-in has this address.")
                raise ValidationError({"email": words})
            emergency_access.ask(user=user, reason=form.cleaned_data["reason"], **_who(request))
            toast(request, _("Asked for. Now a second admin has to confirm on this page."))
            return redirect("emergencies")
        except ValidationError as error:
            form.add_error(None if hasattr(error, "error_dict") else "email", error)
    at = business_time.now()
    context = {"form": form, "waiting": emergency_access.waiting(at)}
    context["too_new"] = emergency_access.too_new(request.user, at)
    return render_page(request, "customers/staff/emergencies.html", context)


@for_admin
@require_POST
@freshly_proven
def answer_emergency(request: HttpRequest) -> HttpResponse:
    """The second admin confirms, or somebody withdraws."""
    known = {"access_id": number_in(request, "access"), **_who(request)}
    try:
        if "withdraw" in request.POST:
            emergency_access.withdraw(**known)
            toast(request, _("Withdrawn."))
        else:
            access = emergency_access.confirm(**known)
            words = _("%(name)s can log in once by password alone within the hour.")
            toast(request, words % {"name": access.user.name})
    except ValidationError as error:
        toast(request, error.messages[0], "watch")
    return redirect("emergencies")


def _who(request: HttpRequest) -> dict:
    return {"at": business_time.now(), "by": request.user, "address": address_of(request)}


def _done(request: HttpRequest, act: Callable[[], User], words: str) -> HttpResponse:
    try:
        toast(request, words % {"name": act().name})
    except ValidationError as error:
        toast(request, error.messages[0], "watch")
    return redirect("staff")
