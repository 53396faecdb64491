"""Answering whether a change may be done: behind the link in a message, or in the portal."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from customers.access import at_the_door, for_customer
from maintenance import approvals
from opsportal.web.pages import render_page


@at_the_door
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_approval(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked; only a POST decides anything."""
    link = approvals.link_of(token)
    if link is None:
        raise Http404
    return render_page(request, "maintenance/approvals/answer.html", {"link": link})


@for_customer
@require_POST
def answer_in_portal(request: HttpRequest, change_id: int) -> HttpResponse:
    """Take the answer of somebody who is logged in."""
    raise Http404
