"""Customers, as staff look through them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access, contact_pages, directory, people
from customers.access import for_staff
from customers.acting import acting
from customers.forms import DirectoryForm
from opsportal import business_time
from opsportal.web.pages import nothing_new, render_page, unchanged


@for_staff
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """Every customer's environments: searched, narrowed, sorted and paged by the URL."""
    at = business_time.now()
    version = directory.list_version(at)
    if nothing_new(request, version):
        return unchanged()
    plans = [(plan.code, directory.plan_name(plan)) for plan in directory.plans()]
    form = DirectoryForm(request.GET, plans)
    filters = directory.Filters(*(form.value(name) for name in ("q", "level", "stage", "plan")))
    order = form.value("sort") or directory.FIRST_ORDER
    page = directory.page_of_environments(filters, order, request.GET.get("after", ""), at)
    context = {"form": form, "filters": filters, "sorted": order, "page": page, "version": version}
    return render_page(request, "customers/customers/list.html", context, part="rows")


@for_staff
@require_safe
def customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One customer: environments, people, note."""
    at = business_time.now()
    found = access.customer_for(request.user, customer_id, version=directory.customer_version(at))
    if nothing_new(request, found.version):
        return unchanged()
    environments = access.visible_environments(request.user).filter(customer=found)
    standings = directory.standings_of(environments, at)
    context = {"customer": found, "standings": standings, "members": people.people_of(found)}
    open_environments = contact_pages.open_environments(environments)
    context["contacts"] = contact_pages.overview(found, open_environments, at)
    context["may_agree"] = access.may_agree(request.user, found.pk)
    context["acting"] = acting(request, found) if context["may_agree"] else None
    return render_page(request, "customers/customers/page.html", context, part="picture")
