"""How to use the portal."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers.access import for_everyone
from customers.board import INCIDENT_TIME, NORMAL_TIME
from opsportal.web.pages import render_page


@for_everyone
@require_safe
def show_help(request: HttpRequest) -> HttpResponse:
    """What the signs, the duties and the times mean, and whom to ask."""
    return render_page(request, "overview/help.html", {"duties": [*NORMAL_TIME, *INCIDENT_TIME]})
