"""Server time and queries of the busiest pages over a large world, in every sort order."""

import re
import time
from dataclasses import dataclass, field
from statistics import median

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from customers import customers, directory  # noqa: E402
from customers.models import Environment, Member, Observation, User  # noqa: E402
from opsportal import business_time  # noqa: E402
from opsportal.bench import world  # noqa: E402
from opsportal.bench.figures import percentile, show  # noqa: E402

ROUNDS = 60
PAGE_MS, FRAGMENT_MS, UNCHANGED_MS, QUERY_MS, QUERIES, WALL_PERCENT = 35, 8, 5, 20, 12, 10
PASSWORD = "for-benchmarks-only"


@dataclass
class Queries:
    """Counts statements and keeps the slowest."""

    count: int = 0
    slowest: list[float] = field(default_factory=list)

    def __call__(self, execute, sql, parameters, many, context):
        began = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            self.count += 1
            self.slowest.append(1000 * (time.perf_counter() - began))


def main() -> None:
    """Fill the database once, then ask each page in turn."""
    call_command("migrate", verbosity=0)
    if not Observation.objects.exists():
        print("Pages: making 1,000 customers, 3,000 environments, 300,000 backups, 1,008,000 observations", flush=True)
        world.make(customers=1000, nights=25, observations=112)
    staff, owner = _people()
    environment = Environment.objects.order_by("pk")[1500]
    print(f"Pages: p95 of {ROUNDS} requests, through every middleware, without the network", flush=True)
    for order in directory.ORDERS:
        _measure(f"customers list by {order}", staff, f"{reverse('customers')}?sort={order}", PAGE_MS)
    _measure("customers list, searched", staff, f"{reverse('customers')}?q=00500", PAGE_MS)
    _measure("staff home", staff, reverse("home"), PAGE_MS)
    page = reverse("environment", args=[environment.pk])
    _measure("environment page", staff, page, PAGE_MS)
    _measure("environment page, customer", owner, page, PAGE_MS)
    _measure_wall(owner, page)
    _measure("customer home", owner, reverse("home"), PAGE_MS)
    for words in ("web-1", "本", "10.0.17.2"):
        _measure(f"search for {words}", staff, f"{reverse('search')}?q={words}", PAGE_MS)
    for name in ("observations", "backups", "alarms", "notices"):
        _measure(f"{name} of an environment", staff, reverse(name, args=[environment.pk]), PAGE_MS)
    part = reverse("environment-part", args=[environment.pk, "board"])
    _measure("fragment, changed", staff, f"{part}?seen=0", FRAGMENT_MS)
    _measure_unchanged("board", staff, page, part)
    for name in ("observations", "readings", "backups", "alarms", "notices"):
        address = reverse(name, args=[environment.pk])
        _measure_unchanged(name, staff, address, address)
    for name, address in (
        ("customers list", reverse("customers")),
        ("customer", reverse("customer", args=[environment.customer_id])),
        ("staff home", reverse("home")),
    ):
        _measure_unchanged(name, staff, address, address)


def _measure_wall(client: Client, page: str) -> None:
    """What the database's wall adds to a customer's page: with and without it in turn, medians compared."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(2 * ROUNDS):
        walled = turn % 2 == 0
        with override_settings(PATHS_OUTSIDE_WALLS=() if walled else (page,)):
            began = time.perf_counter()
            client.get(page)
            spent[walled].append(1000 * (time.perf_counter() - began))
    added = 100 * (median(spent[True]) / median(spent[False]) - 1)
    show("the wall adds to the environment page", added, "%", WALL_PERCENT, f"{median(spent[True]):.1f} ms with it")


def _people() -> tuple[Client, Client]:
    at = business_time.now()
    operator = User.objects.filter(email="operator@bench.example").first() or customers.add_staff(
        email="operator@bench.example", name="計測", staff_role="operator", password=PASSWORD, at=at, by=None
    )
    customer = Environment.objects.order_by("pk")[1500].customer
    member = Member.objects.filter(customer=customer).first() or customers.add_member(
        customer=customer, email="owner@bench.example", name="計測", role="owner", password=PASSWORD, at=at, by=None
    )
    clients = Client(headers={"accept-language": "ja"}), Client(headers={"accept-language": "ja"})
    for client, user in zip(clients, (operator, member.user), strict=True):
        client.force_login(user)
        # As if proved: what is measured are the pages, not the way in.
        session = client.session
        session["factor"] = "app"
        session.save()
    return clients


def _measure_unchanged(name: str, client: Client, page: str, part: str) -> None:
    """The look for news of a page that shows everything already."""
    seen = re.search(r"seen=([\d.]+)", client.get(page).text)[1]
    _measure(f"nothing changed: {name}", client, f"{part}?seen={seen}", UNCHANGED_MS, 204)


def _measure(name: str, client: Client, address: str, limit: float, status: int = 200) -> None:
    for _ in range(3):
        answer = client.get(address)
    if answer.status_code != status:
        print(f"  {name}: answered {answer.status_code}")
        return
    queries, spent = Queries(), []
    with connection.execute_wrapper(queries):
        for _ in range(ROUNDS):
            began = time.perf_counter()
            client.get(address)
            spent.append(1000 * (time.perf_counter() - began))
    count = queries.count / ROUNDS
    slow = percentile(queries.slowest, 0.99)
    note = f"{count:.0f} queries, slowest {slow:.1f} ms, {len(answer.content) / 1000:.0f} kB"
    over = "  TOO MANY QUERIES" if count > QUERIES else ""
    over += "  SLOW QUERY" if slow > QUERY_MS else ""
    show(name, percentile(spent, 0.95), "ms", limit, note + over)


if __name__ == "__main__":
    main()
