"""When something went wrong in the portal itself; drawn without database, session or context processors."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database does not answer."""
    status = 503 if isinstance(sys.exc_info()[1], OperationalError) else 500
    context = {"request": request, "language": translation.get_language(), "theme": getattr(request, "theme", "")}
    return HttpResponse(loader.get_template(f"{status}.html").render(context), status=status)
