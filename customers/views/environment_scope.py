"""What of its account belongs to an environment, chosen anew after the onboarding."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from customers import access, scopes
from customers.access import for_admin
from customers.acting import acting, asked_by, says_for_whom
from customers.models import Environment
from customers.views.onboarding import given, show_or_take
from customers.views.onboarding_forms import ScopeForm
from opsportal import business_time
from opsportal.web.pages import render_page, toast


@for_admin
@says_for_whom
@show_or_take
def scope(request: HttpRequest, environment_id: int) -> HttpResponse:
    """Choose by tag or by picking; the next reading follows it."""
    environment = access.environment_for(request.user, environment_id)
    things, form = form_for(request, environment)
    if request.method == "POST" and form.is_valid():
        try:
            choice = scopes.choice_from(tags=scopes.tags_of(things), **form.cleaned_data)
            asked = asked_by(request, environment.customer)
            known = {"at": business_time.now(), "by": request.user, "on_behalf_of": asked}
            scopes.choose(environment=environment, choice=choice, **known)
        except ValidationError as error:
            form.take(error)
        else:
            toast(request, _("Kept. The readings that follow it begin now."))
            return redirect("environment", environment_id)
    context = {"environment": environment, "form": form, "things": with_picks(things, form)}
    context["acting"] = acting(request, environment.customer)
    response = render_page(request, "customers/environments/scope.html", context)
    if form.is_bound:
        response.status_code = 422
    return response


def form_for(request: HttpRequest, environment: Environment) -> tuple[list[scopes.Thing], ScopeForm]:
    """What was found in the account, and the form with which it is chosen from."""
    things = scopes.things_of(environment)
    tag = f"{environment.scope_tag}={environment.scope_value}" if environment.scope_tag else ""
    form = ScopeForm(
        given(request),
        tags=[(f"{one.key}={one.value}", f"{one.key} = {one.value} ({one.count})") for one in scopes.tags_of(things)],
        things=[(thing.aws_id, thing.name or thing.aws_id) for thing in things],
        initial={"scope": environment.scope, "tag": tag, "picks": environment.scope_picks},
    )
    return things, form


def with_picks(things: list[scopes.Thing], form: ScopeForm) -> list[tuple[scopes.Thing, bool]]:
    """Each thing, and whether it is picked."""
    picked = set(form["picks"].value() or ())
    return [(thing, thing.aws_id in picked) for thing in things]
