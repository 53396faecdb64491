"""What is known of a customer, changed by admins; and the end of a contract."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import access, customers
from customers.access import for_admin
from customers.acting import acting, asked_by, says_for_whom
from customers.models import Customer
from customers.plan_forms import CloseForm, CustomerForm
from opsportal import business_time
from opsportal.web.pages import render_page, toast

COMMON_ZONES = (
    "Asia/Tokyo", "Asia/Seoul", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Bangkok",
    "Asia/Jakarta", "Asia/Kolkata", "Australia/Sydney", "Europe/London", "Europe/Berlin", "America/New_York",
    "America/Los_Angeles", "UTC",
)  # fmt: skip


@for_admin
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def edit_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Name, kana, zone and note."""
    customer = access.customer_for(request.user, customer_id)
    form = CustomerForm(request.POST or None, customer)
    if request.method == "POST" and form.is_valid():
        try:
            customers.change(customer=customer, **form.cleaned_data, **_who(request, customer))
            toast(request, _("The customer was saved."))
            return redirect("customer", customer_id)
        except ValidationError as error:
            form.add_error(None, error)
    found = access.customer_for(request.user, customer_id)
    context = {"customer": found, "form": form, "zones": COMMON_ZONES, "acting": acting(request, customer)}
    return render_page(request, "customers/customers/edit.html", context)


@for_admin
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def close_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """End a contract: nothing is read any more and nobody of the customer gets in; what was recorded stays."""
    customer = access.customer_for(request.user, customer_id)
    form = CloseForm(request.POST or None, customer)
    if request.method == "POST" and form.is_valid():
        customers.close(customer=customer, **_who(request, customer))
        toast(request, _("%(name)s was closed.") % {"name": customer.name})
        return redirect("customer", customer_id)
    context = {"customer": customer, "form": form, "acting": acting(request, customer)}
    return render_page(request, "customers/customers/close.html", context)


def _who(request: HttpRequest, customer: Customer) -> dict:
    return {"at": business_time.now(), "by": request.user, "on_behalf_of": asked_by(request, customer)}
