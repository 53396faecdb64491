"""What holds for an environment, at any moment, and what that means for a duty, a change, a night."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Value
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from customers import agreement_words, business_hours, environments, hours, logbook, standings, terms, walls
from customers.models import Agreement, Duty, Environment, Performer, Plan, Poll, User

State = Agreement.State
BINDING = (State.SIGNED, State.PROVISIONAL)


def add_plan(*, code: str, name_ja: str, name_en: str, provider_duties: list[str]) -> Plan:
    """A plan that the provider sells; saving the same code again renews its words and duties. Raises ValidationError.

    What was signed keeps the duties that the plan had then.
    """
    plan = Plan.objects.filter(code=code).first() or Plan(code=code)
    plan.name_ja, plan.name_en = name_ja, name_en
    plan.provider_duties = sorted(Duty(duty).value for duty in provider_duties)
    plan.full_clean()
    plan.save()
    return plan


def keep_plan(
    *, plan: Plan | None, code: str, name_ja: str, name_en: str, provider_duties: list[str], at: dt.datetime, by: User
) -> Plan:
    """Add a plan on the screen, or change one; the code of a plan stays. Raises ValidationError."""
    if plan is None and Plan.objects.filter(code=code).exists():
        raise ValidationError({"code": _("Another plan has this code.")})
    code = plan.code if plan else code
    kept = add_plan(code=code, name_ja=name_ja, name_en=name_en, provider_duties=provider_duties)
    facts = {"code": code, "name": name_ja, "duties": kept.provider_duties}
    logbook.write("plan-changed" if plan else "plan-added", at=at, by=by, **facts)
    return kept


def plan_of(plan_id: int) -> Plan | None:
    """A plan by its id."""
    return Plan.objects.filter(pk=plan_id).first()


@transaction.atomic
def agree(
    *,
    environment: Environment,
    plan: Plan,
    retention_days: int,
    valid_from: dt.datetime,
    at: dt.datetime,
    by: User | None,
    performers: dict[str, str] | None = None,
) -> Agreement:
    """Let a provisional version hold until the customer has signed one; it asks before anything and never acts alone.

    What it means is judged anew at the moment from which it holds. Raises ValidationError once one was signed.
    """
    hold(environment)
    if Agreement.objects.filter(environment=environment, state=State.SIGNED).exists():
        raise ValidationError(_("The customer has signed an agreement already. Propose a new version."))
    agreement = Agreement(
        environment=environment,
        number=next_number(environment),
        state=State.PROVISIONAL,
        plan=plan,
        plan_duties=plan.provider_duties,
        retention_days=retention_days,
        valid_from=valid_from,
        begun_at=valid_from,
        performers=performers or {},
        site_url=environment.site_url,
        site_text=environment.site_text,
        drafted_at=at,
        drafted_by=by,
    )
    agreement.texts = agreement_words.texts_of(agreement, agreement.number)
    agreement.digest = agreement_words.digest_of(agreement.texts)
    agreement.full_clean()
    agreement.save()
    judge_from(environment, valid_from)
    logbook.write("agreed", at=at, by=by, customer=environment.customer, environment=environment, plan=plan.code)
    return agreement


def hold(environment: Environment) -> None:
    """Let one person at a time change the versions of an environment; the first thing in such a transaction."""
    Environment.objects.select_for_update(no_key=True).get(pk=environment.pk)


def next_number(environment: Environment) -> int:
    """The number that the next version put before people gets. Call under hold()."""
    newest = Agreement.objects.filter(environment=environment).aggregate(newest=Max("number"))["newest"]
    return (newest or 0) + 1


def judge_from(environment: Environment, moment: dt.datetime) -> None:
    """Let what every reading means be judged anew at a moment."""
    Poll.objects.filter(environment=environment).update(judge_at=Least("judge_at", Value(moment)))


def visit_from(environment: Environment, moment: dt.datetime, at: dt.datetime) -> None:
    """Let the site be looked at no later than a moment: the version that begins then may name another, or a first."""
    poll, _made = Poll.objects.get_or_create(
        environment=environment, reading=Poll.Reading.SITE, defaults={"counted_since": at}
    )
    Poll.objects.filter(pk=poll.pk).update(due_at=Least("due_at", Value(moment)))


def begin_due(environment: Environment, at: dt.datetime) -> None:
    """Let the site follow the version that holds by now, once; safe to repeat, torn it is done again."""
    fresh = Agreement.objects.filter(
        environment=environment, state=State.SIGNED, begun_at__isnull=True, valid_from__lte=at
    )
    if not fresh.exists():
        return
    with transaction.atomic():
        hold(environment)
        holding = agreement_at(environment, at)
        with walls.as_portal():
            fresh.update(begun_at=at)
        if (environment.site_url, environment.site_text) != (holding.site_url, holding.site_text):
            environments.move_site(
                environment=environment, site_url=holding.site_url, site_text=holding.site_text, at=at, by=None
            )
        standings.touch(environment, at)


def holding_at(at: dt.datetime) -> QuerySet[Agreement]:
    """For each environment the version that holds at a moment."""
    return Agreement.objects.filter(valid_from__lte=at).order_by("environment", "-number").distinct("environment")


def unsigned(at: dt.datetime) -> list[Agreement]:
    """For each environment that runs without a signature, the provisional version that holds."""
    rows = holding_at(at).exclude(environment__state=Environment.State.CLOSED).values("pk")
    provisional = Agreement.objects.filter(pk__in=rows, state=State.PROVISIONAL)
    return list(provisional.select_related("environment__customer", "plan").order_by("valid_from", "pk"))


def agreement_at(environment: Environment, at: dt.datetime) -> Agreement | None:
    """The version that holds at a moment: of those whose time has come, the newest.

    `another_waits` on it tells whether a proposed version waits for a yes.
    """
    proposed = Agreement.objects.filter(environment=OuterRef("environment"), state=State.PROPOSED)
    return (
        Agreement.objects.filter(environment=environment, valid_from__lte=at)
        .annotate(another_waits=Exists(proposed))
        .select_related("plan")
        .order_by("-number")
        .first()
    )


def performers(agreement: Agreement | None) -> dict[str, Performer]:
    """Who does each duty: the plan's word, and the agreement's exceptions. Without an agreement, nobody."""
    if agreement is None:
        return dict.fromkeys(Duty, Performer.NOBODY)
    return {duty: agreement_words.performer_of(agreement, duty) for duty in Duty}


def approval_rule(agreement: Agreement | None, action_class: str) -> terms.ApprovalRule:
    """Whose yes a planned change of this class needs; without an agreement the owner's."""
    return terms.approval(agreement.approvals if agreement else {}, action_class)


