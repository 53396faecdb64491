"""Accepting an invitation: the page behind the link in the mail."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from customers import devices, invitations, passkeys
from customers.access import at_the_door
from customers.invitations import NotOpenError, PasskeyMade
from customers.models import Invitation, Session, User
from customers.people_forms import AcceptForm
from customers.views.doors import let_in, origin_of
from opsportal import business_time
from opsportal.web.addresses import address_of
from opsportal.web.pages import render_page, toast


@at_the_door
@never_cache
@sensitive_post_parameters("password", "answer")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say who invites to what; the person chooses a passkey or a password, and is in."""
    try:
        found = invitations.find(token, business_time.now())
        known = invitations.known_user(found)
        if known:
            return _join(request, token, found, known)
        form = AcceptForm(request.POST if request.method == "POST" else None, found)
        if form.is_valid() and (person := _accepted(request, found, form)):
            if form.cleaned_data["answer"]:
                return let_in(request, person, Session.Factor.PASSKEY, resolve_url("recovery-codes"))
            return let_in(request, person, Session.Factor.NONE, resolve_url("second-factor"))
    except NotOpenError as error:
        return _closed(request, error)
    return _page(request, token, found, {"form": form})


def _accepted(request: HttpRequest, found: Invitation, form: AcceptForm) -> User | None:
    """The new person; None with the reason at the field."""
    data, passkey = form.cleaned_data, None
    if data["answer"]:
        name = devices.name_of(request.headers.get("User-Agent", "")) or _("Passkey")
        state = request.session.pop("passkey", {})
        passkey = PasskeyMade(name, data["answer"], state, origin_of(request))
    try:
        return invitations.accept(
            invitation=found,
            name=data["name"],
            password=data["password"] or None,
            passkey=passkey,
            at=business_time.now(),
            address=address_of(request),
        )
    except passkeys.WrongAnswerError:
        form.add_error(None, _("The device's answer did not fit. Press the button again."))
    except ValidationError as error:
        form.add_error(None, error)
    return None


def _join(request: HttpRequest, token: str, found: Invitation, known: User) -> HttpResponse:
    """Somebody who logs in already, for another customer: joins with that log-in."""
    own = request.user.is_authenticated and request.user.pk == known.pk
    if request.method == "POST" and own:
        try:
            invitations.accept_as(
                invitation=found, user=request.user, at=business_time.now(), address=address_of(request)
            )
            toast(request, _("Accepted."))
            return redirect("home")
        except ValidationError as error:
            return _page(request, token, found, {"known": known, "own": own, "trouble": error.messages[0]})
    return _page(request, token, found, {"known": known, "own": own})


@at_the_door
@never_cache
@require_POST
def ask_invited_passkey(request: HttpRequest, token: str) -> HttpResponse:
    """What the browser has to ask of the invited person's device."""
    try:
        found = invitations.find(token, business_time.now())
    except NotOpenError as error:
        return JsonResponse({"word": error.word}, status=410)
    name = " ".join(request.POST.get("name", "").split())[:80] or found.name
    options, state = passkeys.ask_for_new(person=found.email, name=name, origin=origin_of(request), known=[])
    request.session["passkey"] = state
    return JsonResponse(options)


def _page(request: HttpRequest, token: str, found: Invitation, context: dict) -> HttpResponse:
    return render_page(request, "customers/login/invitation.html", {"invitation": found, "token": token, **context})


def _closed(request: HttpRequest, error: NotOpenError) -> HttpResponse:
    context = {"word": error.word, "invitation": error.invitation}
    response = render_page(request, "customers/login/invitation_closed.html", context)
    response.status_code = 410
    return response
