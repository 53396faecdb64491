"""What every way in has in common: letting a person in, where they wanted to go, whether they proved it lately."""

import time
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers import attempts, known_browsers, logins, sessions
from customers.access import ask_again
from customers.attempts import Refusal
from customers.known_browsers import Known
from customers.models import User
from opsportal import business_time
from opsportal.web.addresses import address_of

_BACKEND = "customers.backends.PortalBackend"
_SAID_IN_HOURS = 120
_MEANWHILE = {
    attempts.PASSWORD: gettext_lazy(
        "Wrong passwords for this log-in came from many places. You get in without waiting by a passkey, in a browser"
        " in which you have logged in before, or in this one after you set a new password by “Forgot the password?”."
    ),
    attempts.CODE: gettext_lazy(
        "Wrong codes for this log-in came from many places, so somebody knows your password. You get in without"
        " waiting by a passkey, a recovery code, or in a browser in which you have logged in before; then change your"
        " password."
    ),
    attempts.RESET: gettext_lazy("Links were sent to this address lately, and they still work: look into the mailbox."),
    attempts.RESET_FROM_ADDRESS: gettext_lazy(
        "Links were sent to this address lately, and they still work: look into the mailbox."
    ),
}


def let_in(request: HttpRequest, user: User, factor: str, going: str) -> HttpResponse:
    """Begin the person's session and go where they wanted; the only place that does.

    `factor` is empty for a password alone.
    """
    address = address_of(request)
    if request.user.is_authenticated and request.user.pk != user.pk:
        request.session.flush()
    for key in ("pending", "passkey"):
        request.session.pop(key, None)
    auth.login(request, user, backend=_BACKEND)
    span = sessions.span_of(user)
    request.session.update(
        {
            "factor": factor,
            "idle": int(span.idle.total_seconds()),
            "life": int(span.life.total_seconds()),
            "address": address,
            "device": request.headers.get("User-Agent", "")[:200],
            "proven_at": int(time.time()),
        }
    )
    request.session.set_expiry(int(span.life.total_seconds()))
    logins.note_log_in(user=user, factor=factor, at=business_time.now(), address=address)
    return remember_browser(request, redirect(going), user, Known.LOGGED_IN)


def remember_browser(request: HttpRequest, response: HttpResponse, user: User, how: Known) -> HttpResponse:
    """Let the browser keep that this person was here, so that strangers' guesses do not shut it out."""
    response.set_cookie(
        known_browsers.COOKIE,
        known_browsers.with_person(cookie_of(request), user, how),
        max_age=known_browsers.LIFE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def cookie_of(request: HttpRequest) -> str:
    """What the browser keeps of the people who were here."""
    return request.COOKIES.get(known_browsers.COOKIE, "")


def wanted(request: HttpRequest, given: str = "") -> str:
    """Where the person wanted to go, if that is a page of ours; else their first page."""
    address = given or request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else resolve_url("home")


def freshly_proven(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for a session that proved itself lately; others are asked once more and come back."""

    @wraps(view)
    def checked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return ask_again(request) or view(request, *args, **kwargs)

    return checked


def unsent(request: HttpRequest) -> dict[str, str]:
    """What was typed into this page before its person had to prove themself once more."""
    kept = request.session.get("unsent") or {}
    if request.method != "GET" or kept.get("back") != request.path:
        return {}
    return request.session.pop("unsent")


def origin_of(request: HttpRequest) -> str:
    """Scheme, host and port as the browser knows them; the host is one of ALLOWED_HOSTS."""
    return f"{request.scheme}://{request.get_host()}"


def said(refusal: Refusal) -> str:
    """Why it may not be tried now, when again, and what works meanwhile."""
    wait = ngettext(
        "Too many tries. Try again in %(minutes)s minute.",
        "Too many tries. Try again in %(minutes)s minutes.",
        refusal.minutes,
    ) % {"minutes": refusal.minutes}
    if refusal.minutes > _SAID_IN_HOURS:
        wait = _("Too many tries. Try again in %(hours)s hours.") % {"hours": -(-refusal.minutes // 60)}
    return f"{wait} {_MEANWHILE[refusal.limit]}" if refusal.limit in _MEANWHILE else wait


def number_in(request: HttpRequest, field: str) -> int:
    """The row that a button names; 0, which no row has, for anything else."""
    text = request.POST.get(field, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
