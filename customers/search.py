"""Finding customers, environments, servers and databases by name, id or address; only what the user may see."""

from dataclasses import dataclass

from django.db.models import Q

from customers.access import visible_customers, visible_environments
from customers.models import Address, Customer, Database, Environment, Server, User

EACH = 8


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
    terms = words.split()[:5]
    customers = _matching(visible_customers(user).filter(closed_at=None), terms, ("name", "kana", "slug"))
    environments = _matching(
        visible_environments(user).exclude(state=Environment.State.CLOSED).select_related("customer"),
        terms,
        ("name", "customer__name", "customer__kana", "account_id", "site_url"),
    )
    mine = {} if user.is_staff else {"environment__in": visible_environments(user).values("pk")}
    servers = _things(Server, mine, _words_of(terms, ("name", "aws_id", "private_address", "public_address")))
    by_address = Address.objects.filter(_words_of(terms, ("address",)), gone_at=None, **mine).values("server_aws_id")
    servers = servers | _things(Server, mine, Q(aws_id__in=by_address))
    databases = _things(Database, mine, _words_of(terms, ("name", "aws_id", "endpoint")))
    lists = [
        list(customers.order_by("kana", "id")[: each + 1]),
        list(environments.order_by("customer__kana", "id")[: each + 1]),
        list(servers.order_by("name", "id")[: each + 1]),
        list(databases.order_by("name", "id")[: each + 1]),
    ]
    return Found(*(rows[:each] for rows in lists), more=any(len(rows) > each for rows in lists))


def _words_of(terms: list[str], fields: tuple[str, ...]) -> Q:
    wanted = Q()
    for term in terms:
        here = Q()
        for field in fields:
            here |= Q(**{f"{field}__icontains": term})
        wanted &= here
    return wanted


def _matching(rows, terms, fields):
    return rows.filter(_words_of(terms, fields))


def _things(model, mine: dict, wanted: Q):
    return model.objects.filter(wanted, gone_at=None, **mine).select_related("environment__customer")
