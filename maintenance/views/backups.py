"""Backups of an environment."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access, resources
from customers.access import for_everyone
from customers.models import Poll
from customers.sight import sight_by
from maintenance import directory
from opsportal import business_time
from opsportal.web.pages import render_page


@for_everyone
@require_safe
def backup_list(request: HttpRequest, environment_id: int) -> HttpResponse:
    """Every backup that AWS has now, of one server or database or of all, newest first."""
    environment = access.environment_for(request.user, environment_id)
    things = [*resources.servers_of(environment), *resources.databases_of(environment)]
    of = request.GET.get("of", "")
    of = of if of in {thing.aws_id for thing in things} else ""
    page = directory.page_of_backups(environment, of, request.GET.get("after", ""))
    context = {"environment": environment, "page": page, "of": of, "things": things}
    context["sight"] = sight_by(environment, Poll.Reading.BACKUPS, business_time.now())
    return render_page(request, "maintenance/backups/list.html", context, part="rows")
