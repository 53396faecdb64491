"""Pages, their parts that refresh, and short words to the one who just did something."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest) -> bool:
    """Whether only the part that a page wants to renew is asked for, not the whole page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request and htmx.request_type != "full"


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, part: str | None = None
) -> HttpResponse:
    """The page, or its named part (a `{% partialdef %}` of the same template) when only that is asked for."""
    name = f"{template}#{part}" if part and wants_part(request) else template
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_part(request: HttpRequest, template: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """Only the part, whoever asks."""
    return render(request, f"{template}#{part}", context)


def nothing_new(request: HttpRequest, version: int | str) -> bool:
    """Whether the viewer's page already shows this version."""
    return request.GET.get("seen") == str(version)


def unchanged() -> HttpResponse:
    """The answer that leaves the page as it is."""
    return HttpResponse(status=204)


def toast(request: HttpRequest, text: str, state: str = "ok") -> None:
    """Say something on the next page, once; `state` is ok, watch or act."""
    messages.add_message(request, messages.INFO, text, extra_tags=state)
