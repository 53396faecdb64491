"""The life of a version: drafted by one side, proposed, agreed by the other, or ended.

A version binds when both sides have said yes to the same digest: the customer's owner by a signature, the provider by
a confirmation. Whoever proposes says yes by proposing.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import addresses, agreement_words, agreements, hours, logbook, proposal_messages, standings, terms
from customers.models import Agreement, Environment, Member, User

State = Agreement.State
Side = Agreement.Side
TERMS = (
    "plan", "performers", "approvals", "night_choices", "night_from", "night_until", "long_work_minutes",
    "notice_long_days", "notice_short_days", "notice_aws_days", "retention_days", "site_url", "site_text", "remarks",
    "starts_on",
)  # fmt: skip


class TextChangedError(Exception):
    """What was said yes to is not what waits for a yes by now."""


@dataclass(frozen=True)
class Shown:
    """What a draft would put before the other side: the version's number, its texts and their digest."""

    number: int
    texts: dict[str, agreement_words.Text]
    digest: str


def side_of(user: User, environment: Environment) -> Side | None:
    """For which side a person may agree: admins for the provider, owners for the customer, others for none."""
    if user.is_staff:
        return Side.PROVIDER if user.staff_role == User.StaffRole.ADMIN else None
    owns = Member.objects.filter(user=user, customer=environment.customer_id, role=Member.Role.OWNER)
    return Side.CUSTOMER if owns.exists() else None


def is_turn_of(user: User, proposal: Agreement) -> bool:
    """Whether this person is one of those whose yes a proposal waits for."""
    side = side_of(user, proposal.environment)
    return side is not None and side != proposal.side


def draft_of(environment: Environment, side: Side) -> Agreement | None:
    """The draft of a side, which the other side never sees."""
    rows = Agreement.objects.filter(environment=environment, side=side, state=State.DRAFT)
    return rows.select_related("plan", "environment__customer").first()


def waiting(environment: Environment) -> Agreement | None:
    """The version that waits for the other side's yes."""
    return waiting_in([environment.pk]).get(environment.pk)


def waiting_in(environment_ids: list[int]) -> dict[int, Agreement]:
    """For each of these environments the version that waits for the other side's yes, if there is one."""
    rows = Agreement.objects.filter(environment__in=environment_ids, state=State.PROPOSED)
    return {row.environment_id: row for row in rows.select_related("plan", "environment__customer")}


def waiting_everywhere() -> list[Agreement]:
    """Every version that waits for a yes, the longest waiting first."""
    rows = Agreement.objects.filter(state=State.PROPOSED).exclude(environment__state=Environment.State.CLOSED)
    return list(rows.select_related("environment__customer").order_by("proposed_at", "pk"))


def confirmations() -> int:
    """How many versions wait for the provider's confirmation."""
    rows = Agreement.objects.filter(state=State.PROPOSED, side=Side.CUSTOMER)
    return rows.exclude(environment__state=Environment.State.CLOSED).count()


def new_draft(environment: Environment, side: Side, at: dt.datetime) -> Agreement:
    """An unsaved draft that says what holds now, or what waits, so that only what shall differ has to be touched."""
    model = waiting(environment) or agreements.agreement_at(environment, at)
    draft = Agreement(environment=environment, state=State.DRAFT, side=side)
    if model is None:
        draft.site_url, draft.site_text, draft.retention_days = environment.site_url, environment.site_text, 7
    else:
        for name in TERMS:
            setattr(draft, name, getattr(model, name))
    draft.approvals = draft.approvals or terms.standard_approvals()
    draft.night_choices = draft.night_choices or terms.standard_night_choices()
    draft.starts_on = None
    return draft


@transaction.atomic
def save_draft(*, environment: Environment, values: dict[str, Any], at: dt.datetime, by: User) -> Agreement:
    """Keep the draft of the person's side with these terms. Raises ValidationError, PermissionDenied."""
    side = _side(by, environment)
    agreements.hold(environment)
    draft = draft_of(environment, side) or Agreement(environment=environment, state=State.DRAFT, side=side)
    for name in TERMS:
        setattr(draft, name, values[name])
    draft.plan_duties = draft.plan.provider_duties
    draft.drafted_at, draft.drafted_by = at, by
    _check(draft, at)
    draft.full_clean(validate_constraints=False)
    draft.save()
    return draft


def _check(draft: Agreement, at: dt.datetime) -> None:
    addresses.site_at("site_url", draft.site_url)
    if wrong := terms.faults(draft.approvals, draft.night_choices):
        raise ValidationError(_("These terms cannot be read: %(names)s.") % {"names": ", ".join(sorted(set(wrong)))})
    zone = zoneinfo.ZoneInfo(draft.environment.customer.time_zone)
    if draft.starts_on and draft.starts_on < at.astimezone(zone).date():
        raise ValidationError({"starts_on": _("This day is past. Choose today or later, or leave it empty.")})


@transaction.atomic
def discard_draft(*, environment: Environment, by: User) -> None:
    """Throw the draft of the person's side away; nobody else has seen it."""
    side = _side(by, environment)
    Agreement.objects.filter(environment=environment, side=side, state=State.DRAFT).delete()


def shown(draft: Agreement) -> Shown:
    """Exactly what proposing this draft would put before the other side."""
    draft.plan_duties = draft.plan.provider_duties
    number = agreements.next_number(draft.environment)
    texts = agreement_words.texts_of(draft, number)
    return Shown(number, texts, agreement_words.digest_of(texts))


