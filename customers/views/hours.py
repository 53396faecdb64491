"""When a customer is open: shown to everybody of theirs, set by admins and owners."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers import access, business_hours, weeks
from customers.access import for_agreeing, for_everyone
from customers.acting import acting, asked_by, says_for_whom
from customers.hours_forms import HoursForm, SpecialDayForm
from customers.models import Customer
from opsportal import business_time
from opsportal.web.pages import render_page, toast


@for_everyone
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The week, public holidays, special days and how the coming days look; POST sets the week."""
    customer = access.customer_for(request.user, customer_id)
    may_set = access.may_agree(request.user, customer.pk)
    if request.method == "POST" and not may_set:
        raise Http404
    form = HoursForm(request.POST or None, customer, business_hours.weekly_of(customer))
    if request.method == "POST" and form.is_valid():
        business_hours.set_hours(
            customer=customer,
            weekly=form.weekly,
            holidays=form.cleaned_data["holidays"],
            **_who(request, customer),
        )
        toast(request, _("The business hours were saved."))
        return redirect("business-hours", customer_id)
    return _page(request, customer, form, SpecialDayForm(None, auto_id="special_%s"))


@for_agreeing
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def add_special_day(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Add closed days, or days without planned work."""
    customer = access.customer_to_agree(request.user, customer_id)
    if request.method != "POST":
        return redirect("business-hours", customer_id)
    form = SpecialDayForm(request.POST, auto_id="special_%s")
    if form.is_valid():
        given = form.cleaned_data | {"last": form.cleaned_data["last"] or form.cleaned_data["first"]}
        try:
            business_hours.add_special_day(customer=customer, **given, **_who(request, customer))
            toast(request, _("%(name)s was added.") % {"name": given["name"]})
            return redirect("business-hours", customer_id)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, customer, HoursForm(None, customer, business_hours.weekly_of(customer)), form)


@for_agreeing
@says_for_whom
@require_POST
def remove_special_day(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Take an entry away; one that is gone already is no error."""
    customer = access.customer_to_agree(request.user, customer_id)
    given = request.POST.get("special_day", "")
    if given.isascii() and given.isdecimal() and len(given) < 18:
        business_hours.remove_special_day(customer=customer, special_day_id=int(given), **_who(request, customer))
    return redirect("business-hours", customer_id)


def _who(request: HttpRequest, customer: Customer) -> dict:
    return {"at": business_time.now(), "by": request.user, "on_behalf_of": asked_by(request, customer)}


def _page(request: HttpRequest, customer: Customer, form: HoursForm, special_form: SpecialDayForm) -> HttpResponse:
    at = business_time.now()
    customer_hours = business_hours.hours_of(customer)
    environments = weeks.environments_of(customer)
    may_set = access.may_agree(request.user, customer.pk)
    context = {
        "customer": customer,
        "may_set": may_set,
        "acting": acting(request, customer) if may_set else None,
        "form": form,
        "special_form": special_form,
        "environments": environments,
        "special_days": business_hours.special_days_of(customer, at.astimezone(customer_hours.zone).date()),
        "week": weeks.week(customer_hours, weeks.night_of(environments, at), at),
        "known": bool(customer_hours.weekly),
    }
    return render_page(request, "customers/hours/page.html", context)
