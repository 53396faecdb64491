"""What stands behind the link in a message: the question, or what is so instead and what can be done."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import User
from maintenance import approvals, change_words
from maintenance.models import Answer, Approval, ApprovalLink, Change
from opsportal.web.words import local_time

Word = Answer.Word
_NOT_NOW = {
    "decided": gettext_lazy("It was decided already; your answer was not needed any more."),
    "lapsed": gettext_lazy("The time for an answer is over. Nothing is done."),
    "changed": gettext_lazy("The plan has changed since you were asked. You get a new question about the new plan."),
    "not-you": gettext_lazy("By the agreement somebody else answers this."),
    "unproven": gettext_lazy("The agreement asks for a second factor. Log in with it, then say yes."),
    "own": gettext_lazy("You proposed this yourself; by the agreement somebody else says yes."),
}


def not_now_said(word: str) -> str:
    """Why an answer does not count."""
    return str(_NOT_NOW[word])


@dataclass(frozen=True)
class State:
    """What is so instead of the question: sign, sentence, and what to do."""

    sign: str
    title: str
    text: str


def page_behind(link: ApprovalLink, at: dt.datetime) -> dict[str, Any]:
    """What the page behind a link shows to the person who was asked; `state` is empty while an answer is wanted."""
    approval, change = link.approval, link.approval.change
    own = approval.answers.filter(user=link.user).first()
    return {
        "link": link,
        "change": change,
        "environment": change.environment,
        "said": change_words.plan_said(change),
        "question": approval,
        "own": own,
        "state": _state(approval, change, own, link.user, at),
        "may_withdraw": approvals.may_withdraw(change, link.user),
    }


def _state(approval: Approval, change: Change, own: Answer | None, user: User, at: dt.datetime) -> State | None:
    if own is not None:
        return _after_own(approval, change, own)
    if not approvals.may_answer(approval).filter(pk=user.pk).exists():
        return State("none", _("This is not for you to answer any more"), _("By the agreement others answer this now."))
    if approval.state == Approval.State.OPEN and at < approval.answer_by:
        return None if approvals.is_what_was_asked(approval) else _no_longer()
    return _closed(approval, change)


def _no_longer() -> State:
    return State("watch", _("This question no longer holds"), _("Time or plan have changed. Answer the newer message."))


def _after_own(approval: Approval, change: Change, own: Answer) -> State:
    """Thanks, and what happens now."""
    if own.withdrawn_at:
        return State("none", _("You took your yes back"), _("It will not be done."))
    if own.word == Word.NO:
        return State("ok", _("You answered no"), _("It will not be done. We were told."))
    if own.word == Word.LATER:
        return State("ok", _("You asked for another time"), _("You get a new question about that time."))
    if approval.state == Approval.State.OPEN:
        return State("ok", _("You answered yes"), _("A second person has to say yes as well."))
    return _course(change, _("You answered yes"))


def _course(change: Change, title: str) -> State:
    """How it goes on after a yes."""
    starts = {"moment": local_time(change.starts_at)}
    said = {
        Change.State.APPROVED: ("ok", _("It begins on %(moment)s. Until then you can take your yes back.") % starts),
        Change.State.DONE: ("ok", _("It was done, and it works.")),
        Change.State.FAILED: ("act", _("It did not end as planned. The people on shift look at it.")),
        Change.State.CANCELLED: ("none", _("It was called off afterwards. Nothing was done.")),
        Change.State.LAPSED: ("none", _("It could not be begun in its time. Nothing was done.")),
        Change.State.DECLINED: ("none", _("It will not be done.")),
        Change.State.PROPOSED: ("watch", _not_so_any_more()),
    }
    sign, text = said.get(Change.State(change.state), ("watch", _("It is under way.")))
    return State(sign, title, text)


def _not_so_any_more() -> str:
    return _("The plan has changed since. Your yes no longer counts; you were asked anew, in a newer message.")


def _closed(approval: Approval, change: Change) -> State:
    """Somebody else decided, time decided, or it is not what was asked any more."""
    if change.state == Change.State.CANCELLED:
        return State("none", _("This was called off"), _("Nothing was done. You need not answer."))
    if approval.state == Approval.State.VOID:
        return _no_longer()
    if approval.state in (Approval.State.LAPSED, Approval.State.OPEN):
        return State(
            "none", _("The time for an answer is over"), _("Without an answer it is not done. Nothing happened.")
        )
    who = _deciders(approval)
    if approval.state == Approval.State.NO:
        return State("none", _("%(who)s answered no") % {"who": who}, _("It will not be done. You need not answer."))
    return _course(change, _("%(who)s answered yes already") % {"who": who})


def _deciders(approval: Approval) -> str:
    names = [answer.people["user"]["name"] for answer in approval.answers.order_by("pk")]
    return _(", ").join(names) or _("Somebody else")
