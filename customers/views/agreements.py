"""What was agreed for an environment: shown, drafted, proposed, answered."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers import access, agreement_words, agreements, proposals
from customers.access import ask_again, for_agreeing, for_everyone, for_staff
from customers.acting import acting, asked_by, says_for_whom
from customers.agreement_forms import AgreementForm, DeclineForm, MomentForm
from customers.models import Agreement, Environment
from opsportal import business_time
from opsportal.web.pages import render_page, toast

FOLDER = "customers/agreements"


@for_everyone
@require_safe
def agreement(request: HttpRequest, environment_id: int) -> HttpResponse:
    """What holds now, or held at a moment; every version; what waits for an answer."""
    environment = access.environment_for(request.user, environment_id)
    now = business_time.now()
    form = MomentForm(request.GET if request.GET.get("at") else None, initial={"at": now})
    at = form.cleaned_data["at"] if form.is_bound and form.is_valid() else None
    found = agreements.agreement_at(environment, at or now)
    context = _context(request, environment) | {
        "form": form,
        "asked_at": at,
        "holding": found,
        "text": agreements.text_of(found, get_language()) if found else [],
        "versions": agreements.versions_of(environment),
        "now_number": getattr(agreements.agreement_at(environment, now), "number", None),
    }
    return render_page(request, f"{FOLDER}/page.html", context)


@for_staff
@require_safe
def agreements_waiting(request: HttpRequest) -> HttpResponse:
    """Over all customers: what waits for the provider, what waits for an owner, where nothing was signed yet."""
    at = business_time.now()
    proposed = proposals.waiting_everywhere()
    context = {
        "for_us": [row for row in proposed if row.side == Agreement.Side.CUSTOMER],
        "for_them": [row for row in proposed if row.side == Agreement.Side.PROVIDER],
        "unsigned": agreements.unsigned(at),
    }
    return render_page(request, f"{FOLDER}/waiting_list.html", context)


@for_everyone
@require_safe
def agreement_version(request: HttpRequest, environment_id: int, number: int) -> HttpResponse:
    """One version word for word, who said yes to it and when, and what differs from another version."""
    environment = access.environment_for(request.user, environment_id)
    versions = {version.number: version for version in agreements.versions_of(environment)}
    if number not in versions:
        raise Http404
    shown, language = versions[number], get_language()
    other = versions.get(_number(request.GET.get("against", ""))) or agreements.predecessor(shown, versions.values())
    text = agreements.text_of(shown, language)
    against = agreements.text_of(other, language) if other else []
    context = _context(request, environment) | {
        "shown": shown,
        "text": text,
        "other": other,
        "others": [version for version in versions.values() if version is not shown],
        "differences": agreement_words.differences(against, text) if other else [],
    }
    return render_page(request, f"{FOLDER}/version.html", context)


@for_agreeing
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_draft(request: HttpRequest, environment_id: int) -> HttpResponse:
    """Write the terms of the next version; nobody of the other side sees them before they are proposed."""
    environment = access.environment_to_agree(request.user, environment_id)
    at = business_time.now()
    if request.method == "POST" and "discard" in request.POST:
        proposals.discard_draft(environment=environment, by=request.user)
        toast(request, _("The draft was thrown away."))
        return redirect("agreement", environment_id)
    side = proposals.side_of(request.user, environment)
    draft = proposals.draft_of(environment, side)
    form = AgreementForm(request.POST or None, draft or proposals.new_draft(environment, side, at))
    if request.method == "POST" and form.is_valid():
        try:
            proposals.save_draft(environment=environment, values=form.values(), at=at, by=request.user)
            return redirect("agreement-preview", environment_id)
        except ValidationError as error:
            form.add_error(None, error)
    return render_page(request, f"{FOLDER}/draft.html", _context(request, environment) | {"form": form, "draft": draft})


@for_agreeing
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_preview(request: HttpRequest, environment_id: int) -> HttpResponse:
    """The exact text that a draft would put before the other side; POST proposes what was shown."""
    environment = access.environment_to_agree(request.user, environment_id)
    at = business_time.now()
    if request.method == "POST":
        # Proposing is this side's yes.
        if asked := ask_again(request, request.path):
            return asked
        try:
            proposed = proposals.propose(
                environment=environment,
                digest=request.POST.get("digest", ""),
                at=at,
                by=request.user,
                language=get_language(),
                on_behalf_of=asked_by(request, environment.customer),
            )
            toast(request, _("Version %(number)s was proposed.") % {"number": proposed.number})
            return redirect("agreement", environment_id)
        except proposals.TextChangedError:
            toast(request, _("The text has changed since you opened the page. Read it once more."), "watch")
            return redirect("agreement-preview", environment_id)
        except ValidationError as error:
            toast(request, " ".join(error.messages), "act")
            return redirect("agreement-draft", environment_id)
    draft = proposals.draft_of(environment, proposals.side_of(request.user, environment))
    if draft is None:
        return redirect("agreement-draft", environment_id)
    shown = proposals.shown(draft)
    text = shown.texts[get_language()]
    context = _context(request, environment) | {"number": shown.number, "digest": shown.digest, "text": text}
    return render_page(request, f"{FOLDER}/preview.html", context | _against_now(environment, text))


@for_agreeing
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_answer(request: HttpRequest, environment_id: int) -> HttpResponse:
    """What waits for a yes, word for word: an owner signs, an admin confirms, either declines or takes back.

    GET changes nothing. A yes to a text that is no longer current is not taken; the current one is shown.
    """
    environment = access.environment_to_agree(request.user, environment_id)
    form = DeclineForm(request.POST if "decline" in request.POST else None)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        if not form.is_bound and (asked := ask_again(request, request.path)):
            return asked
        try:
            toast(request, _answer(request, environment, form))
            return redirect("agreement", environment_id)
        except proposals.TextChangedError:
            toast(request, _("The text has changed since you opened the page. Read it once more."), "watch")
            return redirect("agreement-answer", environment_id)
    waiting = proposals.waiting(environment)
    if waiting is None:
        toast(request, _("Nothing waits for an answer any more."), "watch")
        return redirect("agreement", environment_id)
    text = agreements.text_of(waiting, get_language())
    context = _context(request, environment) | {"text": text, "form": form} | _against_now(environment, text)
    return render_page(request, f"{FOLDER}/answer.html", context)


def _answer(request: HttpRequest, environment: Environment, form: DeclineForm) -> str:
    """Carry out the answer that a button stands for, and say what came of it."""
    said = {"environment": environment, "digest": request.POST.get("digest", ""), "at": business_time.now()}
    said["by"] = request.user
    if form.is_bound:
        asked = asked_by(request, environment.customer)
        ended = proposals.decline(reason=form.cleaned_data["reason"], on_behalf_of=asked, **said)
        return _("Version %(number)s will not be used.") % {"number": ended.number}
    if proposals.side_of(request.user, environment) == Agreement.Side.CUSTOMER:
        agreed = proposals.sign(language=get_language(), **said)
    else:
        agreed = proposals.confirm(**said)
    return _("Version %(number)s is agreed.") % {"number": agreed.number}


def _context(request: HttpRequest, environment: Environment) -> dict[str, object]:
    """What every page about an agreement says: the environment, what waits, and what this person may do."""
    side = proposals.side_of(request.user, environment)
    waiting = proposals.waiting(environment)
    return {
        "environment": environment,
        "acting": acting(request, environment.customer) if side else None,
        "waiting": waiting,
        "may_agree": side is not None,
        "mine": waiting is not None and waiting.side == side,
        "my_turn": waiting is not None and side is not None and waiting.side != side,
        "for_customer": side == Agreement.Side.CUSTOMER,
        "draft": proposals.draft_of(environment, side) if side else None,
    }


def _against_now(environment: Environment, text: agreement_words.Text) -> dict[str, object]:
    """What would differ from what holds now."""
    holding = agreements.agreement_at(environment, business_time.now())
    before = agreements.text_of(holding, get_language()) if holding else []
    return {"holding": holding, "differences": agreement_words.differences(before, text) if holding else []}


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else None
