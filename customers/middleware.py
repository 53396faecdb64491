"""What stands around every web request."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from customers import walls


class WallMiddleware:
    """Runs a request in one transaction that sees only what the session's user may see; a failure undoes all of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in settings.PATHS_OUTSIDE_WALLS:
            return self.get_response(request)
        user_id = request.session.get(SESSION_KEY)
        with walls.seen_by(None if user_id is None else int(user_id)):
            response = self.get_response(request)
            if response.streaming:
                raise TypeError(f"{request.path_info} streams: its rows would be read after the walls are gone")
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
