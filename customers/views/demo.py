"""The demo's log-in links: on the machine where the sandbox runs, and nowhere else."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers import logins
from customers.access import at_the_door
from customers.models import Session, User
from customers.views.doors import let_in
from opsportal import demo_links
from opsportal.web.addresses import is_loopback
from opsportal.web.pages import render_page


@at_the_door
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo_log_in(request: HttpRequest, token: str) -> HttpResponse:
    """Become one of the sample world's people by one press of a button."""
    person = _person(request, token)
    if person is None:
        raise Http404
    if request.method == "POST":
        return let_in(request, person, Session.Factor.DEMO, resolve_url("home"))
    return render_page(request, "customers/login/demo.html", {"person": person, "token": token})


def _person(request: HttpRequest, token: str) -> User | None:
    """Whose link it is, where everything says demo: simulated AWS, the demo's own key, no TLS, this very machine."""
    if not (settings.SANDBOX_URL and settings.DEMO_KEY) or settings.TLS or not is_loopback(request):
        return None
    return logins.person_named(demo_links.email_in(token, settings.DEMO_KEY))
