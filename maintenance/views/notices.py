"""Maintenance notices of an environment."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access
from customers.access import for_everyone
from customers.models import Poll
from customers.sight import sight_by
from maintenance import directory
from opsportal import business_time
from opsportal.web.pages import nothing_new, render_page, unchanged


@for_everyone
@require_safe
def notice_list(request: HttpRequest, environment_id: int) -> HttpResponse:
    """Every notice, open and settled, newest first."""
    at = business_time.now()
    look = access.look_at(request.user, environment_id, at)
    if nothing_new(request, look.version):
        return unchanged()
    environment = access.environment_for(request.user, environment_id)
    status = request.GET.get("status", "")
    page = directory.page_of_notices(environment, status, request.GET.get("after", ""))
    context = {"environment": environment, "version": look.version, "page": page, "status": status}
    context["sight"] = sight_by(environment, Poll.Reading.STATUS, at)
    return render_page(request, "maintenance/notices/list.html", context, part="rows")
