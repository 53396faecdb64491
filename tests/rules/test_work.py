"""Every kind of work survives being killed, doubled and delayed."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from customers import charts, connection_tests, customers, messages, polls
from customers.models import Chart, Database, Message, Onboarding, Plan, Poll, Server, TrustProof
from maintenance.models import Change, Reminder
from opsportal import business_time, work
from opsportal.aws.account import Account
from opsportal.aws.acting import LONGEST_CALL_SECONDS
from tests.killing import KillAt, Killed, deaths_of
from tests.maintenance.changing import answered, proposed

# What may differ between two runs over the same AWS: who held a row, how often, when.
VOLATILE = {
    "due_at", "leased_until", "lease", "tries", "started_at", "succeeded_at", "trusted_until", "changed_at",
    "first_seen_at", "at",
    "calls", "metrics_requested", "digest", "judge_at", "version", "raised_at", "wanted_at", "fetched_at", "read_at",
    "site_ms", "milliseconds", "id", "lines", "restorable_from", "restorable_lag_minutes", "next_at", "state_reason",
    "reference", "tested_at", "proven_at", "tried_at", "sent_at", "attempts", "receipt", "body",
    "sealed_secrets", "calendar", "done_at", "decided_at", "ended_at",
}  # fmt: skip
# How long one advance takes at most: of a queue's kinds, or of one kind that has a limit of its own.
LONGEST = {
    "advance-change": dt.timedelta(seconds=LONGEST_CALL_SECONDS),
    "read": dt.timedelta(seconds=polls.READING_SECONDS),
    "act": dt.timedelta(seconds=connection_tests.TEST_SECONDS),
    "speak": dt.timedelta(seconds=messages.SENDING_SECONDS),
}


def _row(kind: work.Work, world):
    """A waiting row of the kind, as the portal itself would make it."""
    if kind.kind == "fetch-chart":
        server = Server.objects.filter(environment=world.shop_production).first()
        (chart,) = charts.charts_for(world.shop_production, [server], 24, business_time.now())
        Chart.objects.filter(aws_id=chart.aws_id).update(due_at=business_time.now())
    elif kind.kind == "deliver-message":
        if not Message.objects.exists():
            facts = {"name": "青木 由美", "customer": "試験書店", "code": "123456", "minutes": 10}
            messages.say("contact-code", at=business_time.now(), language="ja", facts=facts, user=world.owner)
        Message.objects.update(due_at=business_time.now(), state=Message.State.WAITING)
    elif kind.kind in ("test-read-role", "test-act-role"):
        connection_tests.ask(_onboarding(world), business_time.now(), by=None)
    elif kind.kind in ("prove-trust", "prove-act-trust"):
        if not world.shop_production.act_role_arn:
            arn = world.shop_production.read_role_arn
            customers.name_act_role(
                environment=world.shop_production, act_role_arn=arn, at=business_time.now(), by=world.admin
            )
        TrustProof.objects.filter(environment=world.shop_production).update(due_at=business_time.now())
    elif kind.kind == "remind-of-change":
        answered(_change(world, starts_at=business_time.now() + dt.timedelta(hours=6)), world.owner)
        Reminder.objects.filter(kind="hour").update(due_at=business_time.now())
    elif kind.kind in ("advance-change", "lapse-approval"):
        change = _change(world)
        if kind.kind == "advance-change":
            answered(change, world.owner)
        change.approvals.filter(state="open").update(due_at=business_time.now())
    else:
        Poll.objects.filter(environment=world.shop_production).update(due_at=business_time.now(), digest=b"")
    return work.claim(kind, business_time.now())


def _change(world, **more) -> Change:
    """One that the shop's owner is asked about; the role that acts may be any that lets the portal in."""
    environment = world.shop_production
    environment.act_role_arn = environment.read_role_arn
    environment.save(update_fields=["act_role_arn"])
    return proposed(world, "take-database-backup", Database.objects.get(environment=environment), **more)


