"""The list of customers and their environments, as staff look through it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q

from customers.models import Agreement, Environment, Plan, Standing
from opsportal.web.keyset import Order, Page, page_of

ORDERS = {
    "level": Order("level", "environment"),
    "name": Order("customer_kana", "environment"),
    "needs": Order("needs", "environment", falling=True),
    "deadline": Order("next_deadline_at", "environment", may_be_empty=True),
    "backup": Order("last_backup_at", "environment", may_be_empty=True),
}
FIRST_ORDER = "level"


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means everything."""

    words: str = ""
    level: int | None = None
    stage: str = ""
    plan: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.words or self.level or self.stage or self.plan)


def page_of_environments(filters: Filters, order: str, after: str, at: dt.datetime) -> Page:
    """One page of environments, each with its customer, its standing and the plan that holds now."""
    rows = Standing.objects.filter(_wanted(filters, at)).annotate(
        stage=F("environment__stage"), customer_id=F("environment__customer_id"), state=F("environment__state")
    )
    page = page_of(rows, ORDERS[order], after)
    names = plan_names([standing.environment_id for standing in page.rows], at)
    for standing in page.rows:
        standing.plan = names.get(standing.environment_id)
    return page


def _wanted(filters: Filters, at: dt.datetime) -> Q:
    wanted = ~Q(environment__state=Environment.State.CLOSED)
    for word in filters.words.split():
        wanted &= (
            Q(customer_name__icontains=word) | Q(customer_kana__icontains=word) | Q(environment_name__icontains=word)
        )
    if filters.level:
        wanted &= Q(level=filters.level)
    if filters.stage:
        wanted &= Q(environment__stage=filters.stage)
    if filters.plan:
        holding = Agreement.objects.filter(valid_from__lte=at).order_by("environment", "-valid_from")
        latest = holding.distinct("environment").values("pk")
        with_plan = Agreement.objects.filter(pk__in=latest, plan__code=filters.plan)
        wanted &= Q(environment__in=with_plan.values("environment"))
    return wanted


def plan_names(environments: list[int], at: dt.datetime) -> dict[int, Plan]:
    """The plan that holds now for each of the environments."""
    holding = (
        Agreement.objects.filter(environment__in=environments, valid_from__lte=at)
        .select_related("plan")
        .order_by("environment", "-valid_from")
        .distinct("environment")
    )
    return {agreement.environment_id: agreement.plan for agreement in holding}


def plans() -> list[Plan]:
    """Every plan the provider sells."""
    return list(Plan.objects.order_by("code"))


def standings_of(environments) -> list[Standing]:
    """How each of some environments stands, the worst first."""
    rows = Standing.objects.filter(environment__in=environments).exclude(environment__state=Environment.State.CLOSED)
    return list(rows.select_related("environment").order_by("level", "customer_kana", "environment"))
