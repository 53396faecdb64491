"""What the sample customers have agreed: their hours, special days and signed agreements, through the domain."""

import datetime as dt
from typing import Any

from customers import agreements, business_hours, hours, proposals, terms
from customers.models import Agreement, Approver, Customer, Environment, Member, NightChoice, SpecialDay, User
from opsportal.sandbox import world


def keep_hours(customer: Customer, sample: world.Customer, at: dt.datetime, by: User) -> None:
    """Give a customer its hours and special days, once."""
    if business_hours.weekly_of(customer):
        return
    opens, closes = (_minutes(text) for text in (sample.opens, sample.closes))
    weekly = [hours.Weekly(weekday, opens, closes) for weekday in sample.open_days]
    business_hours.set_hours(customer=customer, weekly=weekly, holidays=sample.holidays, at=at, by=by)
    today = at.astimezone(business_hours.hours_of(customer).zone).date()
    for row in sample.special:
        first = _next(row.first, today)
        business_hours.add_special_day(
            customer=customer,
            kind=SpecialDay.Kind(row.kind),
            first=first,
            last=first + dt.timedelta(days=row.days - 1),
            name=row.name,
            at=at,
            by=by,
        )


def keep_agreement(environment: Environment, sample: world.Customer, at: dt.datetime, by: User) -> None:
    """Let an admin propose and the customer's owner sign what the sample customer agreed, once."""
    holding = agreements.agreement_at(environment, at)
    if holding is None or holding.state == Agreement.State.SIGNED:
        return
    _propose(environment, _values(environment, holding, sample), at, by)
    waiting = proposals.waiting(environment)
    owner = Member.objects.filter(customer=environment.customer, role=Member.Role.OWNER).select_related("user").first()
    proposals.sign(environment=environment, digest=waiting.digest, language="ja", at=at, by=owner.user)
    if sample.proposal_waits and environment.stage == Environment.Stage.PRODUCTION:
        values = _values(environment, agreements.agreement_at(environment, at), sample)
        values["night_choices"] = terms.standard_night_choices(NightChoice.RECOVER_FIRST)
        values["remarks"] = "夜間は、宿泊予約を止めないことを最優先とする。"
        _propose(environment, values, at, by)


def _propose(environment: Environment, values: dict[str, Any], at: dt.datetime, by: User) -> None:
    draft = proposals.save_draft(environment=environment, values=values, at=at, by=by)
    proposals.propose(environment=environment, digest=proposals.shown(draft).digest, at=at, by=by)


def _values(environment: Environment, holding: Agreement, sample: world.Customer) -> dict[str, Any]:
    approvals = terms.standard_approvals()
    if not any(person.role == "approver" for person in sample.people):
        # Where one person decides everything, asking for an approver's yes would only puzzle.
        for rule in approvals.values():
            rule["role"] = str(Approver.OWNER if rule["role"] != Approver.NONE else Approver.NONE)
    return {name: getattr(holding, name) for name in proposals.TERMS} | {
        "approvals": approvals,
        "night_choices": terms.standard_night_choices(NightChoice(sample.night_choice.replace("_", "-"))),
        "night_from": dt.time.fromisoformat(sample.night_from),
        "night_until": dt.time.fromisoformat(sample.night_until),
        "site_url": environment.site_url,
        "site_text": environment.site_text,
        "remarks": sample.remarks,
    }


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _next(month_and_day: str, today: dt.date) -> dt.date:
    """The next such day of a year, this one's when it has not gone by."""
    this_year = dt.date.fromisoformat(f"{today.year}-{month_and_day}")
    return this_year if this_year >= today else this_year.replace(year=today.year + 1)