def _onboarding(world) -> Onboarding:
    """One whose roles can be tested: the shop's own account, where a role trusts the portal."""
    environment, at = world.shop_production, business_time.now()
    arn = environment.read_role_arn
    values = {"account_id": environment.account_id, "region": environment.region, "read_role_arn": arn}
    values |= {"act_role_arn": arn, "started_at": at, "changed_at": at, "plan": Plan.objects.get()}
    row, _ = Onboarding.objects.get_or_create(
        customer=world.shop, defaults={**values, "external_id": environment.external_id}
    )
    return row


def _state() -> dict[str, list]:
    """Every row of the apps but what may differ."""
    found = {}
    for app in ("customers", "maintenance", "incidents"):
        for model in apps.get_app_config(app).get_models():
            names = [field.attname for field in model._meta.concrete_fields if field.attname not in VOLATILE]
            found[model.__name__] = sorted(map(str, model.objects.values_list(*names)))
    return found


def _expire_leases(kind: work.Work) -> None:
    kind.due(business_time.now()).update(leased_until=work.ClockTimestamp() - dt.timedelta(seconds=1))


@pytest.fixture(params=sorted(work.kinds()))
def kind(request) -> work.Work:
    """Each kind of work in turn."""
    return work.kinds()[request.param]


def test_every_kind_has_a_served_queue_and_a_lease_longer_than_its_task(kind):
    assert kind.queue in {queue.name for queue in settings.CELERY_TASK_QUEUES}
    assert kind.lease > 1.5 * LONGEST.get(kind.kind, LONGEST[kind.queue])
    assert kind.advance.__doc__ or kind.advance.func.__doc__


@pytest.fixture
def standing_aws(monkeypatch) -> None:
    """AWS answers once and then the same: hundreds of repetitions need not have it compute anew."""
    answers: dict[tuple, object] = {}

    def remembered(ask: Callable) -> Callable:
        def answer(account: Account, *what: str, **parameters: object) -> object:
            lasting = {name: value for name, value in parameters.items() if not isinstance(value, dt.datetime)}
            key = (account.account_id, *what, str(lasting))
            if key not in answers:
                answers[key] = ask(account, *what, **parameters)
            return answers[key]

        return answer

    for name in ("call", "pages"):
        monkeypatch.setattr(Account, name, remembered(getattr(Account, name)))


def test_killed_at_any_statement_it_is_done_once_the_lease_has_run_out(kind, connected, standing_aws):
    """The first time, when everything has to be stored; from the claim to the release.

    What is done to AWS cannot be undone for a second try: changes are killed in tests/maintenance/test_changes.py.
    """
    if kind.kind == "advance-change":
        return
    for other in work.kinds():
        if other != kind.kind or kind.kind == "fetch-chart":
            work.drain(other)
    _row(kind, connected)
    _expire_leases(kind)
    undone = transaction.savepoint_create()
    deaths = deaths_of(lambda: work.drain(kind.kind))
    undisturbed = _state()
    assert len(deaths) > 3
    for death in deaths:
        transaction.savepoint_rollback(undone)
        with pytest.raises(Killed), connection.execute_wrapper(KillAt(death)):
            work.drain(kind.kind)
        _expire_leases(kind)
        work.drain(kind.kind)
        assert _state() == undisturbed, f"killed before statement {death}"


def test_a_row_that_is_held_is_not_given_to_a_second_worker(kind, read):
    assert _row(kind, read)
    assert work.claim(kind, business_time.now()) == []


def test_done_twice_nothing_is_there_twice(kind, read):
    (row, *_) = _row(kind, read)
    kind.advance(row, business_time.now())
    once = _state()
    kind.advance(row, business_time.now())
    assert _state() == once


def test_a_day_late_it_is_done_and_waits_for_its_next_time(kind, read):
    (row, *_) = _row(kind, read)
    late = business_time.now() + dt.timedelta(days=1)
    kind.advance(row, late)
    row.refresh_from_db()
    assert row.due_at is None or row.due_at > late


def test_a_worker_that_lost_its_lease_does_not_release_the_next_ones(kind, read):
    (slow, *_) = _row(kind, read)
    _expire_leases(kind)
    (quick, *_) = work.claim(kind, business_time.now())
    assert work.release(slow) is False
    quick.refresh_from_db()
    assert quick.leased_until is not None
