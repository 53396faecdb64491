"""What every request gets: an id to quote, the viewer's language, time zone and theme."""

import re
import uuid
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from opsportal import business_time
from opsportal.web import origin, words
from opsportal.web.addresses import address_of

Answer = Callable[[HttpRequest], HttpResponse]

THEMES = ("light", "dark")
THEME_COOKIE = "theme"
_GIVEN_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class RequestIdMiddleware:
    """Names each request, by the proxy's name when it gave one; error pages and answers carry it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _GIVEN_ID.match(given) else uuid.uuid4().hex[:12]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        return response


class OriginMiddleware:
    """Lets whatever writes down who did something know from where the request comes."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with origin.coming_from(address_of(request)):
            return self.get_response(request)


class ViewerMiddleware:
    """Speaks the viewer's language and shows the viewer's time: the user's own choice, else the browser's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = request.user.is_authenticated
        language = _page_language(request) or (
            request.user.language if known else translation.get_language_from_request(request)
        )
        theme = (request.user.theme if known else "") or request.COOKIES.get(THEME_COOKIE, "")
        request.theme = theme if theme in THEMES else ""
        with (
            translation.override(language),
            timezone.override(words.zone_of(request.user.time_zone if known else None)),
        ):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if request.headers.get("HX-Request") == "true":
            response["X-Portal-Now"] = str(int(business_time.now().timestamp() * 1000))
        patch_vary_headers(response, ["Accept-Language", "Cookie", "X-Page-Language"])
        if known:
            # Not in the browser either: on a shared machine, Back would show the page after its person has left.
            patch_cache_control(response, private=True, no_cache=True, no_store=True)
        return _leave_for_login(request, response) if _lost_session(request, response) else response


def _page_language(request: HttpRequest) -> str:
    """Language of the page that asked for a part of itself, so that a page never mixes two; empty for whole pages."""
    named = request.headers.get("X-Page-Language", "") if request.headers.get("HX-Request") == "true" else ""
    return named if named in dict(settings.LANGUAGES) else ""


def _lost_session(request: HttpRequest, response: HttpResponse) -> bool:
    """A part of a page was asked for after the session had ended."""
    going = response.headers.get("Location", "")
    return request.headers.get("HX-Request") == "true" and going.startswith(resolve_url(settings.LOGIN_URL))


def _leave_for_login(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Send the whole page to log-in and back to where it is, instead of drawing a log-in form inside of it."""
    leaving = HttpResponse(status=204)
    leaving["HX-Redirect"] = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': _page_around(request)})}"
    return leaving


def _page_around(request: HttpRequest) -> str:
    """Path of the page that asked for a part of itself; the first page when the browser named none of ours."""
    try:
        return request.htmx.current_url_abs_path or "/"
    except ValueError:
        return "/"
