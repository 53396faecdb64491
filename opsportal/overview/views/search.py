"""Search over everything a user may see."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
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
    words = request.GET.get("q", "").replace("\0", "").strip()
    each = searching.EACH if wants_part(request) else 50
    too_long = _too_long(words)
    found = searching.found(request.user, words, each) if words and not too_long else None
    context = {"q": words, "too_long": too_long, "found": found, "destinations": navigation.places(request.user)}
    return render_page(request, "overview/search.html", context, part="results")


def _too_long(words: str) -> str:
    """What is said instead of looking for a part of what was pasted."""
    if len(words) <= WORDS_AT_MOST:
        return ""
    told = _("This is %(length)s characters long; at most %(most)s are possible.")
    return told % {"length": len(words), "most": WORDS_AT_MOST}
