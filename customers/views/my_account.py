"""One's own account: second factors, password, where one is logged in."""

import time
from functools import partial

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import access, devices, logins, passwords, second_factors, sessions
from customers.access import for_everyone, for_unproven
from customers.account_forms import ChangePasswordForm, ConfirmForm, FirstPasswordForm
from customers.known_browsers import Known
from customers.views.doors import cookie_of, freshly_proven, remember_browser, said, wanted
from opsportal import business_time
from opsportal.web.addresses import address_of
from opsportal.web.pages import render_page, toast


@for_everyone
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything that concerns one's own log-in."""
    user = request.user
    browsers = [(session, devices.name_of(session.device)) for session in sessions.open_sessions(user)]
    context = {
        "factors": second_factors.factors_of(user),
        "browsers": browsers,
        "this": request.session.row_key,
        "has_password": user.has_usable_password(),
        "owned": access.owned_customers(user),
    }
    return render_page(request, "customers/account/page.html", context)


@for_unproven
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove oneself once more before a change that would let somebody else in."""
    user = request.user
    form = ConfirmForm(request.POST or None)
    if form.is_valid():
        trouble = _trouble_with(request, form.cleaned_data["password"])
        if not trouble:
            request.session["proven_at"] = int(time.time())
            return redirect(wanted(request))
        form.add_error("password", trouble)
    context = {
        "form": form,
        "next": wanted(request),
        "has_password": user.has_usable_password(),
        "has_passkey": user.passkeys.exists(),
    }
    return render_page(request, "customers/account/confirm.html", context)


def _trouble_with(request: HttpRequest, password: str) -> str:
    """What is wrong with the password that somebody logged in gives as theirs; a session alone may not guess it."""
    answer = logins.check_password(
        email=request.user.email,
        password=password,
        at=business_time.now(),
        address=address_of(request),
        cookie=cookie_of(request),
    )
    if answer.user == request.user:
        return ""
    return said(answer.refusal) if answer.refusal else _("This is not your password.")


@for_everyone
@freshly_proven
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Set another password, or a first one; every other session ends."""
    user = request.user
    form = FirstPasswordForm(user, request.POST or None)
    if user.has_usable_password():
        form = ChangePasswordForm(user, request.POST or None, partial(_trouble_with, request))
    if form.is_valid():
        passwords.change(
            user=user, password=form.cleaned_data["new_password1"], at=business_time.now(), address=address_of(request)
        )
        update_session_auth_hash(request, user)
        sessions.end_all(user, but=request.session.row_key)
        toast(request, _("The password is changed. Everywhere else you are logged out."))
        return remember_browser(request, redirect("account"), user, Known.LOGGED_IN)
    return render_page(request, "customers/account/password.html", {"form": form})


@for_everyone
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """Log out another browser."""
    at, address = business_time.now(), address_of(request)
    if sessions.end(user=request.user, row_key=request.POST.get("session", ""), at=at, address=address):
        toast(request, _("That browser is logged out."))
    return redirect("account")


@for_everyone
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Log out every other browser."""
    sessions.end_others(
        user=request.user, row_key=request.session.row_key, at=business_time.now(), address=address_of(request)
    )
    toast(request, _("Everywhere else you are logged out."))
    return redirect("account")
