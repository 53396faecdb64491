"""Logging in through the staff directory: there and back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers import logins, staff_directory
from customers.access import at_the_door
from customers.models import Session
from customers.staff_directory import DirectoryError
from customers.views.doors import let_in, origin_of, wanted
from customers.views.logins import ask_second_step, login_trouble
from opsportal import business_time
from opsportal.web.addresses import address_of


@at_the_door
@never_cache
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Send the browser to the directory."""
    if not staff_directory.is_on():
        raise Http404
    try:
        address, kept = staff_directory.ask(_back(request))
    except DirectoryError as error:
        return login_trouble(request, _said(error))
    request.session["directory"] = {**kept, "next": wanted(request)}
    return redirect(address)


@at_the_door
@never_cache
@require_safe
def directory_back(request: HttpRequest) -> HttpResponse:
    """The browser comes back; the portal asks the directory itself who that is."""
    if not staff_directory.is_on():
        raise Http404
    at, origin = business_time.now(), address_of(request)
    kept = request.session.pop("directory", {})
    if refusal := logins.count_directory(at=at, address=origin):
        return login_trouble(request, refusal)
    try:
        found = staff_directory.find(
            code=request.GET.get("code", ""), state=request.GET.get("state", ""), kept=kept, back=_back(request)
        )
    except DirectoryError as error:
        logins.write_failure("directory-failed", email="", at=at, address=origin)
        return login_trouble(request, _said(error))
    logins.forget_directory_tries(origin)
    going = wanted(request, kept["next"])
    if not found.strong and logins.needs_second_factor(found.user):
        return ask_second_step(request, found.user, going)
    return let_in(request, found.user, Session.Factor.DIRECTORY if found.strong else Session.Factor.NONE, going)


def _back(request: HttpRequest) -> str:
    return f"{origin_of(request)}{reverse('directory-back')}"


def _said(error: DirectoryError) -> str:
    if error.word == "unreachable":
        return _("The staff directory does not answer. Log in with mail address and password, or try again later.")
    if error.word == "unknown-person":
        return _("The directory knows you, but you have no log-in here. Ask an admin for an invitation.")
    return _("The directory's answer does not hold. Begin again.")
