"""Choosing at whose request staff act."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from customers import access
from customers.access import for_staff
from customers.acting import acting, asked_by, keep, says_for_whom
from customers.views.doors import wanted
from opsportal.web.pages import render_page, wants_part


@for_staff
@says_for_whom
@require_POST
def act_for(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Act at the request of one of the customer's people from now on, or again of nobody."""
    customer = access.customer_for(request.user, customer_id)
    keep(request, customer, asked_by(request, customer))
    if wants_part(request):
        context = {"acting": acting(request, customer), "next": wanted(request), "may_choose": True}
        return render_page(request, "customers/acting/banner.html", context)
    return redirect(wanted(request))
