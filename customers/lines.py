"""Metric lines ready to be drawn: unit, scale, the newest value, and the same as a table."""

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Chart, Database, Server

GIBIBYTE = 1024**3
MEBIBYTE = 1024**2
# The plain drawing stands in a box of this size, stretched to the place it gets.
WIDTH, HEIGHT = 300, 100
TABLE_ROWS = 24


@dataclass(frozen=True)
class Kind:
    """How a metric of CloudWatch is shown."""

    label: str | Promise
    unit: str
    shown: Callable[[float], float]
    ceiling: float | None = None


KINDS = {
    "CPUUtilization": Kind(_("CPU"), "%", lambda value: value, 100),
    "mem_used_percent": Kind(_("Memory in use"), "%", lambda value: value, 100),
    "disk_used_percent": Kind(_("Disk in use"), "%", lambda value: value, 100),
    "NetworkOut": Kind(_("Sent to the network"), " MiB", lambda value: value / MEBIBYTE),
    "FreeableMemory": Kind(_("Free memory"), " GiB", lambda value: value / GIBIBYTE),
    "FreeStorageSpace": Kind(_("Free disk"), " GiB", lambda value: value / GIBIBYTE),
    "DatabaseConnections": Kind(_("Connections"), "", lambda value: value),
}


# What is drawn of each kind of thing, in its order; a place is kept for each, whether anything publishes it or not.
PLACES = {
    "server": ("CPUUtilization", "mem_used_percent", "disk_used_percent", "NetworkOut"),
    "database": ("CPUUtilization", "FreeableMemory", "FreeStorageSpace", "DatabaseConnections"),
}


@dataclass(frozen=True)
class Line:
    """One metric over the span of its chart."""

    label: str
    unit: str
    newest: float | None
    points: str
    data: dict[str, Any]
    table: list[tuple[dt.datetime, float]]


def lines_of(chart: Chart, thing: Server | Database) -> list[Line]:
    """The lines of a chart in their fixed order; a metric that nobody publishes has no points."""
    known = {raw["label"]: raw for raw in chart.lines}
    return [
        _line(known.get(label) or {"label": label, "times": [], "values": []}, thing) for label in PLACES[chart.subject]
    ]


def _line(raw: dict[str, Any], thing: Server | Database) -> Line:
    kind = KINDS[raw["label"]]
    values = [round(kind.shown(value), 2) for value in raw["values"]]
    ceiling = kind.ceiling
    if raw["label"] == "FreeStorageSpace":
        ceiling = getattr(thing, "storage_gb", None)
    begin, step, grid = _on_grid(raw["times"], values)
    every = max(1, len(values) // TABLE_ROWS)
    return Line(
        label=str(kind.label),
        unit=kind.unit,
        newest=values[-1] if values else None,
        points=_points(raw["times"], values, ceiling),
        data={
            "unit": kind.unit,
            "floor": 0,
            "ceiling": ceiling,
            "begin": begin,
            "step": step,
            "lines": [{"label": str(kind.label), "values": grid}],
        },
        table=[
            (dt.datetime.fromtimestamp(moment, dt.UTC), value)
            for moment, value in list(zip(raw["times"], values, strict=True))[::-every][:TABLE_ROWS]
        ],
    )


def _on_grid(times: list[int], values: list[float]) -> tuple[int, int, list[float | None]]:
    """Begin, step, and a value or nothing for each step, so that no line is drawn across what nobody saw."""
    if len(times) < 2:
        return (times or [0])[0], 60, list(values)
    step = min(later - earlier for earlier, later in itertools.pairwise(times))
    grid: list[float | None] = [None] * ((times[-1] - times[0]) // step + 1)
    for moment, value in zip(times, values, strict=True):
        grid[(moment - times[0]) // step] = value
    return times[0], step, grid


def _points(times: list[int], values: list[float], ceiling: float | None) -> str:
    if len(times) < 2:
        return ""
    top = ceiling or max(values) * 1.15 or 1
    first, span = times[0], times[-1] - times[0] or 1
    every = max(1, len(times) // 150)
    return " ".join(
        f"{WIDTH * (moment - first) / span:.1f},{HEIGHT - HEIGHT * min(value, top) / top:.1f}"
        for moment, value in list(zip(times, values, strict=True))[::every]
    )
