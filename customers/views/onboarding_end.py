"""The onboarding after the connection test: first reading, what belongs, agreement, people."""

from functools import partial

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from customers import access, board, invitations, onboarding, resources, scopes
from customers.access import ask_again, for_admin
from customers.models import Onboarding, Poll
from customers.people import people_of
from customers.views.doors import said, unsent
from customers.views.environment_scope import form_for, with_picks
from customers.views.onboarding import Step, given, show_or_take, step_page
from customers.views.onboarding_forms import AgreementForm, OwnerForm
from opsportal import business_time
from opsportal.web.addresses import address_of
from opsportal.web.pages import nothing_new, toast, unchanged


@for_admin
@show_or_take
def reading(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """How far the first reading has come, and what it found."""
    row = access.onboarding_for(request.user, onboarding_id)
    if not onboarding.reachable(row, Step.READING):
        return redirect("onboarding", row.pk)
    if request.method == "POST":
        return _go_on(request, row, onboarding.go_to_scope)
    polls = board.polls_of(row.environment)
    made = [poll for poll in polls if poll.succeeded_at]
    things = _things(row)
    version = f"{len(made)}.{sum(bool(poll.failures) for poll in polls)}.{len(things)}"
    if nothing_new(request, version):
        return unchanged()
    inventory = next(poll for poll in polls if poll.reading == Poll.Reading.INVENTORY)
    context = {
        "polls": polls,
        "made": len(made),
        "things": things,
        "version": version,
        "known": inventory.succeeded_at is not None,
        "complete": len(made) == len(polls),
    }
    return step_page(request, row, Step.READING, context, part="found")


@for_admin
@show_or_take
def scope(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """What of the account belongs to the environment, by tag or by picking."""
    row = access.onboarding_for(request.user, onboarding_id)
    if not onboarding.reachable(row, Step.SCOPE):
        return redirect("onboarding", row.pk)
    things, form = form_for(request, row.environment)
    if request.method == "POST" and form.is_valid():
        choice = scopes.choice_from(tags=scopes.tags_of(things), **form.cleaned_data)
        try:
            onboarding.choose_scope(onboarding=row, choice=choice, at=business_time.now(), by=request.user)
        except ValidationError as error:
            form.take(error)
        else:
            return redirect("onboarding-agreement", row.pk)
    return step_page(request, row, Step.SCOPE, {"form": form, "things": with_picks(things, form)}, form)


def _things(row: Onboarding) -> list:
    found = [*resources.servers_of(row.environment), *resources.databases_of(row.environment)]
    for thing in found:
        thing.kind = thing._meta.model_name
    return found


@for_admin
@show_or_take
def agreement(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """The first agreement for the environment."""
    row = access.onboarding_for(request.user, onboarding_id)
    if not onboarding.reachable(row, Step.AGREEMENT):
        return redirect("onboarding", row.pk)
    form = AgreementForm(given(request), initial={"plan": row.plan.code, "retention_days": 7})
    if request.method == "POST" and form.is_valid():
        try:
            onboarding.agree(onboarding=row, **form.cleaned_data, at=business_time.now(), by=request.user)
        except ValidationError as error:
            form.take(error)
        else:
            return redirect("onboarding-people", row.pk)
    return step_page(request, row, Step.AGREEMENT, {"form": form}, form)


@for_admin
@show_or_take
def people(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """Who of the customer logs in; then the environment is taken on."""
    row = access.onboarding_for(request.user, onboarding_id)
    if not onboarding.reachable(row, Step.PEOPLE):
        return redirect("onboarding", row.pk)
    if "without" in request.POST:
        return _go_on(request, row, onboarding.finish)
    form = OwnerForm(given(request), initial=unsent(request), check=partial(invitations.check_person, row.customer))
    if request.method == "POST" and form.is_valid():
        if asked := ask_again(request, request.path, form.cleaned_data):
            return asked
        if refusal := invitations.count_try(by=request.user, email=form.cleaned_data["email"]):
            form.add_error("email", said(refusal))
    if request.method == "POST" and form.is_valid():
        at, address = business_time.now(), address_of(request)
        try:
            onboarding.invite_owner(onboarding=row, **form.cleaned_data, at=at, by=request.user, address=address)
        except ValidationError as error:
            form.take(error)
        else:
            return redirect("onboarding-done", row.pk)
    known = {"form": form, "members": people_of(row.customer)}
    return step_page(request, row, Step.PEOPLE, known, form)


@for_admin
@require_safe
def done(request: HttpRequest, onboarding_id: int) -> HttpResponse:
    """What was taken on."""
    row = access.onboarding_for(request.user, onboarding_id)
    if row.step != Step.DONE:
        return redirect("onboarding", row.pk)
    return step_page(request, row, Step.DONE, {})


def _go_on(request: HttpRequest, row: Onboarding, advance) -> HttpResponse:
    try:
        advance(onboarding=row, at=business_time.now(), by=request.user)
    except ValidationError as error:
        toast(request, " ".join(error.messages), "act")
    return redirect("onboarding", row.pk)
