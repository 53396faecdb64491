"""How the portal looks and speaks."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from customers import preferences
from customers.access import for_anyone
from opsportal.web.middleware import THEME_COOKIE

A_YEAR = 365 * 24 * 60 * 60


@for_anyone
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Speak another language, on this browser and wherever the user logs in."""
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
        if request.user.is_authenticated:
            preferences.choose_language(request.user, language)
    return response


@for_anyone
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Look light, dark, or as the device does."""
    theme = request.POST.get("theme", "")
    response = _back(request)
    if theme in preferences.THEMES:
        _keep(response, THEME_COOKIE, theme)
        if request.user.is_authenticated:
            preferences.choose_theme(request.user, theme)
    return response


def _back(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if safe else "home")


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=A_YEAR, secure=settings.TLS, httponly=True, samesite="Lax")
