"""The brake: letting no change begin, for one customer or for all."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import access
from customers.access import for_staff
from customers.acting import acting, asked_by, says_for_whom
from customers.models import Customer, User
from maintenance import freezes
from maintenance.change_forms import FreezeForm
from opsportal import business_time
from opsportal.web.pages import render_page, toast


@for_staff
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The switch of one customer."""
    return _switch(request, access.customer_for(request.user, customer_id))


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def freeze_all(request: HttpRequest) -> HttpResponse:
    """The switch for all customers; every member of staff sees it, admins turn it."""
    if request.method == "POST" and request.user.staff_role != User.StaffRole.ADMIN:
        raise Http404
    return _switch(request, None)


def _switch(request: HttpRequest, customer: Customer | None) -> HttpResponse:
    standing, at = freezes.of(customer), business_time.now()
    form = FreezeForm(request.POST if request.POST.get("turn") == "freeze" else None)
    asker = asked_by(request, customer) if customer else None
    if request.POST.get("turn") == "lift" and standing:
        freezes.lift(freeze=standing, at=at, by=request.user, on_behalf_of=asker)
        toast(request, _("Changes begin again at their times."))
        return redirect(request.path)
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        freezes.freeze(customer=customer, reason=reason, at=at, by=request.user, on_behalf_of=asker)
        toast(request, _("No change begins from now on. What is under way goes on to its end."))
        return redirect(request.path)
    context = {
        "customer": customer,
        "acting": acting(request, customer) if customer else None,
        "freeze": standing,
        "form": form,
        "may_turn": customer is not None or request.user.staff_role == User.StaffRole.ADMIN,
        "waiting": freezes.held_back(customer),
    }
    return render_page(request, "maintenance/freezes/page.html", context, part="switch")
