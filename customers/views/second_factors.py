"""Setting up and taking away what one proves oneself with beside the password."""

import io

import qrcode
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from qrcode.image.svg import SvgPathImage

from customers import devices, passkeys, second_factors, sessions
from customers.access import for_everyone, for_unproven, is_proven
from customers.account_forms import AppCodeForm, PasskeyForm
from customers.models import Session
from customers.views.doors import freshly_proven, origin_of, said
from opsportal import business_time
from opsportal.web.addresses import address_of
from opsportal.web.pages import render_page, toast


@for_unproven
@freshly_proven
@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Choose between a passkey and an authenticator app."""
    return _setup_page(request, PasskeyForm(initial={"name": _device_guess(request)}))


@for_unproven
@freshly_proven
@require_POST
def ask_new_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser has to ask of the device that is to keep the passkey."""
    user = request.user
    options, state = passkeys.ask_for_new(
        person=user.email, name=user.name, origin=origin_of(request), known=second_factors.factors_of(user).passkeys
    )
    request.session["passkey"] = state
    return JsonResponse(options)


@for_unproven
@freshly_proven
@require_POST
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that the device made."""
    if _outrun(request):
        return redirect("login")
    form = PasskeyForm(request.POST)
    if not form.is_valid():
        return _setup_page(request, form)
    state = request.session.pop("passkey", None)
    first = not second_factors.has_any(request.user)
    try:
        if state is None:
            raise passkeys.WrongAnswerError("nothing was asked")
        passkeys.add(
            user=request.user,
            name=form.cleaned_data["name"],
            answer=form.cleaned_data["answer"],
            state=state,
            origin=origin_of(request),
            at=business_time.now(),
            address=address_of(request),
        )
    except passkeys.WrongAnswerError:
        form.add_error(None, _("The device's answer did not fit. Press the button again."))
        return _setup_page(request, form)
    return _added(request, Session.Factor.PASSKEY, first)


@for_unproven
@freshly_proven
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up_app(request: HttpRequest) -> HttpResponse:
    """Let an authenticator app read the picture, and confirm it by a first code."""
    user = request.user
    if _outrun(request):
        return redirect("login")
    if second_factors.factors_of(user).app:
        toast(request, _("You use an authenticator app already. Remove it first to set up another one."), "watch")
        return redirect("account")
    form = AppCodeForm(request.POST or None)
    if form.is_valid():
        if refusal := second_factors.count_try(user):
            form.add_error("code", said(refusal))
        else:
            first = not second_factors.has_any(user)
            code, at = form.cleaned_data["code"], business_time.now()
            begun = request.session.get("begun_app", "")
            if second_factors.confirm_app(user=user, begun=begun, code=code, at=at, address=address_of(request)):
                request.session.pop("begun_app")
                return _added(request, Session.Factor.APP, first)
            form.add_error(
                "code", _("These digits do not fit. Wait for the next ones; the phone's clock must be right.")
            )
    app = second_factors.begin_app(user, request.session.get("begun_app", ""))
    request.session["begun_app"], seed = app.key, app.seed
    address = second_factors.app_address(user, seed, _("Operations portal"))
    spaced = " ".join(seed[place : place + 4] for place in range(0, len(seed), 4))
    context = {"form": form, "picture": _picture(address), "seed": spaced, "address": address}
    return render_page(request, "customers/account/set_up_app.html", context)


@for_everyone
@freshly_proven
@require_POST
def remove_factor(request: HttpRequest) -> HttpResponse:
    """Take a passkey or the app out of use; staff keep at least one."""
    user, factors = request.user, second_factors.factors_of(request.user)
    if user.is_staff and len(factors.passkeys) + bool(factors.app) <= 1:
        toast(request, _("This is your last second factor, and staff need one. Set up another one first."), "watch")
        return redirect("account")
    at, address = business_time.now(), address_of(request)
    given = request.POST.get("passkey", "")
    if given.isdecimal() and len(given) < 19:
        removed = second_factors.remove_passkey(user=user, passkey_id=int(given), at=at, address=address)
    else:
        removed = second_factors.remove_app(user=user, at=at, address=address)
    if removed:
        toast(request, _("Removed. It no longer opens anything."))
    return redirect("account")


@for_everyone
@freshly_proven
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make recovery codes; they are shown in this one answer."""
    factors = second_factors.factors_of(request.user)
    if not factors.any:
        return redirect("second-factor")
    codes = []
    if request.method == "POST":
        codes = second_factors.make_codes(user=request.user, at=business_time.now(), address=address_of(request))
    return render_page(request, "customers/account/recovery_codes.html", {"codes": codes, "factors": factors})


def _setup_page(request: HttpRequest, form: PasskeyForm) -> HttpResponse:
    if _outrun(request):
        return redirect("login")
    factors = second_factors.factors_of(request.user)
    context = {"form": form, "factors": factors, "required": not is_proven(request)}
    return render_page(request, "customers/account/second_factor.html", context)


def _outrun(request: HttpRequest) -> bool:
    """A session that never proved a second factor, of a person who has got one meanwhile: it may not add another."""
    if is_proven(request) or not second_factors.has_any(request.user):
        return False
    logout(request)
    return True


def _added(request: HttpRequest, factor: str, first: bool) -> HttpResponse:
    """The session has now proved it; with a first factor, sessions that never did are over."""
    if first:
        request.session["factor"] = str(factor)
        request.session.cycle_key()
        sessions.end_all(request.user, but=request.session.row_key)
        return redirect("recovery-codes")
    toast(request, _("Set up. From now on it opens the portal."))
    return redirect("account")


def _picture(address: str) -> str:
    """The address as a QR code, drawn without inline style, which our content policy refuses."""
    drawn = io.BytesIO()
    code = qrcode.QRCode(border=2)
    code.add_data(address)
    code.make(fit=True)
    image = code.make_image(image_factory=SvgPathImage)
    image.save(drawn)
    text = drawn.getvalue().decode()
    return mark_safe(text[text.index("<svg") :].replace("<svg ", '<svg class="qr" aria-hidden="true" ', 1))


def _device_guess(request: HttpRequest) -> str:
    return devices.name_of(request.headers.get("User-Agent", "")).rpartition("·")[2].strip()
