"""Whether a change may be done: asked of the right people, answered once, bound to what they were shown."""

import datetime as dt
import hashlib
import re
import secrets

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from customers import access, agreements, logbook, standings, walls
from customers.models import Approver, Member, User
from maintenance import changes
from maintenance.models import Answer, Approval, ApprovalLink, Change

Word = Answer.Word
State = Approval.State


class NotNow(Exception):
    """An answer does not count: `word` says why ("decided", "lapsed", "changed", "not-you", "unproven", "own")."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def ask(change: Change, at: dt.datetime) -> Approval | None:
    """Ask whoever the agreement names; where it names nobody, the agreement itself says yes."""
    from maintenance import reminders

    agreement = agreements.agreement_at(change.environment, at)
    rule = agreements.approval_rule(agreement, change.action_class)
    if not rule.needed:
        changes.move(
            change, Change.State.APPROVED, at=at, verb="change-agreed", approved_at=at, due_at=change.starts_at
        )
        return None
    approval = Approval.objects.create(
        change=change,
        digest=change.digest,
        role=rule.role,
        second_factor=rule.second_factor,
        persons=2 if rule.two_persons else 1,
        asked_at=at,
        answer_by=change.latest_at,
        due_at=change.latest_at,
    )
    for person in may_answer(approval):
        _send(approval, person, at)
    reminders.ask_for_answer(change, at)
    return approval


def may_answer(approval: Approval) -> QuerySet[User]:
    """Whose yes counts now, by the role that the agreement names."""
    roles = [Member.Role.OWNER]
    if approval.role == Approver.APPROVER:
        roles.append(Member.Role.APPROVER)
    customer = approval.change.environment.customer_id
    return User.objects.filter(is_active=True, memberships__customer=customer, memberships__role__in=roles).distinct()


def _send(approval: Approval, person: User, at: dt.datetime) -> None:
    from maintenance import change_messages

    token = secrets.token_urlsafe(32)
    ApprovalLink.objects.create(approval=approval, user=person, token_digest=_digest(token))
    change_messages.say_asked(approval.change, person, reverse("answer-approval", args=[token]), at)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def link_of(token: str) -> ApprovalLink | None:
    """The link behind a token, with its question and change; None for one that was never sent."""
    rows = ApprovalLink.objects.select_related("user", "approval__change__environment__customer")
    return rows.filter(token_digest=_digest(token)).first()


def question_of(change: Change) -> Approval | None:
    """The newest question about a change."""
    return change.approvals.order_by("-pk").first()


def may_withdraw(change: Change, user: User) -> bool:
    """Whether this person has said yes to a change that was not begun."""
    if not change.may_be_cancelled or user.is_staff:
        return False
    return _given_yes(change, user) is not None


def _given_yes(change: Change, user: User) -> Answer | None:
    given = Answer.objects.filter(approval__change=change, approval__state__in=[State.YES, State.OPEN])
    return given.filter(user=user, word=Word.YES, withdrawn_at=None).first()


def waiting_for(user: User) -> list[Change]:
    """The changes about which a person of a customer is asked and has not answered, the nearest first."""
    owning, approving = Member.Role.OWNER, (Member.Role.OWNER, Member.Role.APPROVER)
    places = access.memberships(user)
    owned = [place.customer_id for place in places if place.role == owning]
    approved = [place.customer_id for place in places if place.role in approving]
    asked = Q(role=Approver.OWNER, change__environment__customer__in=owned)
    asked |= Q(role=Approver.APPROVER, change__environment__customer__in=approved)
    rows = Approval.objects.filter(asked, state=State.OPEN).exclude(answers__user=user)
    rows = rows.select_related("change__environment__customer").order_by("change__starts_at", "pk")
    return [approval.change for approval in rows]


@transaction.atomic
def answer(
    *, approval: Approval, user: User, word: str, way: str, at: dt.datetime, proven: bool = False,
    later_at: dt.datetime | None = None, heard_by: User | None = None,
) -> Approval:  # fmt: skip
    """Take one person's answer; the first no or later decides, and as many yeses as the agreement asks for.

    Raises NotNow when it does not count; nothing has happened then. The row lock makes one of two that race the first.
    """
    with walls.as_portal():
        approval = _held(approval)
        _must_count(approval, user, word, at, proven)
        try:
            with transaction.atomic():
                Answer.objects.create(
                    approval=approval, user=user, word=word, way=way, at=at, proven=proven, heard_by=heard_by
                )
        except IntegrityError:
            raise NotNow("decided") from None
        _write_down(approval, user, word, way, at, heard_by)
        _decide(approval, word, at, user, later_at)
    return approval


def _held(approval: Approval) -> Approval:
    """The question as it is now, with the row kept from others."""
    rows = Approval.objects.select_for_update(of=("self",)).select_related("change__environment__customer")
    return rows.get(pk=approval.pk)


def _write_down(approval: Approval, user: User, word: str, way: str, at: dt.datetime, heard_by: User | None) -> None:
    change = approval.change
    logbook.write(
        "change-answered",
        at=at,
        by=heard_by or user,
        on_behalf_of=user if heard_by else None,
        environment=change.environment,
        change=change.pk,
        action_class=change.action_class,
        name=change.name,
        word=word,
        way=way,
        digest=approval.digest[:12],
    )


def _must_count(approval: Approval, user: User, word: str, at: dt.datetime, proven: bool) -> None:
    change = approval.change
    if approval.state != State.OPEN:
        raise NotNow("lapsed" if approval.state == State.LAPSED else "decided")
    if at >= approval.answer_by:
        raise NotNow("lapsed")
    if not is_what_was_asked(approval):
        raise NotNow("changed")
    if not may_answer(approval).filter(pk=user.pk).exists():
        raise NotNow("not-you")
    if word == Word.YES and approval.second_factor and not proven:
        raise NotNow("unproven")
    if word == Word.YES and approval.persons > 1 and change.proposed_by_id == user.pk:
        raise NotNow("own")


def is_what_was_asked(approval: Approval) -> bool:
    """Whether the change is still exactly what the question was about."""
    return approval.change.digest == approval.digest == changes.digest_of(approval.change)


def _decide(approval: Approval, word: str, at: dt.datetime, user: User, later_at: dt.datetime | None) -> None:
    change = approval.change
    if word == Word.YES:
        if approval.answers.filter(word=Word.YES, withdrawn_at=None).count() < approval.persons:
            standings.touch(change.environment, at)
            return
        _close(approval, State.YES, at)
        changes.move(change, Change.State.APPROVED, at=at, by=user, approved_at=at, due_at=max(change.starts_at, at))
        return
    _close(approval, State.NO if word == Word.NO else State.VOID, at)
    if word == Word.NO or later_at is None:
        changes.move(change, Change.State.DECLINED, at=at, by=user)
        return
    postpone(change, later_at, at)


def postpone(change: Change, later_at: dt.datetime, at: dt.datetime) -> None:
    """Move a proposed change to another time and ask again about exactly that."""
    change.starts_at, change.latest_at = later_at, later_at + changes.GRACE
    change.digest = changes.digest_of(change)
    changes.note(change, at, starts_at=change.starts_at, latest_at=change.latest_at, digest=change.digest)
    ask(change, at)


def _close(approval: Approval, state: State, at: dt.datetime) -> None:
    approval.state, approval.decided_at, approval.due_at = state, at, None
    approval.save(update_fields=["state", "decided_at", "due_at"])


def void(change: Change, at: dt.datetime) -> None:
    """Let no open or given answer count any more."""
    rows = Approval.objects.filter(change=change, state__in=[State.OPEN, State.YES])
    rows.update(state=State.VOID, decided_at=at, due_at=None)


@transaction.atomic
def withdraw(*, change: Change, user: User, at: dt.datetime) -> bool:
    """Take back a yes while nothing was begun; the change waits no more. False when it is too late."""
    with walls.as_portal():
        given = _given_yes(change, user)
        if given is None or not changes.move(change, Change.State.DECLINED, at=at, by=user, verb="change-withdrawn"):
            return False
        Answer.objects.filter(pk=given.pk).update(withdrawn_at=at)
        void(change, at)
    return True


def due(at: dt.datetime) -> QuerySet[Approval]:
    """Questions that nobody answered in time."""
    return Approval.objects.filter(state=State.OPEN, due_at__lte=at)


@transaction.atomic
def lapse(approval: Approval, at: dt.datetime) -> None:
    """Close a question without an answer: silence is no yes, and the change lapses. Torn, it is done again."""
    row = _held(approval)
    if row.state != State.OPEN:
        return
    _close(row, State.LAPSED, at)
    changes.move(row.change, Change.State.LAPSED, at=at)


def holds(change: Change) -> bool:
    """Whether the yes to exactly this change still counts: given, not taken back, by people who may still give it."""
    if change.digest != changes.digest_of(change):
        return False
    approval = question_of(change)
    if approval is None:
        return change.approved_at is not None
    if approval.state != State.YES or approval.digest != change.digest:
        return False
    given = approval.answers.filter(word=Word.YES, withdrawn_at=None, user__in=may_answer(approval))
    return given.count() >= approval.persons


def signature_of(change: Change) -> str:
    """Who stands behind a change, as the customer's trail names it: a mail address, or the agreement."""
    approval = question_of(change)
    given = approval.answers.filter(word=Word.YES, withdrawn_at=None).select_related("user") if approval else ()
    people = [answer.user.email for answer in given]
    return re.sub(r"[^\w+=,.@-]", "-", people[0] if people else "agreement", flags=re.ASCII)[:64]
