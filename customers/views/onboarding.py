"""The onboarding up to the connection test: who, where, roles, test. Each step is an address of its own."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import access, customers, findings, onboarding, places, role_templates
from customers.access import for_admin
from customers.acting import asked_by, says_for_whom
from customers.models import Onboarding
from customers.views.onboarding_forms import CustomerForm, PlaceForm, RolesForm, StepForm
from opsportal import business_time
from opsportal.web.pages import nothing_new, render_page, toast, unchanged

Step = Onboarding.Step
show_or_take = require_http_methods(["GET", "HEAD", "POST"])


@for_admin
@require_safe
def onboardings(request: HttpRequest) -> HttpResponse:
    """Everything that is being taken on, by whichever admin."""
    return render_page(request, "customers/onboarding/list.html", {"rows": list(onboarding.under_way())})


@for_admin
@show_or_take
def new_customer(request: HttpRequest) -> HttpResponse:
    """Take on a customer and begin with the first environment."""
    form = CustomerForm(given(request), check=customers.check)
    at = business_time.now()
    if request.method == "POST" and form.is_valid():
        try:
            row = onboarding.begin_with_customer(**form.cleaned_data, at=at, by=request.user)
        except ValidationError as error:
            form.take(error)
        else:
            return redirect("onboarding-place", row.pk)
    return _page(request, "new", {"form": form, "steps": steps_of(None, "")}, form)


@for_admin
@says_for_whom
@require_POST
def new_environment(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Begin to take on one more environment of a customer."""
    customer = access.customer_for(request.user, customer_id)
    asked = asked_by(request, customer)
    row = onboarding.begin(customer=customer, at=business_time.now(), by=request.user, on_behalf_of=asked)
    return redirect("onboarding-place", row.pk)


@for_admin
@require_safe
def resume(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """Go on where whoever began it has stopped."""
    row = access.onboarding_for(request.user, onboarding_id)
    return redirect("onboardings") if row.dropped_at else redirect(f"onboarding-{row.step}", row.pk)


@for_admin
@require_POST
def drop(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """Give up taking it on."""
    row = access.onboarding_for(request.user, onboarding_id)
    try:
        onboarding.drop(onboarding=row, at=business_time.now(), by=request.user)
    except ValidationError as error:
        return _elsewhere(request, row, error)
    toast(request, _("Given up. Nothing of it is read or kept in operation."))
    return redirect("onboardings")


@for_admin
@show_or_take
def place(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """Which environment it is and where in AWS."""
    row = access.onboarding_for(request.user, onboarding_id)
    if not onboarding.reachable(row, Step.PLACE):
        return redirect("onboarding", row.pk)
    form = PlaceForm(given(request), initial=_known_place(row), check=partial(places.check, row.customer))
    if request.method == "POST" and form.is_valid():
        try:
            onboarding.name_place(onboarding=row, **form.cleaned_data, at=business_time.now(), by=request.user)
        except ValidationError as error:
            form.take(error)
        else:
            return redirect("onboarding-roles", row.pk)
    return step_page(request, row, Step.PLACE, {"form": form}, form)


def _known_place(row: Onboarding) -> dict[str, Any]:
    names = ("name", "stage", "account_id", "region", "site_url", "site_text")
    known = {name: getattr(row, name) for name in names if getattr(row, name)}
    return {**known, "plan": row.plan.code} if row.plan else known


@for_admin
@show_or_take
def roles(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """How the customer makes the roles, and what they are called."""
    row = access.onboarding_for(request.user, onboarding_id)
    if not onboarding.reachable(row, Step.ROLES):
        return redirect("onboarding", row.pk)
    known = {"read_role_arn": row.read_role_arn, "act_role_arn": row.act_role_arn}
    form = RolesForm(given(request), initial=known, check=partial(places.check_roles, row.account_id))
    if request.method == "POST" and form.is_valid():
        try:
            onboarding.name_roles(onboarding=row, **form.cleaned_data, at=business_time.now(), by=request.user)
        except ValidationError as error:
            form.take(error)
        else:
            return redirect("onboarding-test", row.pk)
    context = {"form": form, "ways": role_templates.ways_to_make(row), "grants": findings.wanted(row)}
    return step_page(request, row, Step.ROLES, context, form)


@for_admin
@require_safe
def template(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """The CloudFormation template of this environment, to be downloaded."""
    row = access.onboarding_for(request.user, onboarding_id)
    if not row.account_id:
        return redirect("onboarding", row.pk)
    try:
        name, text = role_templates.handed_over(onboarding=row, at=business_time.now(), by=request.user)
    except LookupError as error:
        raise Http404 from error
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@for_admin
@show_or_take
def test(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """What the connection test finds, while it finds it; when it has passed, reading may begin."""
    row = access.onboarding_for(request.user, onboarding_id)
    if not onboarding.reachable(row, Step.TEST):
        return redirect("onboarding", row.pk)
    if request.method == "POST":
        try:
            onboarding.begin_reading(onboarding=row, at=business_time.now(), by=request.user)
        except ValidationError as error:
            return _elsewhere(request, row, error)
        return redirect("onboarding-reading", row.pk)
    tests = onboarding.tests_of(row)
    version = findings.version(tests)
    if nothing_new(request, version):
        return unchanged()
    context = {
        "found": findings.of(row, tests),
        "version": version,
        "proven": onboarding.is_proven(row, tests),
        "settled": findings.settled(tests),
    }
    return step_page(request, row, Step.TEST, context, part="found")


@for_admin
@require_POST
def test_again(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """Test once more, after the customer has put something right."""
    row = access.onboarding_for(request.user, onboarding_id)
    try:
        onboarding.test_again(onboarding=row, at=business_time.now(), by=request.user)
    except ValidationError as error:
        return _elsewhere(request, row, error)
    return redirect("onboarding-test", row.pk)


def given(request: HttpRequest) -> QueryDict | None:
    """What was sent for a form, be it nothing; None when the form is only shown."""
    return request.POST if request.method == "POST" else None


def _elsewhere(request: HttpRequest, row: Onboarding, error: ValidationError) -> HttpResponse:
    """Say why it was refused, where the onboarding stands now."""
    toast(request, " ".join(error.messages), "act")
    return redirect("onboarding", row.pk)


def steps_of(row: Onboarding | None, here: str) -> list[dict[str, Any]]:
    """The steps for the top of each page: where it stands, and which of them may be opened."""
    reached = onboarding.STEPS.index(row.step) if row else -1
    return [
        {
            "step": step.value,
            "word": step.label,
            "here": step == here,
            "done": place < reached,
            "address": f"onboarding-{step.value}" if row and onboarding.reachable(row, step) else "",
        }
        for place, step in enumerate(onboarding.STEPS)
        if step != Step.DONE
    ]


def step_page(
    request: HttpRequest,
    row: Onboarding,
    step: Step,
    context: dict[str, Any],
    form: StepForm | None = None,
    *,
    part: str | None = None,
) -> HttpResponse:
    """The page of one step."""
    known = {"onboarding": row, "steps": steps_of(row, step), "step": step, "may_drop": row.environment_id is None}
    return _page(request, step.value, {**known, **context}, form, part=part)


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], form: StepForm | None, *, part: str | None = None
) -> HttpResponse:
    response = render_page(request, f"customers/onboarding/{name}.html", context, part=part)
    if form is not None and form.is_bound:
        response.status_code = 422
    return response
