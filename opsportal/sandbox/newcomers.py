"""Fresh accounts that no portal knows yet: somebody else's site, ready to be taken on."""

import dataclasses

from opsportal.sandbox.build import build_customer
from opsportal.sandbox.ids import stable_number
from opsportal.sandbox.simulation import Simulation
from opsportal.sandbox.world import Customer, Database, Disk, Environment, Rhythm, Server, Site

_NAMES = (
    ("潮見珈琲", "シオミコーヒー", "潮見珈琲 豆の通販"),
    ("高原自転車", "コウゲンジテンシャ", "高原自転車 レンタル予約"),
    ("椿木工房", "ツバキコウボウ", "椿木工房 器と家具"),
    ("夕凪音楽教室", "ユウナギオンガクキョウシツ", "夕凪音楽教室 体験レッスン"),
)


def add_newcomer(simulation: Simulation) -> Customer:
    """One more account with servers, remembered over a restart."""
    number = simulation.store.data["newcomers"] + 1
    customer = _appear(simulation, number)
    simulation.store.data["newcomers"] = number
    simulation.store.save()
    return customer


def restore_newcomers(simulation: Simulation) -> None:
    """Make again the accounts that were added."""
    for number in range(1, simulation.store.data["newcomers"] + 1):
        _appear(simulation, number)


def _appear(simulation: Simulation, number: int) -> Customer:
    customer = _newcomer(number)
    build_customer(simulation, customer)
    simulation.world = dataclasses.replace(simulation.world, customers=(*simulation.world.customers, customer))
    return customer


def _newcomer(number: int) -> Customer:
    """The customer of that number: two web servers and a database, and a staging server in the same account."""
    name, kana, title = _NAMES[(number - 1) % len(_NAMES)]
    turn = (number - 1) // len(_NAMES) + 1
    if turn > 1:
        name, title = f"{name} {turn}", f"{title} {turn}"
    environment = Environment(
        slug="production",
        name="本番",
        account=str(700_000_000_000 + stable_number("newcomer", number) % 100_000_000_000),
        site=Site(title, "はじめまして。", "#3f6f7a", ("ごあいさつ", "営業日のご案内", "お問い合わせ")),
        servers=(
            Server("web-1", "t3.small", "a", disk=Disk(30, 44.0, 0.04)),
            Server("web-2", "t3.small", "c", disk=Disk(30, 43.0, 0.04)),
            Server("staging-1", "t3.micro", "a", job="batch", disk=Disk(20, 30.0, 0.01), belongs_to="staging"),
        ),
        databases=(Database(f"newcomer-{number}-db", "db.t4g.small"),),
        load_balancer=True,
        rhythm=Rhythm(3.0, 30.0, "daytime"),
    )
    return Customer(f"newcomer-{number}", name, kana, "full_support", (environment,), ())
