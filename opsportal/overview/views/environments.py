"""One environment on one page."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access
from customers.access import for_everyone
from opsportal import business_time
from opsportal.overview.picture import AT_ONCE, PARTS, Picture
from opsportal.web.pages import nothing_new, render_page, render_part, unchanged

PAGE = "overview/environments/page.html"


@for_everyone
@require_safe
def environment(request: HttpRequest, environment_id: int) -> HttpResponse:
    """How an environment stands: duty board, needs, notices, backups, servers and databases, readings."""
    found = access.environment_for(request.user, environment_id)
    picture = Picture(found, request.user, business_time.now())
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
    found = access.environment_for(request.user, environment_id)
    picture = Picture(found, request.user, business_time.now())
    fresh = nothing_new(request, picture.version)
    response = unchanged() if fresh else render_part(request, PAGE, part, picture.part(part))
    if part == "board":
        # The board looks for everybody: with news the other parts follow, without only the ages move.
        news = {"ages": picture.ages} if fresh else {"ages": picture.ages, "environment-changed": {}}
        response["HX-Trigger"] = json.dumps(news)
    return response
