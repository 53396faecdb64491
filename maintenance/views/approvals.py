"""Answering whether a change may be done: behind the link in a message, or in the portal."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from customers.access import ask_again, at_the_door, for_customer, has_factor
from customers.models import User
from maintenance import approvals, change_pages, changes, question_words
from maintenance.approvals import NotNow
from maintenance.change_forms import LaterForm
from maintenance.models import Answer, ApprovalLink, Change
from opsportal import business_time
from opsportal.web.pages import render_page, toast
from opsportal.web.words import zone_of

Word = Answer.Word


@at_the_door
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_approval(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked; only a POST decides anything."""
    link = approvals.link_of(token)
    if link is None:
        return _private(render_page(request, "maintenance/approvals/unknown.html"), 410)
    with _in_the_words_of(link.user):
        return _private(_behind_link(request, link))


def _private(response: HttpResponse, status: int = 0) -> HttpResponse:
    """Let the address with its secret go nowhere.

    Not `no-referrer`: browsers then send `Origin: null` with the form, which no check against forgery can accept.
    """
    response["Referrer-Policy"] = "strict-origin"
    response.status_code = status or response.status_code
    return response


@contextmanager
def _in_the_words_of(person: User) -> Iterator[None]:
    """The language and zone of whoever was asked, logged in or not."""
    with translation.override(person.language), timezone.override(zone_of(person.time_zone)):
        yield


def _behind_link(request: HttpRequest, link: ApprovalLink) -> HttpResponse:
    change, at, trouble = link.approval.change, business_time.now(), ""
    if request.method == "POST" and request.POST.get("word") == "leave":
        auth.logout(request)
        return redirect(request.path)
    stranger = request.user.is_authenticated and request.user.pk != link.user_id
    later = LaterForm(change, request.POST if request.POST.get("word") == Word.LATER else None, at)
    if request.method == "POST" and not stranger:
        if request.POST.get("word") == "withdraw":
            approvals.withdraw(change=change, user=link.user, at=at)
            return redirect(request.path)
        taken = _taken(request, link, later)
        if isinstance(taken, HttpResponse):
            return taken
        trouble = taken
    context = question_words.page_behind(link, at) | {
        "later": later, "trouble": trouble, "stranger": stranger, "factor_wanted": _factor_wanted(request, link),
    }  # fmt: skip
    return render_page(request, "maintenance/approvals/answer.html", context)


def _factor_wanted(request: HttpRequest, link: ApprovalLink) -> bool:
    """Whether a yes leads through log-in first."""
    return link.approval.second_factor and not (request.user.is_authenticated and _is_proven(request))


def _taken(request: HttpRequest, link: ApprovalLink, later: LaterForm) -> HttpResponse | str:
    """Take the answer, or say why not; a yes that needs a second factor leads to log-in and back."""
    if request.POST.get("word") == Word.YES and link.approval.second_factor:
        if not request.user.is_authenticated:
            return redirect(f"{resolve_url('login')}?{urlencode({'next': request.path})}")
        if asked := _ask_for_factor(request):
            return asked
    return _answered(request, link.approval.change, link, link.user, later) or redirect(request.path)


def _ask_for_factor(request: HttpRequest) -> HttpResponse | None:
    if not has_factor(request):
        toast(request, _("The agreement asks for a second factor. Set one up, then answer."), "watch")
        return redirect("second-factor")
    return ask_again(request, request.path)


def _is_proven(request: HttpRequest) -> bool:
    return has_factor(request) and ask_again(request, request.path) is None


def _answered(request: HttpRequest, change: Change, link: ApprovalLink | None, user: User, later: LaterForm) -> str:
    """Carry an answer out; why it was not taken, or nothing."""
    word = request.POST.get("word", "")
    if word not in Word.values:
        return _("Choose one of the answers.")
    if word == Word.LATER and not later.is_valid():
        return _("Choose another time.")
    approval = link.approval if link else approvals.question_of(change)
    if approval is None:
        return question_words.not_now_said("decided")
    try:
        approvals.answer(
            approval=approval,
            user=user,
            word=word,
            way=Answer.Way.LINK if link else Answer.Way.PORTAL,
            at=business_time.now(),
            proven=request.user.is_authenticated and request.user.pk == user.pk and _is_proven(request),
            later_at=later.later_at if word == Word.LATER else None,
        )
    except NotNow as error:
        # Who presses twice has answered; the page says so.
        same = approval.answers.filter(user=user, word=word).exists()
        return "" if same else question_words.not_now_said(error.word)
    return ""


@for_customer
@require_POST
def answer_in_portal(request: HttpRequest, change_id: int) -> HttpResponse:
    """Take the answer of somebody who is logged in."""
    change, at = changes.change_for(request.user, change_id), business_time.now()
    later = LaterForm(change, request.POST if request.POST.get("word") == Word.LATER else None, at)
    question = approvals.question_of(change)
    page = resolve_url("change", change.pk)
    if question and question.second_factor and request.POST.get("word") == Word.YES:
        if not has_factor(request):
            toast(request, _("The agreement asks for a second factor. Set one up, then answer."), "watch")
            return redirect("second-factor")
        if asked := ask_again(request, page):
            return asked
    trouble = _answered(request, change, None, request.user, later)
    if trouble and later.errors:
        context = change_pages.page_of_change(change, request.user, at) | {"later": later}
        return render_page(request, "maintenance/changes/page.html", context)
    toast(request, trouble or _("Thank you. Your answer was taken."), "act" if trouble else "ok")
    return redirect(page)
