"""What belongs to one environment and to this app: its charts, observations, readings."""

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access, board, metrics, observations, readings
from customers.access import for_everyone
from opsportal import business_time
from opsportal.web.pages import nothing_new, render_page, unchanged


@for_everyone
@require_safe
def charts(request: HttpRequest, environment_id: int) -> HttpResponse:
    """Metrics of every server and database over a span of hours, fetched when somebody looks."""
    environment = access.environment_for(request.user, environment_id)
    hours = metrics.span(request.GET.get("hours", ""))
    drawings = metrics.drawings_of(environment, hours, business_time.now())
    version = metrics.version(drawings)
    if version and nothing_new(request, version):
        return unchanged()
    context = {"environment": environment, "hours": hours, "spans": metrics.SPANS, "drawings": drawings}
    return render_page(request, "customers/environments/charts.html", {**context, "version": version}, part="charts")


@for_everyone
@require_safe
def observation_list(request: HttpRequest, environment_id: int) -> HttpResponse:
    """What changed in the environment, newest first."""
    at = business_time.now()
    look = access.look_at(request.user, environment_id, at)
    if nothing_new(request, look.version):
        return unchanged()
    environment = access.environment_for(request.user, environment_id)
    page = observations.page_of_observations(environment, request.GET.get("after", ""))
    context = {"environment": environment, "version": look.version, "page": page}
    return render_page(request, "customers/environments/observations.html", context, part="rows")


@for_everyone
@require_safe
def reading_list(request: HttpRequest, environment_id: int) -> HttpResponse:
    """How well the portal can read the environment: what was denied, since when, what to add, what it costs."""
    at = business_time.now()
    look = access.look_at(request.user, environment_id, at)
    if nothing_new(request, look.readings_version):
        response = unchanged()
    else:
        environment = access.environment_for(request.user, environment_id)
        healths = readings.healths(board.polls_of(environment), at)
        context = {"environment": environment, "version": look.readings_version}
        context |= {"healths": healths, "costs": readings.costs(healths)}
        response = render_page(request, "customers/environments/readings.html", context, part="readings")
    response["HX-Trigger"] = json.dumps({"ages": look.ages})
    return response
