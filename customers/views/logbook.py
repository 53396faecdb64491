"""Who did what, as those who answer for it look through it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from customers import access, logbook_pages, logbook_seals
from customers.access import for_accountable
from customers.logbook_forms import LogbookForm
from customers.models import Customer
from opsportal import business_time
from opsportal.web.pages import render_page


@for_accountable
@require_safe
def logbook(request: HttpRequest) -> HttpResponse:
    """The entries, newest first, narrowed by the URL."""
    form, filters = _asked(request)
    page = logbook_pages.page_of_entries(access.logbook_of(request.user), filters, request.GET.get("after", ""))
    context = {"form": form, "filters": filters, "page": page, "most": logbook_pages.EXPORTED_AT_MOST}
    context["customer"] = filters.customer
    context["seal"] = logbook_seals.newest()
    return render_page(request, "customers/logbook/list.html", context, part="rows")


@for_accountable
@require_POST
def export_logbook(request: HttpRequest) -> HttpResponse:
    """The same entries as a CSV file."""
    at = business_time.now()
    _form, filters = _asked(request)
    text = logbook_pages.exported(access.logbook_of(request.user), filters, at=at, by=request.user)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="logbook-{at:%Y%m%d-%H%M}.csv"'
    return response


def _asked(request: HttpRequest) -> tuple[LogbookForm, logbook_pages.Filters]:
    customer = _customer(request)
    everywhere = request.user.is_staff and customer is None
    environments = access.visible_environments(request.user).order_by("customer_id", "name")
    if customer:
        environments = environments.filter(customer=customer)
    form = LogbookForm(request.GET, [] if everywhere else list(environments), everywhere=everywhere)
    return form, form.filters(customer)


def _customer(request: HttpRequest) -> Customer | None:
    asked = request.GET.get("customer", "")
    return access.customer_for(request.user, int(asked)) if asked.isdecimal() and len(asked) < 19 else None
