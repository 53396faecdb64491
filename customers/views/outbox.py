"""What the portal said to people."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access, outbox
from customers.access import for_staff
from customers.forms import OutboxForm
from opsportal.web.pages import nothing_new, render_page, unchanged


@for_staff
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """Every message, newest first, narrowed by the URL."""
    version = outbox.version()
    if nothing_new(request, version):
        return unchanged()
    form = OutboxForm(request.GET)
    filters = outbox.Filters(*(form.value(name) for name in ("q", "channel", "state")))
    page = outbox.page_of_messages(filters, request.GET.get("after", ""))
    context = {"form": form, "filters": filters, "page": page, "version": version, "kept": settings.OUTBOX}
    return render_page(request, "customers/outbox/list.html", context, part="rows")


@for_staff
@require_safe
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message as the device of its reader shows it."""
    found = outbox.dress(access.message_for(request.user, message_id))
    context = {"message": found, "customer": found.customer, "sender": settings.DEFAULT_FROM_EMAIL}
    return render_page(request, "customers/outbox/message.html", context)
