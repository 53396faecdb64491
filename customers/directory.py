"""The list of customers and their environments, as staff look through it."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    Expression,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.agreements import holding_at
from customers.models import Agreement, Customer, Environment, Member, Plan, Poll, Standing
from customers.search import about, terms_of
from customers.sight import counted, in_words, late_polls, level_shown
from opsportal.web.keyset import Order, Page, page_of_several

ORDERS = {
    "level": Order(("level",), "environment"),
    "name": Order(("customer_kana",), "environment"),
    "needs": Order(("needs",), "environment", falling=True),
    "deadline": Order(("next_deadline_at",), "environment", empty=frozenset({"next_deadline_at"})),
    "backup": Order(("last_backup_at",), "environment", empty=frozenset({"last_backup_at"})),
}
FIRST_ORDER = "level"
STAGES = {stage: stage.label for stage in Environment.Stage}
# Beside the levels of environments, for customers that have none.
NO_ENVIRONMENT = 0
LEVELS: dict[int, str | Promise] = {**dict(Standing.Level.choices), NO_ENVIRONMENT: _("No environment")}


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
        return bool(self.words or self.level is not None or self.stage or self.plan)


@dataclass(frozen=True)
class Line:
    """A line of the list: an environment as it stands, or a customer that has no environment yet."""

    environment: int
    customer: int
    customer_name: str
    customer_kana: str
    environment_name: str
    stage: str
    level: int
    late: bool
    site_late: bool
    needs: int
    next_deadline_at: dt.datetime | None
    last_backup_at: dt.datetime | None
    site_up: bool | None
    servers: int
    databases: int
    plan: Plan | None = None

    @property
    def waits(self) -> bool:
        """Whether the customer still waits for its first environment."""
        return self.environment < 0

    @property
    def sign(self) -> str:
        """How it stands, as a state of the screen."""
        return "none" if self.waits else level_shown(self.level, self.late).name.lower()

    @property
    def level_word(self) -> str | Promise:
        """How it stands, in a word."""
        return LEVELS[NO_ENVIRONMENT if self.waits else level_shown(self.level, self.late)]

    @property
    def plan_name(self) -> str:
        """The plan that holds now."""
        return plan_name(self.plan)

    @property
    def stage_word(self) -> str | Promise:
        """The stage, where the name of the environment does not say it already."""
        return stage_word(self.stage, self.environment_name)


# What the database sorts and merges; the rest is asked for the lines that are shown.
_ASKED = tuple(field.name for field in fields(Line) if field.name not in ("late", "site_late", "plan"))


def page_of_environments(filters: Filters, order: str, after: str, at: dt.datetime) -> Page:
    """One page of environments, each with its customer, its standing and the plan that holds now; among them the
    customers that have no environment yet.
    """
    lists = [_environments(filters, at).values(*_ASKED), _waiting(filters).values(*_ASKED)]
    page = page_of_several(lists, ORDERS[order], after)
    shown = [row["environment"] for row in page.rows]
    plans, late = plans_now(shown, at), late_readings(shown, at)
    return replace(page, rows=[_line(row, plans, late[row["environment"]]) for row in page.rows])


def _line(row: dict[str, Any], plans: dict[int, Plan], late: set[str]) -> Line:
    plan = plans.get(row["environment"])
    return Line(**row, late=bool(late), site_late=Poll.Reading.SITE in late, plan=plan)


def _environments(filters: Filters, at: dt.datetime) -> QuerySet:
    rows = Standing.objects.filter(_wanted(filters, at)).annotate(
        stage=F("environment__stage"), customer=F("environment__customer")
    )
    return rows.none() if filters.level == NO_ENVIRONMENT else rows


def _waiting(filters: Filters) -> QuerySet:
    """Customers without an environment, in the columns of a standing; their numbers are below every environment's."""
    running = Environment.objects.filter(customer=OuterRef("pk")).exclude(state=Environment.State.CLOSED)
    rows = Customer.objects.filter(~Exists(running), closed_at=None)
    for term in terms_of(filters.words):
        rows = rows.filter(found_by__contains=term)
    nothing, never = Value(0, IntegerField()), Cast(None, DateTimeField())
    narrowed_away = filters.stage or filters.plan or filters.level not in (None, NO_ENVIRONMENT)
    rows = rows.annotate(
        environment=-F("id"),
        customer=F("id"),
        customer_name=F("name"),
        customer_kana=Coalesce(NullIf("kana", Value("")), "name"),
        environment_name=Value(""),
        stage=Value(""),
        level=Value(int(Standing.Level.UNKNOWN), IntegerField()),
        needs=nothing,
        next_deadline_at=never,
        last_backup_at=never,
        site_up=Cast(None, BooleanField()),
        servers=nothing,
        databases=nothing,
    )
    return rows.none() if narrowed_away else rows


