"""Charts of an environment's servers and databases, ready for a page."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from customers import charts, resources, words
from customers.lines import Line, lines_of
from customers.models import Database, Environment, Server

SPANS = ((24, _("1 day")), (24 * 7, _("7 days")), (24 * 30, _("30 days")))


@dataclass(frozen=True)
class Drawing:
    """One server or database with its lines; `waiting` until a worker has fetched them."""

    thing: Server | Database
    kind: str
    waiting: bool
    fetched_at: dt.datetime | None
    trouble: words.Said | None
    lines: list[Line]


def version(drawings: list[Drawing]) -> int:
    """Grows whenever newer figures have come in; 0 while some are still waited for."""
    if any(drawing.waiting for drawing in drawings):
        return 0
    return max((int(drawing.fetched_at.timestamp()) for drawing in drawings), default=0)


def span(hours: str) -> int:
    """The span asked for in the URL, or a day."""
    known = {str(number): number for number, _word in SPANS}
    return known.get(hours, SPANS[0][0])


def places_of(things: list[Server | Database]) -> list[Drawing]:
    """Empty places for the charts of some things, as large as the charts will be, until they are asked for."""
    return [
        Drawing(thing=thing, kind=thing._meta.model_name, waiting=True, fetched_at=None, trouble=None, lines=[])
        for thing in things
    ]


def drawings_of(environment: Environment, hours: int, at: dt.datetime) -> list[Drawing]:
    """The charts of everything that runs, servers first; what is stale is asked for anew and shown until it comes."""
    things = [*resources.servers_of(environment), *resources.databases_of(environment)]
    if not things:
        return []
    found = {(chart.subject, chart.aws_id): chart for chart in charts.charts_for(environment, things, hours, at)}
    drawings = []
    for thing in things:
        chart = found[(thing._meta.model_name, thing.aws_id)]
        drawings.append(
            Drawing(
                thing=thing,
                kind=chart.subject,
                waiting=chart.fetched_at is None,
                fetched_at=chart.fetched_at,
                trouble=words.failure_said(chart.failure) if chart.failure else None,
                lines=lines_of(chart, thing),
            )
        )
    return drawings
