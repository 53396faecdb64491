"""What a load balancer or container engine asks."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.access import for_anyone
from opsportal.overview import health


@for_anyone
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The web process answers."""
    return JsonResponse({"alive": True})


@for_anyone
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers, the clock beats and every queue has a worker; 503 says what does not."""
    try:
        silent = health.silent_processes()
    except DatabaseError:
        silent = ["database"]
    return JsonResponse({"ready": not silent, "silent": silent}, status=503 if silent else 200)
