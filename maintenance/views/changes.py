"""Proposing changes, watching them, calling them off."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import access
from customers.access import for_customer, for_everyone, for_staff
from customers.acting import acting, asked_by, says_for_whom
from maintenance import approvals, change_pages, change_words, changes, directory
from maintenance.actions import ACTIONS
from maintenance.actions.shape import Refusal
from maintenance.change_forms import LaterForm, ProposalForm
from maintenance.change_pages import Question
from opsportal import business_time
from opsportal.web.pages import nothing_new, render_page, toast, unchanged

FOLDER = "maintenance/changes"


@for_everyone
@require_safe
def change_list(request: HttpRequest, environment_id: int) -> HttpResponse:
    """Every change of an environment, the latest first."""
    at = business_time.now()
    look = access.look_at(request.user, environment_id, at)
    if nothing_new(request, look.version):
        return unchanged()
    environment = access.environment_for(request.user, environment_id)
    page = directory.page_of_changes(environment, request.GET.get("after", ""))
    rows = [change_words.summary(change) for change in page.rows]
    context = {"environment": environment, "version": look.version, "page": page, "rows": rows}
    return render_page(request, f"{FOLDER}/list.html", context, part="rows")


@for_staff
@require_safe
def choose_change(request: HttpRequest, environment_id: int) -> HttpResponse:
    """What can be done in an environment, each with how many targets there are."""
    environment = access.environment_for(request.user, environment_id)
    context = {"environment": environment, "actions": ACTIONS.values()}
    return render_page(request, f"{FOLDER}/choose.html", context)


@for_staff
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def new_change(request: HttpRequest, environment_id: int, action: str) -> HttpResponse:
    """Say to what and when; see exactly what would be called; propose that very thing."""
    environment = access.environment_for(request.user, environment_id)
    if action not in ACTIONS:
        raise Http404
    at = business_time.now()
    data = request.POST if request.method == "POST" else None
    form = ProposalForm(environment, ACTIONS[action], data, request.GET.dict(), at)
    shown = _looked_at(request, form) if form.is_bound and form.is_valid() else None
    if isinstance(shown, HttpResponse):
        return shown
    context = {
        "environment": environment,
        "action": ACTIONS[action],
        "form": form,
        "question": shown,
        "acting": acting(request, environment.customer),
    }
    return render_page(request, f"{FOLDER}/new.html", context)


def _looked_at(request: HttpRequest, form: ProposalForm) -> Question | HttpResponse | None:
    """The change as it would be; or, when that very one was seen and is wanted, proposed."""
    at = business_time.now()
    wanted = {**form.wanted(), "at": at, "by": request.user}
    try:
        change = changes.planned(**wanted)
        question = change_pages.question_about(change, at)
        if request.POST.get("decide") == "propose":
            if form.cleaned_data["shown"] == question.shown:
                asker = asked_by(request, wanted["environment"].customer)
                return _proposed(request, changes.propose(**wanted, on_behalf_of=asker))
            form.add_error(None, _("It is no longer what you looked at. Look once more at what would be done now."))
    except Refusal as refusal:
        form.refuse(refusal.word, refusal.facts)
        return None
    # The form goes out once more with the change and the plan that were shown.
    form.data = form.data.copy()
    form.data["reference"], form.data["shown"] = str(change.reference), question.shown
    return question


def _proposed(request: HttpRequest, change: changes.Change) -> HttpResponse:
    if change.state == changes.State.PROPOSED:
        toast(request, _("Proposed. Whoever has to approve it was asked."))
    else:
        toast(request, _("By the agreement nobody has to approve this. It begins at its time."))
    return redirect("change", change.pk)


@for_everyone
@require_safe
def change_page(request: HttpRequest, change_id: int) -> HttpResponse:
    """One change: what, when, who said what, how far it has come."""
    at = business_time.now()
    change = changes.change_for(request.user, change_id)
    if "seen" in request.GET and nothing_new(request, change_pages.version_of(change)):
        return unchanged()
    context = change_pages.page_of_change(change, request.user, at)
    context["acting"] = acting(request, change.environment.customer) if change.may_be_cancelled else None
    context["later"] = LaterForm(change, None, at) if context["may_answer"] else None
    return render_page(request, f"{FOLDER}/page.html", context, part="change")


@for_staff
@says_for_whom
@require_POST
def cancel_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Call a change off while nothing was begun."""
    change = changes.change_for(request.user, change_id)
    asker = asked_by(request, change.environment.customer)
    if changes.cancel(change=change, at=business_time.now(), by=request.user, on_behalf_of=asker):
        toast(request, _("Called off. Nothing was done."))
    else:
        toast(request, _("It had begun or ended already, and cannot be called off."), "act")
    return redirect("change", change.pk)


@for_staff
@require_POST
def see_to_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Staff have dealt with a failure: it no longer needs a hand."""
    change = changes.change_for(request.user, change_id)
    if changes.see_to(change=change, at=business_time.now(), by=request.user):
        toast(request, _("Noted. It no longer stands among what needs a hand."))
    return redirect("change", change.pk)


@for_customer
@require_POST
def withdraw_approval(request: HttpRequest, change_id: int) -> HttpResponse:
    """Take one's own yes back while nothing was begun."""
    change = changes.change_for(request.user, change_id)
    if approvals.withdraw(change=change, user=request.user, at=business_time.now()):
        toast(request, _("Your yes was taken back. It will not be done."))
    else:
        toast(request, _("There is no yes of yours to take back any more."), "act")
    return redirect("change", change.pk)
