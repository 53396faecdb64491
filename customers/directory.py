"""The list of customers and their environments, as staff look through it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import FETCH_RAISE, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import get_language

from customers.models import Agreement, Customer, Environment, Member, Plan, Standing
from customers.search import about, terms_of
from customers.sight import late_polls, level_shown
from opsportal.web.keyset import Order, Page, page_of

ORDERS = {
    "level": Order(("level",), "environment"),
    "name": Order(("customer_kana",), "environment"),
    "needs": Order(("needs",), "environment", falling=True),
    "deadline": Order(("next_deadline_at",), "environment", empty=frozenset({"next_deadline_at"})),
    "backup": Order(("last_backup_at",), "environment", empty=frozenset({"last_backup_at"})),
}
FIRST_ORDER = "level"
STAGES = {stage: stage.label for stage in Environment.Stage}


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
    rows = (
        _with_lateness(Standing.objects, at)
        .filter(_wanted(filters, at))
        .annotate(
            stage=F("environment__stage"), customer_id=F("environment__customer_id"), state=F("environment__state")
        )
    )
    page = page_of(rows.fetch_mode(FETCH_RAISE), ORDERS[order], after)
    names = plans_now([standing.environment_id for standing in page.rows], at)
    for standing in page.rows:
        _dress(standing, names)
        stage = STAGES[standing.stage]
        # Production is the rule, and many environments are named after their stage: only what says more is said.
        plain = standing.stage == Environment.Stage.PRODUCTION or str(stage) == standing.environment_name
        standing.stage_word = "" if plain else stage
    return page


def _with_lateness(standings, at: dt.datetime) -> QuerySet[Standing]:
    """Each with whether a reading of its environment is too old to be believed."""
    return standings.annotate(late=Exists(late_polls(at).filter(environment=OuterRef("environment"))))


def _dress(standing: Standing, plans: dict[int, Plan]) -> None:
    """Put what a row shows onto it, so that a template only prints."""
    level = level_shown(standing.level, standing.late)
    standing.sign, standing.level_word = level.name.lower(), level.label
    standing.plan_name = plan_name(plans.get(standing.environment_id))


def version(at: dt.datetime) -> str:
    """Another whenever anything visible changes in any environment, be it only that a reading grew too old."""
    return f"{Standing.objects.aggregate(version=Sum('version'))['version'] or 0}.{late_polls(at).count()}"


def _wanted(filters: Filters, at: dt.datetime) -> Q:
    wanted = ~Q(environment__state=Environment.State.CLOSED)
    for term in terms_of(filters.words):
        wanted &= about(term, "environment__")
    if filters.level:
        wanted &= _at_level(filters.level)
    if filters.stage:
        wanted &= Q(environment__stage=filters.stage)
    if filters.plan:
        holding = Agreement.objects.filter(valid_from__lte=at).order_by("environment", "-valid_from")
        latest = holding.distinct("environment").values("pk")
        with_plan = Agreement.objects.filter(pk__in=latest, plan__code=filters.plan)
        wanted &= Q(environment__in=with_plan.values("environment"))
    return wanted


def _at_level(level: int) -> Q:
    hopeful = Q(level__in=[Standing.Level.OK, Standing.Level.WATCH], late=True)
    if level == Standing.Level.UNKNOWN:
        return Q(level=level) | hopeful
    return Q(level=level) & ~hopeful


def plans_now(environments: list[int], at: dt.datetime) -> dict[int, Plan]:
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


def plan_name(plan: Plan | None) -> str:
    """The plan in the reader's language."""
    if plan is None:
        return ""
    return plan.name_ja if get_language() == "ja" else plan.name_en


def members_of(customer: Customer) -> list[Member]:
    """The people of a customer who log in."""
    return list(Member.objects.filter(customer=customer).select_related("user").order_by("role", "user__name"))


def standings_of(environments: QuerySet[Environment], at: dt.datetime) -> list[Standing]:
    """How each of some environments stands, the worst first."""
    rows = Standing.objects.filter(environment__in=environments).exclude(environment__state=Environment.State.CLOSED)
    rows = _with_lateness(rows, at).select_related("environment")
    standings = list(rows.order_by("level", "customer_kana", "environment"))
    plans = plans_now([standing.environment_id for standing in standings], at)
    for standing in standings:
        _dress(standing, plans)
    return standings
