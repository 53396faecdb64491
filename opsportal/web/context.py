"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation

from opsportal import business_time
from opsportal.web import navigation, words


def page(request: HttpRequest) -> dict[str, Any]:
    """Language, theme, zone, business time and the navigation, for the frame around each page."""
    if request.headers.get("HX-Request") == "true":
        # A part is drawn without its frame, many times a minute.
        return {}
    match = request.resolver_match
    name = match.url_name if match else None
    places = navigation.places(request.user) if hasattr(request, "user") else ()
    return {
        "language": translation.get_language(),
        "languages": settings.LANGUAGES,
        "theme": getattr(request, "theme", ""),
        "zone": timezone.get_current_timezone_name(),
        "now_milliseconds": int(business_time.now().timestamp() * 1000),
        "places": [(place, navigation.here(place, name)) for place in places],
        "browser_words": words.for_browser(),
    }