@transaction.atomic
def propose(
    *,
    environment: Environment,
    digest: str,
    at: dt.datetime,
    by: User,
    language: str = "ja",
    on_behalf_of: User | None = None,
) -> Agreement:
    """Put the draft of the person's side before the other side; proposing it is that side's yes.

    What waited until now is replaced: one's own is withdrawn, the other side's is declined by the counter-proposal.
    Raises TextChangedError when the draft is not what was shown.
    """
    side = _side(by, environment)
    agreements.hold(environment)
    draft = draft_of(environment, side)
    if draft is None:
        raise TextChangedError
    _check(draft, at)
    found = shown(draft)
    if found.digest != digest:
        raise TextChangedError
    if before := waiting(environment):
        _end(before, _("Replaced by version %(number)s.") % {"number": found.number}, side, at, by, on_behalf_of)
    draft.state, draft.number, draft.texts, draft.digest = State.PROPOSED, found.number, found.texts, found.digest
    draft.proposed_at, draft.proposed_by = at, by
    _say_yes(draft, side, at, by, language)
    draft.save()
    standings.touch(environment, at)
    _log("agreement-proposed", draft, at, by, on_behalf_of)
    proposal_messages.say_proposed(draft, at)
    return draft


@transaction.atomic
def sign(*, environment: Environment, digest: str, language: str, at: dt.datetime, by: User) -> Agreement:
    """Let an owner sign what the provider proposed. Raises TextChangedError, PermissionDenied."""
    return _answer(environment, Side.CUSTOMER, digest, at, by, language)


@transaction.atomic
def confirm(*, environment: Environment, digest: str, at: dt.datetime, by: User) -> Agreement:
    """Let an admin confirm what an owner proposed and signed. Raises TextChangedError, PermissionDenied.

    The provider's yes is its own: it is given on nobody's behalf.
    """
    return _answer(environment, Side.PROVIDER, digest, at, by, "")


@transaction.atomic
def decline(
    *,
    environment: Environment,
    digest: str,
    reason: str,
    at: dt.datetime,
    by: User,
    on_behalf_of: User | None = None,
) -> Agreement:
    """Say no to what the other side proposed, or take back what one's own side did. Raises TextChangedError."""
    side = _side(by, environment)
    agreements.hold(environment)
    proposal = _current(environment, digest)
    _end(proposal, reason, side, at, by, on_behalf_of)
    standings.touch(environment, at)
    return proposal


def _answer(environment: Environment, side: Side, digest: str, at: dt.datetime, by: User, language: str) -> Agreement:
    if _side(by, environment) != side:
        raise PermissionDenied
    agreements.hold(environment)
    proposal = _current(environment, digest)
    if proposal.side == side:
        raise PermissionDenied
    _say_yes(proposal, side, at, by, language)
    proposal.state = State.SIGNED
    proposal.valid_from = _valid_from(proposal, at)
    proposal.save()
    agreements.judge_from(environment, proposal.valid_from)
    agreements.visit_from(environment, proposal.valid_from, at)
    agreements.begin_due(environment, at)
    standings.touch(environment, at)
    _log("agreement-signed" if side == Side.CUSTOMER else "agreement-confirmed", proposal, at, by)
    proposal_messages.say_answered(proposal, by, at)
    return proposal


def _current(environment: Environment, digest: str) -> Agreement:
    proposal = waiting(environment)
    if proposal is None or proposal.digest != digest:
        raise TextChangedError
    return proposal


def _valid_from(proposal: Agreement, at: dt.datetime) -> dt.datetime:
    """The beginning of the agreed day in the customer's zone, but never before both sides have agreed."""
    if proposal.starts_on is None:
        return at
    zone = zoneinfo.ZoneInfo(proposal.environment.customer.time_zone)
    return max(at, hours.moment(proposal.starts_on, 0, zone))


def _say_yes(agreement: Agreement, side: Side, at: dt.datetime, by: User, language: str) -> None:
    if side == Side.CUSTOMER:
        agreement.signed_at, agreement.signed_by, agreement.signed_language = at, by, language
    else:
        agreement.confirmed_at, agreement.confirmed_by = at, by


def _end(
    proposal: Agreement, reason: str, side: Side, at: dt.datetime, by: User, on_behalf_of: User | None = None
) -> None:
    proposal.state = State.WITHDRAWN if proposal.side == side else State.DECLINED
    proposal.ended_at, proposal.ended_by, proposal.ended_reason = at, by, reason
    proposal.full_clean(validate_unique=False, validate_constraints=False)
    proposal.save()
    _log("agreement-withdrawn" if proposal.side == side else "agreement-declined", proposal, at, by, on_behalf_of)
    if proposal.state == State.DECLINED:
        proposal_messages.say_answered(proposal, by, at)


def _side(by: User, environment: Environment) -> Side:
    side = side_of(by, environment)
    if side is None:
        raise PermissionDenied
    return side


def _log(verb: str, agreement: Agreement, at: dt.datetime, by: User, on_behalf_of: User | None = None) -> None:
    environment = agreement.environment
    logbook.write(
        verb,
        at=at,
        by=by,
        on_behalf_of=on_behalf_of,
        customer=environment.customer,
        environment=environment,
        number=agreement.number,
        digest=agreement.digest,
    )
