"""Backups of an environment."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access, resources
from customers.access import for_everyone
from customers.models import Poll
from customers.sight import sight_by
from maintenance import directory
from opsportal import business_time
from opsportal.web.pages import nothing_new, render_page, unchanged


@for_everyone
@require_safe
def backup_list(request: HttpRequest, environment_id: int) -> HttpResponse:
    """Every backup that AWS has now, of one server or database or of all, newest first."""
    at = business_time.now()
    look = access.look_at(request.user, environment_id, at)
    if nothing_new(request, look.version):
        return unchanged()
    environment = access.environment_for(request.user, environment_id)
    things = [*resources.servers_of(environment), *resources.databases_of(environment)]
    of = request.GET.get("of", "")
    of = of if of in {thing.aws_id for thing in things} else ""
    page = directory.page_of_backups(environment, of, request.GET.get("after", ""))
    context = {"environment": environment, "version": look.version, "page": page, "of": of, "things": things}
    context["sight"] = sight_by(environment, Poll.Reading.BACKUPS, at)
    return render_page(request, "maintenance/backups/list.html", context, part="rows")
