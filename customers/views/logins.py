"""Logging in and out: password, second factor, passkey."""

import time

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from customers import logins, passkeys, staff_directory
from customers.access import at_the_door, for_anyone
from customers.account_forms import CodeForm, LoginForm
from customers.attempts import Refusal
from customers.models import Session, User
from customers.views.doors import cookie_of, let_in, origin_of, said, wanted
from opsportal import business_time
from opsportal.web.addresses import address_of
from opsportal.web.pages import render_page

Trouble = str | Refusal
# Between password and second factor.
PENDING_SECONDS = 10 * 60
_MISMATCH = gettext_lazy("Mail address and password do not match. The password tells small and capital letters apart.")


@at_the_door
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The first step: mail address and password, or a passkey, or the staff directory."""
    if request.user.is_authenticated:
        return redirect(wanted(request))
    if request.method != "POST":
        return _login_page(request, LoginForm())
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _login_page(request, form)
    at, address = business_time.now(), address_of(request)
    email, password = form.cleaned_data["username"], form.cleaned_data["password"]
    cookie = cookie_of(request)
    answer = logins.check_password(email=email, password=password, at=at, address=address, cookie=cookie)
    if answer.user is None:
        return _login_page(request, form, answer.refusal or _MISMATCH)
    return _after_password(request, answer.user)


def _after_password(request: HttpRequest, user: User) -> HttpResponse:
    at, address = business_time.now(), address_of(request)
    if logins.needs_second_factor(user) and not logins.let_in_for_emergency(user=user, at=at, address=address):
        return ask_second_step(request, user, wanted(request))
    return let_in(request, user, Session.Factor.NONE, wanted(request))


def ask_second_step(request: HttpRequest, user: User, going: str) -> HttpResponse:
    """Remember, in this browser and for some minutes, that the first step went well."""
    mark = user.get_session_auth_hash()
    request.session["pending"] = {"user": user.pk, "at": int(time.time()), "hash": mark, "next": going}
    return redirect("second-step")


def login_trouble(request: HttpRequest, why: Trouble) -> HttpResponse:
    """The log-in page, saying why another way in did not open."""
    return _login_page(request, LoginForm(), why)


@at_the_door
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the app or a recovery code, or a passkey."""
    user = _pending(request)
    if user is None:
        return redirect("login")
    if request.method != "POST":
        return _second_page(request, user, CodeForm())
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _second_page(request, user, form)
    proved = logins.check_second_factor(
        user=user,
        code=form.cleaned_data["code"],
        at=business_time.now(),
        address=address_of(request),
        cookie=cookie_of(request),
    )
    if isinstance(proved, Refusal):
        return _second_page(request, user, form, proved)
    if not proved:
        form.add_error("code", _("This code does not fit. Codes change every 30 seconds, and each works once."))
        return _second_page(request, user, form)
    return let_in(request, user, proved, wanted(request, request.session["pending"]["next"]))


@at_the_door
@never_cache
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser has to ask of a passkey."""
    options, state = passkeys.ask(origin=origin_of(request), user=_pending(request))
    request.session["passkey"] = state
    return JsonResponse(options)


@at_the_door
@never_cache
@require_POST
def answer_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey's answer: it proves possession and finger, face or PIN at once, so it needs no second step."""
    at, address, pending = business_time.now(), address_of(request), _pending(request)
    state = request.session.pop("passkey", None)
    if refusal := logins.count_passkey(at=at, address=address):
        return _passkey_refused(request, pending, refusal)
    try:
        if state is None:
            raise passkeys.WrongAnswerError("nothing was asked")
        answer = request.POST.get("answer", "")
        passkey = passkeys.recognise(answer=answer, state=state, origin=origin_of(request), at=at)
        if not logins.may_log_in(passkey) or (pending and pending.pk != passkey.user_id):
            raise passkeys.WrongAnswerError("the passkey of somebody else")
    except passkeys.WrongAnswerError:
        logins.write_failure("passkey-failed", email=pending.email if pending else "", at=at, address=address)
        why = _("The passkey was not recognised. Try again, or log in with your mail address and password.")
        return _passkey_refused(request, pending, why)
    logins.forget_passkey_tries(address)
    going = wanted(request, request.session["pending"]["next"] if pending else "")
    return let_in(request, passkey.user, Session.Factor.PASSKEY, going)


def _passkey_refused(request: HttpRequest, pending: User | None, why: Trouble) -> HttpResponse:
    return _second_page(request, pending, CodeForm(), why) if pending else _login_page(request, LoginForm(), why)


@for_anyone
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Log out."""
    if request.user.is_authenticated:
        logins.note_log_out(user=request.user, at=business_time.now(), address=address_of(request))
    logout(request)
    return redirect("login")


def _pending(request: HttpRequest) -> User | None:
    """Whose password was right a moment ago in this browser."""
    pending = request.session.get("pending")
    if not pending or time.time() - pending["at"] > PENDING_SECONDS:
        return None
    return logins.still_pending(pending["user"], pending["hash"])


def _login_page(request: HttpRequest, form: LoginForm, trouble: Trouble = "") -> HttpResponse:
    context = {"form": form, "next": wanted(request), "directory": staff_directory.is_on()}
    return _page(request, "customers/login/page.html", context, trouble)


def _second_page(request: HttpRequest, user: User, form: CodeForm, trouble: Trouble = "") -> HttpResponse:
    context = {"form": form, "person": user, "has_passkey": user.passkeys.exists()}
    return _page(request, "customers/login/second_step.html", context, trouble)


def _page(request: HttpRequest, template: str, context: dict, trouble: Trouble) -> HttpResponse:
    refused = isinstance(trouble, Refusal)
    response = render_page(request, template, {**context, "trouble": said(trouble) if refused else trouble})
    if refused:
        response.status_code = 429
        response["Retry-After"] = str(trouble.seconds)
    return response
