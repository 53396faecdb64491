"""A forgotten password: asking for a link, and setting a new one by it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from customers import passwords
from customers.access import at_the_door
from customers.account_forms import FirstPasswordForm, ForgottenForm
from customers.known_browsers import Known
from customers.views.doors import remember_browser, said
from opsportal import business_time
from opsportal.web.addresses import address_of
from opsportal.web.pages import render_page


@at_the_door
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Ask for the link; the answer is the same whether or not somebody has that address."""
    form, asked = ForgottenForm(request.POST or None), False
    if form.is_valid():
        refusal = passwords.ask_for_reset(
            email=form.cleaned_data["email"], at=business_time.now(), address=address_of(request)
        )
        if refusal:
            form.add_error("email", said(refusal))
        asked = not refusal
    return render_page(request, "customers/login/forgot.html", {"form": form, "asked": asked})


@at_the_door
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set the new password; logging in still asks for the second factor."""
    user = passwords.person_of_link(uid, token)
    if user is None:
        return _closed(request)
    form = FirstPasswordForm(user, request.POST or None)
    if not form.is_valid():
        return render_page(request, "customers/login/reset.html", {"form": form, "person": user})
    password = form.cleaned_data["new_password1"]
    changed = passwords.reset(
        user=user, token=token, password=password, at=business_time.now(), address=address_of(request)
    )
    if changed is None:
        return _closed(request)
    page = render_page(request, "customers/login/reset.html", {"done": True})
    return remember_browser(request, page, changed, Known.RESET)


def _closed(request: HttpRequest) -> HttpResponse:
    response = render_page(request, "customers/login/reset.html", {"closed": True})
    response.status_code = 410
    return response