def late_readings(environments: list[int], at: dt.datetime) -> dict[int, set[str]]:
    """The readings of each of some environments that are too old to be believed."""
    late: dict[int, set[str]] = defaultdict(set)
    polls = late_polls(at).filter(environment__in=environments)
    for environment, reading in polls.values_list("environment", "reading"):
        late[environment].add(reading)
    return late


def _dress(standing: Standing, plans: dict[int, Plan], late: set[str]) -> None:
    """Put what a row shows onto it, so that a template only prints."""
    standing.late, standing.site_late = bool(late), Poll.Reading.SITE in late
    level = level_shown(standing.level, standing.late)
    standing.sign, standing.level_word = level.name.lower(), level.label
    standing.plan_name = plan_name(plans.get(standing.environment_id))
    standing.stage_word = stage_word(standing.environment.stage, standing.environment_name)


def stage_word(stage: str, name: str) -> str | Promise:
    """The stage of an environment, unless it is the rule or its name says it already."""
    word = STAGES.get(stage, "")
    return "" if stage == Environment.Stage.PRODUCTION or str(word) == name else word


def version(at: dt.datetime) -> str:
    """Another whenever anything visible changes in any environment, be it only that a reading grew too old."""
    return f"{Standing.objects.aggregate(version=Sum('version'))['version'] or 0}.{late_polls(at).count()}"


def list_version(at: dt.datetime) -> str:
    """Another whenever a line of the list changes, or a customer comes or goes."""
    customers = counted(Customer.objects.filter(closed_at=None))
    version = in_words(Coalesce(Sum("version"), 0), customers, counted(late_polls(at)))
    return Standing.objects.aggregate(version=version)["version"]


def customer_version(at: dt.datetime) -> Expression:
    """Another whenever the page of a customer changes; to be asked together with the customer."""
    standings = Standing.objects.filter(environment__customer=OuterRef("pk"))
    versions = Subquery(standings.annotate(sum=Func("version", function="SUM")).values("sum"))
    late = counted(late_polls(at).filter(environment__customer=OuterRef("pk")))
    return in_words(Coalesce(versions, 0), counted(Member.objects.filter(customer=OuterRef("pk"))), late)


def _wanted(filters: Filters, at: dt.datetime) -> Q:
    wanted = ~Q(environment__state=Environment.State.CLOSED)
    for term in terms_of(filters.words):
        wanted &= about(term, "environment__")
    if filters.level is not None:
        wanted &= _at_level(filters.level, at)
    if filters.stage:
        wanted &= Q(environment__stage=filters.stage)
    if filters.plan:
        with_plan = Agreement.objects.filter(pk__in=holding_at(at).values("pk"), plan__code=filters.plan)
        wanted &= Q(environment__in=with_plan.values("environment"))
    return wanted


def _at_level(level: int, at: dt.datetime) -> Q:
    late = late_polls(at).filter(environment=OuterRef("environment"))
    hopeful = Q(Exists(late), level__in=[Standing.Level.OK, Standing.Level.WATCH])
    if level == Standing.Level.UNKNOWN:
        return Q(level=level) | hopeful
    return Q(level=level) & ~hopeful


def plans_now(environments: list[int], at: dt.datetime) -> dict[int, Plan]:
    """The plan that holds now for each of the environments."""
    holding = dict(holding_at(at).filter(environment__in=environments).values_list("environment", "plan"))
    known = Plan.objects.in_bulk(set(holding.values()))
    return {environment: known[plan] for environment, plan in holding.items()}


def plans() -> list[Plan]:
    """Every plan the provider sells."""
    return list(Plan.objects.order_by("code"))


def plans_in_use(at: dt.datetime) -> list[tuple[Plan, int]]:
    """Every plan with how many environments of open customers run under it."""
    open_ones = holding_at(at).exclude(environment__state=Environment.State.CLOSED)
    counts = Counter(open_ones.values_list("plan_id", flat=True))
    return [(plan, counts[plan.pk]) for plan in plans()]


def plan_name(plan: Plan | None) -> str:
    """The plan in the reader's language."""
    if plan is None:
        return ""
    return plan.name_ja if get_language() == "ja" else plan.name_en


def standings_of(environments: QuerySet[Environment], at: dt.datetime) -> list[Standing]:
    """How each of some environments stands, the worst first."""
    rows = Standing.objects.filter(environment__in=environments).exclude(environment__state=Environment.State.CLOSED)
    standings = list(rows.select_related("environment").order_by("level", "customer_kana", "environment"))
    shown = [standing.environment_id for standing in standings]
    plans, late = plans_now(shown, at), late_readings(shown, at)
    for standing in standings:
        _dress(standing, plans, late[standing.environment_id])
    return standings
