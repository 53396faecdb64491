"""Pages of a list that cost the same however far one has gone: after the last row seen, not after a count of rows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import F, OrderBy, Q, QuerySet

ROWS = 50


@dataclass(frozen=True)
class Page:
    """Rows of a list; `next` asks for what follows, `began` tells that rows lie before."""

    rows: list[Any]
    next: str
    began: bool

    @property
    def shown(self) -> int:
        """How many rows stand on this page."""
        return len(self.rows)


@dataclass(frozen=True)
class Order:
    """A sort order that an index serves: columns, and a tie-breaker that no two rows share.

    Columns in `empty` may hold nothing; such rows come last. `falling` turns the whole order round.
    """

    columns: tuple[str, ...]
    tie: str = "id"
    falling: bool = False
    empty: frozenset[str] = frozenset()


def page_of(rows: QuerySet, order: Order, after: str, size: int = ROWS) -> Page:
    """One page of the rows; a broken `after` shows the beginning."""
    last = _read(order, after)
    return _cut(order, list(_begun(rows, order, last, size)), size, last is not None)


def page_of_several(lists: Sequence[QuerySet], order: Order, after: str, size: int = ROWS) -> Page:
    """One page out of lists of different things that stand among each other, each given as `.values()` of the same
    names in the same order. The database does the merging, since only it knows how it sorts words.
    """
    lists = [rows for rows in lists if not rows.query.is_empty()]
    if len(lists) < 2:
        return page_of(lists[0], order, after, size) if lists else Page([], "", False)
    last = _read(order, after)
    first, *others = (_begun(rows, order, last, size) for rows in lists)
    merged = first.union(*others, all=True).order_by(*_direction(order))[: size + 1]
    return _cut(order, list(merged), size, last is not None)


def _begun(rows: QuerySet, order: Order, last: list[Any] | None, size: int) -> QuerySet:
    """No more rows than a page may need, from where the last one ended."""
    if last is not None:
        rows = rows.filter(_beyond(order, [*order.columns, order.tie], last))
    return rows.order_by(*_direction(order))[: size + 1]


def _direction(order: Order) -> list[OrderBy]:
    direction = "desc" if order.falling else "asc"
    return [
        getattr(F(column), direction)(nulls_last=True if order.falling and column in order.empty else None)
        for column in (*order.columns, order.tie)
    ]


def _cut(order: Order, found: list[Any], size: int, began: bool) -> Page:
    more, found = len(found) > size, found[:size]
    return Page(found, _write(order, found[-1]) if more else "", began)


def _beyond(order: Order, columns: list[str], values: list[Any]) -> Q:
    """Rows that follow the one with these values: beyond in the first column, or equal there and beyond in the rest."""
    column, value = columns[0], values[0]
    side = "lt" if order.falling else "gt"
    if value is None:
        return Q(**{f"{column}__isnull": True}) & _beyond(order, columns[1:], values[1:])
    further = Q(**{f"{column}__{side}": value})
    if len(columns) > 1:
        # Written so that the index can begin at the value, then pass over the equal rows already seen.
        further = Q(**{f"{column}__{side}e": value}) & (further | _beyond(order, columns[1:], values[1:]))
    return further | Q(**{f"{column}__isnull": True}) if column in order.empty else further


def _write(order: Order, row: Any) -> str:
    if isinstance(row, dict):
        values = [row[column] for column in (*order.columns, order.tie)]
    else:
        values = [getattr(row, column) for column in order.columns]
        values.append(getattr(row, f"{order.tie}_id", None) or getattr(row, order.tie))
    plain = [{"t": value.isoformat()} if isinstance(value, dt.datetime) else value for value in values]
    return signing.dumps(plain, salt=_salt(order))


def _read(order: Order, after: str) -> list[Any] | None:
    """The values of the last row seen; None for what this order did not write itself."""
    try:
        plain = signing.loads(after, salt=_salt(order))
    except signing.BadSignature:
        return None
    return [dt.datetime.fromisoformat(value["t"]) if isinstance(value, dict) else value for value in plain]


def _salt(order: Order) -> str:
    return f"keyset {' '.join(order.columns)} {order.tie} {order.falling}"
