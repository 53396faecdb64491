"""Search over everything a user may see."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import search as searching
from customers.access import for_everyone
from opsportal.web import navigation
from opsportal.web.pages import render_page, wants_part

WORDS_AT_MOST = 100


@for_everyone
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Customers, environments, servers and databases by name, id or address; the palette takes the part."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:WORDS_AT_MOST]
    each = searching.EACH if wants_part(request) else 50
    found = searching.found(request.user, words, each) if words else None
    context = {"q": words, "found": found, "destinations": navigation.places(request.user)}
    return render_page(request, "overview/search.html", context, part="results")
