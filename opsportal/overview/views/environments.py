"""One environment on one page."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access, sight
from customers.access import for_everyone
from opsportal import business_time
from opsportal.overview.picture import AT_ONCE, PARTS, Picture
from opsportal.web.pages import nothing_new, render_page, render_part, unchanged
from opsportal.web.words import number

PAGE = "overview/environments/page.html"


@for_everyone
@require_safe
def environment(request: HttpRequest, environment_id: int) -> HttpResponse:
    """How an environment stands: duty board, needs, notices, backups, servers and databases, readings."""
    at = business_time.now()
    found = access.environment_for(request.user, environment_id, version=sight.version(at))
    picture = Picture(found, request.user, at)
    context: dict = {}
    for part in AT_ONCE:
        context |= picture.part(part)
    return render_page(request, PAGE, context)


@for_everyone
@require_safe
def environment_part(request: HttpRequest, environment_id: int, part: str) -> HttpResponse:
    """One part of the page; without news only the ages of the readings are told."""
    if part not in PARTS:
        raise Http404
    at = business_time.now()
    found = access.environment_for(request.user, environment_id, version=sight.version(at), moments=sight.moments())
    fresh = nothing_new(request, found.version)
    response = unchanged() if fresh else render_part(request, PAGE, part, Picture(found, request.user, at).part(part))
    if part == "board":
        # The board looks for everybody: with news the other parts follow, without only ages and figures move.
        news = {"ages": sight.ages(found.moments), "figures": {"site-ms": number(found.standing.site_ms)}}
        response["HX-Trigger"] = json.dumps(news if fresh else {**news, "environment-changed": {}})
    return response
