"""One environment on one page."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access
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
    at = business_time.now()
    look = access.look_at(request.user, environment_id, at)
    if fresh := nothing_new(request, look.version):
        response = unchanged()
    else:
        found = access.environment_for(request.user, environment_id)
        response = render_part(request, PAGE, part, Picture(found, request.user, at).part(part))
    if part == "board":
        # The board looks for everybody: with news the other parts follow, without only ages and figures move.
        news = {"ages": look.ages, "figures": {"site-ms": number(look.site_ms)}}
        response["HX-Trigger"] = json.dumps(news if fresh else {**news, "environment-changed": {}})
    return response
