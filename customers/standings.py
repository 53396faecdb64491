"""How an environment stands in one row, renewed by whoever changed something in it."""

import datetime as dt

from django.db.models import Count, F, Min, Q
from django.utils.dateparse import parse_datetime

from customers.models import Customer, Database, Duty, DutyState, Environment, Need, Poll, Server, Standing, Visit


def begin(environment: Environment, at: dt.datetime) -> Standing:
    """The row of a new environment: nothing is known yet."""
    return Standing.objects.create(
        environment=environment,
        customer_name=environment.customer.name,
        customer_kana=environment.customer.kana or environment.customer.name,
        environment_name=environment.name,
        changed_at=at,
    )


def hold(environment: Environment) -> None:
    """Let one reading of an environment at a time keep what it saw; the first thing in such a transaction."""
    Standing.objects.select_for_update().get(environment=environment)


def touch(environment: Environment, at: dt.datetime) -> None:
    """Let open pages notice that something visible changed, where nothing that is counted did."""
    Standing.objects.filter(environment=environment).update(version=F("version") + 1, changed_at=at)


def rename(customer: Customer, at: dt.datetime) -> None:
    """Let the lists name a customer as it is called now."""
    Standing.objects.filter(environment__customer=customer).update(
        customer_name=customer.name,
        customer_kana=customer.kana or customer.name,
        version=F("version") + 1,
        changed_at=at,
    )


def refresh(environment: Environment, at: dt.datetime) -> None:
    """Count anew and let the version grow, so that open pages notice. Call under hold(), after a visible change."""
    needs = Need.objects.filter(environment=environment, settled_at=None).aggregate(
        count=Count("pk"),
        urgency=Min("urgency"),
        deadline=Min("deadline_at"),
        notices=Count("pk", filter=Q(kind="notice-open")),
    )
    polls = Poll.objects.filter(environment=environment).aggregate(
        failing=Count("pk", filter=~Q(failing_since=None)), unread=Count("pk", filter=Q(succeeded_at=None))
    )
    backups = DutyState.objects.filter(environment=environment, duty=Duty.N5).values_list("facts", flat=True).first()
    visit = Visit.objects.filter(environment=environment).order_by("-at").first()
    Standing.objects.filter(environment=environment).update(
        level=_level(needs["urgency"], polls["failing"] + polls["unread"]),
        needs=needs["count"],
        next_deadline_at=needs["deadline"],
        notices=needs["notices"],
        servers=Server.objects.filter(environment=environment, gone_at=None).count(),
        databases=Database.objects.filter(environment=environment, gone_at=None).count(),
        last_backup_at=parse_datetime((backups or {}).get("last_good_at") or ""),
        site_up=visit.up if visit else None,
        failing_polls=polls["failing"],
        version=F("version") + 1,
        changed_at=at,
    )


def _level(urgency: int | None, blind: int) -> Standing.Level:
    if urgency is not None and urgency < Need.Urgency.PLAN:
        return Standing.Level.ACT
    if blind:
        return Standing.Level.UNKNOWN
    return Standing.Level.WATCH if urgency else Standing.Level.OK
