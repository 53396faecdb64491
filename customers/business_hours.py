"""A customer's business hours as rows: read for arithmetic, replaced as a whole; special days added and removed."""

import datetime as dt
import zoneinfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import hours, logbook
from customers.models import BusinessHours, Customer, SpecialDay, User

SPECIAL_DAYS_AT_MOST = 366


def hours_of(customer: Customer) -> hours.CustomerHours:
    """Everything that decides when the customer is open."""
    special = SpecialDay.objects.filter(customer=customer).order_by("first", "pk")
    return hours.CustomerHours(
        zone=zoneinfo.ZoneInfo(customer.time_zone),
        weekly=tuple(weekly_of(customer)),
        holidays=Customer.Holidays(customer.holidays),
        special=tuple(hours.Special(SpecialDay.Kind(row.kind), row.first, row.last, row.name) for row in special),
    )


def weekly_of(customer: Customer) -> list[hours.Weekly]:
    """The spans of the customer's week, in order."""
    rows = BusinessHours.objects.filter(customer=customer).order_by("weekday", "opens")
    return [hours.Weekly(row.weekday, row.opens, row.closes) for row in rows]


@transaction.atomic
def set_hours(
    *,
    customer: Customer,
    weekly: list[hours.Weekly],
    holidays: str,
    at: dt.datetime,
    by: User | None,
    on_behalf_of: User | None = None,
) -> None:
    """Let these be the customer's hours from now on. Raises ValidationError when two of them overlap."""
    if clash := hours.overlapping(weekly):
        days = [BusinessHours.Weekday(row.weekday).label for row in clash]
        raise ValidationError(_("Hours overlap: %(one)s and %(other)s.") % {"one": days[0], "other": days[1]})
    # Two people who save at the same moment must not leave a mixture.
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    before = {"weekly": _plain(weekly_of(customer)), "holidays": held.holidays}
    BusinessHours.objects.filter(customer=customer).delete()
    rows = [BusinessHours(customer=customer, **vars(row)) for row in weekly]
    for row in rows:
        row.full_clean()
    BusinessHours.objects.bulk_create(rows)
    customer.holidays = held.holidays = holidays
    held.full_clean()
    held.save(update_fields=["holidays"])
    after = {"weekly": _plain(weekly), "holidays": holidays}
    if before != after:
        logbook.write(
            "hours-set", at=at, by=by, on_behalf_of=on_behalf_of, customer=customer, before=before, after=after
        )


def _plain(weekly: list[hours.Weekly]) -> list[list[int]]:
    return [[row.weekday, row.opens, row.closes] for row in weekly]


@transaction.atomic
def add_special_day(
    *,
    customer: Customer,
    kind: str,
    first: dt.date,
    last: dt.date,
    name: str,
    at: dt.datetime,
    by: User | None,
    on_behalf_of: User | None = None,
) -> SpecialDay:
    """Add closed days or days without planned work, both ends included. Raises ValidationError."""
    if last < first:
        raise ValidationError({"last": _("The last day lies before the first. Exchange them.")})
    if SpecialDay.objects.filter(customer=customer).count() >= SPECIAL_DAYS_AT_MOST:
        raise ValidationError({"first": _("There are too many entries. Remove past ones first.")})
    row = SpecialDay(customer=customer, kind=kind, first=first, last=last, name=name)
    row.full_clean(validate_constraints=False)
    if SpecialDay.objects.filter(customer=customer, kind=kind, first=first, name=name).exists():
        raise ValidationError({"name": _("This entry is there already.")})
    row.save()
    logbook.write("special-day-added", at=at, by=by, on_behalf_of=on_behalf_of, customer=customer, **_facts(row))
    return row


@transaction.atomic
def remove_special_day(
    *, customer: Customer, special_day_id: int, at: dt.datetime, by: User | None, on_behalf_of: User | None = None
) -> bool:
    """Take an entry away; False when it is not the customer's or gone already."""
    row = SpecialDay.objects.select_for_update().filter(customer=customer, pk=special_day_id).first()
    if row is None:
        return False
    logbook.write("special-day-removed", at=at, by=by, on_behalf_of=on_behalf_of, customer=customer, **_facts(row))
    row.delete()
    return True


def special_days_of(customer: Customer, since: dt.date) -> list[SpecialDay]:
    """Entries that are not over, in order."""
    return list(SpecialDay.objects.filter(customer=customer, last__gte=since).order_by("first", "pk"))


def _facts(row: SpecialDay) -> dict[str, str]:
    return {"kind": row.kind, "first": row.first.isoformat(), "last": row.last.isoformat(), "name": row.name}