def notice_days(agreement: Agreement | None, minutes: int, *, set_by_aws: bool = False) -> int:
    """How many days before work of this length the customer is told; 0 is as early as possible."""
    if agreement is None or set_by_aws:
        return agreement.notice_aws_days if agreement else 0
    long = minutes >= agreement.long_work_minutes
    return agreement.notice_long_days if long else agreement.notice_short_days


def night_choice(agreement: Agreement | None, action_class: str, at: dt.datetime) -> terms.NightRule:
    """What comes first when something fails at this moment and this class of recovery would help."""
    if agreement is None:
        return terms.TELL_ONLY
    customer_hours = business_hours.hours_of(agreement.environment.customer)
    band = hours.band(customer_hours, agreement.night_from, agreement.night_until, at)
    return terms.night(agreement.night_choices, action_class, band)


def versions_of(environment: Environment) -> list[Agreement]:
    """Every version that was put before people, newest first."""
    rows = Agreement.objects.filter(environment=environment, number__isnull=False)
    return list(rows.select_related("plan").order_by(F("number").desc()))


def text_of(agreement: Agreement, language: str) -> agreement_words.Text:
    """The text of a version as it was put before people; of a draft, as it would be."""
    texts = agreement.texts or agreement_words.texts_of(agreement, agreement.number)
    return texts.get(language) or texts["ja"]


def predecessor(agreement: Agreement, versions: Iterable[Agreement]) -> Agreement | None:
    """The version that bound last before this one was put before people."""
    earlier = [one for one in versions if one.number < agreement.number and one.state in BINDING]
    return max(earlier, key=lambda one: one.number, default=None)
