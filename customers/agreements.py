"""What was agreed for an environment, at any moment."""

import datetime as dt

from django.db.models import Value
from django.db.models.functions import Least

from customers import logbook
from customers.models import Agreement, Duty, Environment, Performer, Plan, Poll, User


def add_plan(*, code: str, name_ja: str, name_en: str, provider_duties: list[str]) -> Plan:
    """A plan that the provider sells; saving the same code again renews its words and duties."""
    plan, _ = Plan.objects.update_or_create(
        code=code, defaults={"name_ja": name_ja, "name_en": name_en, "provider_duties": sorted(provider_duties)}
    )
    return plan


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
    """Let a new version of the agreement hold from a moment on; what it means is judged anew at that moment."""
    agreement = Agreement(
        environment=environment,
        plan=plan,
        retention_days=retention_days,
        valid_from=valid_from,
        performers=performers or {},
    )
    agreement.full_clean()
    agreement.save()
    Poll.objects.filter(environment=environment).update(judge_at=Least("judge_at", Value(valid_from)))
    logbook.write("agreed", at=at, by=by, customer=environment.customer, environment=environment, plan=plan.code)
    return agreement


def agreement_at(environment: Environment, at: dt.datetime) -> Agreement | None:
    """The version that holds at a moment."""
    return (
        Agreement.objects.filter(environment=environment, valid_from__lte=at)
        .select_related("plan")
        .order_by("-valid_from")
        .first()
    )


def performers(agreement: Agreement | None) -> dict[str, Performer]:
    """Who does each duty: the plan's word, and the agreement's exceptions. Without an agreement, nobody."""
    if agreement is None:
        return dict.fromkeys(Duty, Performer.NOBODY)
    return {
        duty: Performer(
            agreement.performers.get(duty)
            or (Performer.PROVIDER if duty in agreement.plan.provider_duties else Performer.CUSTOMER)
        )
        for duty in Duty
    }
