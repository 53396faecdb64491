"""Finding customers, environments, servers and databases by name, id or address; only what the user may see."""

import unicodedata
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from customers.access import visible_customers, visible_environments
from customers.models import Address, Customer, Database, Environment, Server, User

EACH = 8
TERMS_AT_MOST = 5
_TO_KATAKANA = {hiragana: hiragana + 0x60 for hiragana in range(0x3041, 0x3097)}


@dataclass(frozen=True)
class Found:
    """What a search found, each kind cut to the first few; `more` tells that some were cut."""

    customers: list[Customer]
    environments: list[Environment]
    servers: list[Server]
    databases: list[Database]
    more: bool

    @property
    def any(self) -> bool:
        """Whether anything was found."""
        return bool(self.customers or self.environments or self.servers or self.databases)


def found(user: User, words: str, each: int = EACH) -> Found:
    """What the words stand in; several words must all stand in the same thing."""
    terms = terms_of(words)
    customers = _with(visible_customers(user).filter(closed_at=None), terms)
    environments = visible_environments(user).exclude(state=Environment.State.CLOSED).select_related("customer")
    for term in terms:
        environments = environments.filter(about(term))
    mine = {} if user.is_staff else {"environment__in": visible_environments(user).values("pk")}
    by_address = _with(Address.objects.filter(gone_at=None, **mine), terms).values("server_aws_id")
    lists = [
        list(customers.order_by("kana", "id")[: each + 1]),
        list(environments.order_by("customer__kana", "id")[: each + 1]),
        _first(Server, mine, terms, each + 1, also=Q(aws_id__in=by_address)),
        _first(Database, mine, terms, each + 1),
    ]
    return Found(*(rows[:each] for rows in lists), more=any(len(rows) > each for rows in lists))


def terms_of(words: str) -> list[str]:
    """The words one by one, folded as the database folds what they are looked for in."""
    return unicodedata.normalize("NFKC", words).lower().translate(_TO_KATAKANA).split()[:TERMS_AT_MOST]


def about(term: str, environment: str = "") -> Q:
    """Whether a folded term speaks of an environment, named by lookup: in its own words or in its customer's."""
    return Q(**{f"{environment}found_by__contains": term}) | Q(**{f"{environment}customer__found_by__contains": term})


def _with(rows: QuerySet, terms: list[str]) -> QuerySet:
    """The rows whose words contain every term."""
    for term in terms:
        rows = rows.filter(found_by__contains=term)
    return rows


def _first(model, mine: dict, terms: list[str], many: int, *, also: Q | None = None) -> list:
    """The first servers or databases by name; what is found in another way is looked for apart, each by its index."""
    rows = model.objects.filter(gone_at=None, **mine)
    found = _cut(_with(rows, terms), many)
    if also is not None:
        found += [row for row in _cut(rows.filter(also), many) if row not in found]
        found.sort(key=lambda row: (row.name, row.pk))
    return found[:many]


def _cut(rows: QuerySet, many: int) -> list:
    """The first rows by name, chosen before anything is joined to them.

    Row-level security keeps the planner from knowing how common a word is; it would join thousands to cut them.
    """
    chosen = rows.order_by("name", "id").values("pk")[:many]
    return list(rows.model.objects.filter(pk__in=chosen).select_related("environment__customer").order_by("name", "id"))
