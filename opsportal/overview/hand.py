"""What needs a hand now, over all customers: the first page of everybody on shift."""

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Q

from customers import plain_words, words
from customers.models import Duty, Environment, Need, Performer, Standing
from customers.sight import late_polls, level_shown
from maintenance.meanings import meaning_of
from opsportal.web.keyset import Order, Page, page_of

BY_URGENCY = Order(("urgency", "deadline_at"), empty=frozenset({"deadline_at"}))
SIGNS = {Need.Urgency.NOW: "act", Need.Urgency.SOON: "watch", Need.Urgency.PLAN: "plan"}
ROW_CLASSES = {Need.Urgency.NOW: "need-now", Need.Urgency.SOON: "need-soon", Need.Urgency.PLAN: "need-plan"}
# The part of the environment's page where a duty is seen.
PLACES = {
    Duty.N1: "notices", Duty.N2: "resources", Duty.N4: "resources", Duty.N5: "backups", Duty.I1: "alarms",
    Duty.I3: "resources",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A need in words, with where it is and what to do."""

    pk: int
    kind: str
    title: str
    step: str
    urgency: int
    urgency_word: str
    sign: str
    row_class: str
    duty: str
    duty_word: str
    place: str
    environment: Environment
    deadline_at: dt.datetime | None
    late: bool
    raised_at: dt.datetime
    performer: str
    performer_word: str


@dataclass(frozen=True)
class Counts:
    """How much there is to do, and how the environments stand."""

    urgencies: list[tuple[int, str, str, int]]
    duties: list[tuple[str, str, int]]
    levels: list[tuple[int, str, str, int]]
    needs: int
    environments: int
    late: int

    @property
    def unknown(self) -> int:
        """How many environments cannot be judged fully."""
        return next(count for level, _label, _sign, count in self.levels if level == Standing.Level.UNKNOWN)

    @property
    def shares(self) -> list[dict[str, int | str]]:
        """The levels as parts of a bar: sign, where it begins, how many."""
        parts, begin = [], 0
        for _level, _label, sign, count in self.levels:
            parts.append({"sign": sign, "from": begin, "count": count})
            begin += count
        return parts


def page_of_needs(*, urgency: int | None, duty: str, after: str, at: dt.datetime) -> Page:
    """One page of the open needs of every customer, the most urgent and nearest deadline first."""
    wanted = Q(settled_at=None)
    if urgency:
        wanted &= Q(urgency=urgency)
    if duty:
        wanted &= Q(duty=duty)
    needs = Need.objects.filter(wanted).select_related("environment__customer").fetch_mode(models.FETCH_RAISE)
    page = page_of(needs, BY_URGENCY, after)
    return Page([row_of(need, at) for need in page.rows], page.next, page.began)


def needs_of(environments: list[Environment], at: dt.datetime, *, plain: bool = False) -> list[Row]:
    """The open needs of some environments, in the same order."""
    known = {environment.pk: environment for environment in environments}
    needs = Need.objects.filter(environment__in=known, settled_at=None).fetch_mode(models.FETCH_RAISE)
    if plain:
        # Whoever is asked finds the question itself.
        needs = needs.exclude(kind="change-unanswered")
    rows = []
    for need in needs.order_by("urgency", "deadline_at", "id"):
        need.environment = known[need.environment_id]
        rows.append(row_of(need, at, plain=plain))
    return rows


def row_of(need: Need, at: dt.datetime, *, plain: bool = False) -> Row:
    """A need in the reader's words: an operator's, or plain ones for who owns the site."""
    facts = need.facts
    if "code" in facts and need.kind == "notice-open":
        facts = {**facts, "code": meaning_of(facts["code"]).title}
    performer = plain_words.performer_of(need.kind, need.performer) if plain else need.performer
    said = plain_words.need_said(need.kind, facts, performer) if plain else words.need_said(need.kind, facts)
    urgency, duty = Need.Urgency(need.urgency), Duty(need.duty)
    return Row(
        pk=need.pk,
        kind=need.kind,
        title=said.title,
        step=said.step,
        urgency=need.urgency,
        urgency_word=urgency.label,
        sign=SIGNS[urgency],
        row_class=ROW_CLASSES[urgency],
        duty=need.duty,
        duty_word=duty.label,
        place=_place(need.kind, duty),
        environment=need.environment,
        deadline_at=need.deadline_at,
        late=bool(need.deadline_at and need.deadline_at < at),
        raised_at=need.raised_at,
        performer=performer,
        performer_word=Performer(performer).label,
    )


def _place(kind: str, duty: Duty) -> str:
    """The part of the environment's page where it is seen."""
    if kind.startswith("change-"):
        return "changes"
    return "readings" if kind.startswith("poll-") else PLACES.get(duty, "board")


def counts(at: dt.datetime) -> Counts:
    """The figures above the list, over all customers; `late` environments have a reading too old to be believed."""
    open_needs = Need.objects.filter(settled_at=None).values_list("urgency", "duty").annotate(count=Count("pk"))
    by_urgency, by_duty = dict.fromkeys(Need.Urgency, 0), dict.fromkeys(Duty, 0)
    for urgency, duty, count in open_needs:
        by_urgency[Need.Urgency(urgency)] += count
        by_duty[Duty(duty)] += count
    by_level = dict.fromkeys(Standing.Level, 0)
    active = Standing.objects.exclude(environment__state=Environment.State.CLOSED)
    for level, count in active.values_list("level").annotate(Count("pk")):
        by_level[level] += count
    late = 0
    behind = active.filter(environment__in=late_polls(at).values("environment"))
    for level, count in behind.values_list("level").annotate(Count("pk")):
        by_level[level] -= count
        by_level[level_shown(level, late=True)] += count
        late += count
    return Counts(
        urgencies=[(int(urgency), urgency.label, SIGNS[urgency], by_urgency[urgency]) for urgency in Need.Urgency],
        duties=[(str(duty), duty.label, by_duty[duty]) for duty in Duty if by_duty[duty]],
        levels=[(int(level), level.label, level.name.lower(), by_level[level]) for level in Standing.Level],
        needs=sum(by_urgency.values()),
        environments=sum(by_level.values()),
        late=late,
    )
