"""The plans that the provider sells."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers import agreements, directory
from customers.access import for_admin, for_staff
from customers.models import Duty, Plan
from customers.plan_forms import PlanForm
from opsportal import business_time
from opsportal.web.pages import render_page, toast


@for_staff
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan with its duties, and how many environments run under it."""
    rows = directory.plans_in_use(business_time.now())
    return render_page(request, "customers/plans/list.html", {"rows": rows, "duties": list(Duty)})


@for_admin
@require_http_methods(["GET", "HEAD", "POST"])
def add_plan(request: HttpRequest) -> HttpResponse:
    """A new plan."""
    return _form(request, None)


@for_admin
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Another name, other duties; what was signed keeps those it was signed with."""
    found = agreements.plan_of(plan_id)
    if found is None:
        raise Http404
    return _form(request, found)


def _form(request: HttpRequest, found: Plan | None) -> HttpResponse:
    form = PlanForm(request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        try:
            agreements.keep_plan(plan=found, **form.cleaned_data, at=business_time.now(), by=request.user)
            toast(request, _("The plan was saved."))
            return redirect("plans")
        except ValidationError as error:
            form.add_error(None, error)
    return render_page(request, "customers/plans/form.html", {"form": form, "plan": found})
