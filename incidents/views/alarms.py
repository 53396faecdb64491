"""Alarms of an environment."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access
from customers.access import for_everyone
from customers.models import Poll
from customers.sight import sight_by
from incidents import alarms
from opsportal import business_time
from opsportal.web.pages import nothing_new, render_page, unchanged


@for_everyone
@require_safe
def alarm_list(request: HttpRequest, environment_id: int) -> HttpResponse:
    """Every alarm that CloudWatch has for the environment, ringing ones first."""
    at = business_time.now()
    look = access.look_at(request.user, environment_id, at)
    if nothing_new(request, look.version):
        return unchanged()
    environment = access.environment_for(request.user, environment_id)
    context = {"environment": environment, "version": look.version, "alarms": alarms.alarms_of(environment)}
    context["sight"] = sight_by(environment, Poll.Reading.ALARMS, at)
    return render_page(request, "incidents/alarms/list.html", context, part="rows")
