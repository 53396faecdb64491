"""Engines and certificates near their end."""

import datetime as dt

from customers.models import DutyState, Need
from maintenance import lifecycles
from maintenance.models import EngineLifecycle
from opsportal import business_time


def test_support_dates_of_the_engines_in_use_are_read(read):
    database = read.shop_production.database_set.get()
    line = lifecycles.lifecycle_of(database, list(EngineLifecycle.objects.all()))
    assert line.major_version == "8.4"
    assert DutyState.objects.get(environment=read.shop_production, duty="N4").next_at == min(
        line.standard_ends_at, database.certificate_ends_at
    )


def test_an_ending_engine_is_planned_then_soon(read):
    shop, at = read.shop_production, business_time.now()
    for days, urgency in ((100, Need.Urgency.PLAN), (30, Need.Urgency.SOON)):
        EngineLifecycle.objects.update(standard_ends_at=at + dt.timedelta(days=days))
        lifecycles.judge(shop, [], at)
        need = Need.objects.get(environment=shop, kind="engine-support-ending", settled_at=None)
        assert (need.urgency, need.facts["engine"]) == (urgency, "mysql")


def test_mysql_8_0_is_not_taken_for_8_4_nor_for_8():
    database = type("Row", (), {"engine": "mysql", "engine_version": "8.0.40"})()
    lines = [EngineLifecycle(engine="mysql", major_version=version) for version in ("8.4", "8.0", "5.7")]
    assert lifecycles.lifecycle_of(database, lines).major_version == "8.0"
