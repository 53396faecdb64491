"""Moments at which planned work hurts least: in the customer's night, outside business hours and blackouts."""

import datetime as dt

from customers import agreements, business_hours, hours
from customers.models import Environment
from customers.terms import is_night

# Sites have the fewest visitors at three in the morning.
QUIET_HOUR = dt.time(3)
# Nobody answers in less, and nothing that begins sooner was planned.
AHEAD = dt.timedelta(minutes=30)
DAYS_LOOKED_AT = 45


def quiet_moments(environment: Environment, after: dt.datetime, count: int = 3) -> list[dt.datetime]:
    """The first quiet moments after a moment, one a night."""
    agreement = agreements.agreement_at(environment, after)
    customer_hours = business_hours.hours_of(environment.customer)
    clock = _quietest(agreement.night_from, agreement.night_until) if agreement else QUIET_HOUR
    first = after.astimezone(customer_hours.zone).date()
    found = []
    for date in hours.dates(first, first + dt.timedelta(days=DAYS_LOOKED_AT)):
        moment = hours.moment(date, clock.hour * 60 + clock.minute, customer_hours.zone)
        if moment > after and is_free(customer_hours, moment):
            found.append(moment)
        if len(found) == count:
            break
    return found


def to_propose(environment: Environment, at: dt.datetime) -> tuple[list[dt.datetime], list[dt.datetime]]:
    """The next quiet moments, and the first one that gives as much notice as was agreed for short work."""
    soon = quiet_moments(environment, at + AHEAD, 2)
    days = agreements.notice_days(agreements.agreement_at(environment, at), 1)
    announced = quiet_moments(environment, at + max(AHEAD, dt.timedelta(days=days)), 1)
    return soon, [moment for moment in announced if moment not in soon]


def _quietest(night_from: dt.time, night_until: dt.time) -> dt.time:
    """Three in the morning when that is in the night, else the night's beginning."""
    no_night = night_from == night_until
    return QUIET_HOUR if no_night or is_night(QUIET_HOUR, night_from, night_until) else night_from


def is_free(customer_hours: hours.CustomerHours, moment: dt.datetime) -> bool:
    """Whether planned work may disturb the customer then: closed, and no blackout."""
    return not hours.is_business_time(customer_hours, moment) and not hours.is_blackout(customer_hours, moment)


def later_than(environment: Environment, proposed: dt.datetime, at: dt.datetime) -> list[dt.datetime]:
    """What to offer to somebody to whom the proposed time does not suit: the same hour on later days, else nights."""
    customer_hours = business_hours.hours_of(environment.customer)
    local = proposed.astimezone(customer_hours.zone)
    same_hour = (
        hours.moment(local.date() + dt.timedelta(days=days), local.hour * 60 + local.minute, customer_hours.zone)
        for days in (1, 2, 7)
    )
    found = [moment for moment in same_hour if moment >= at + AHEAD and is_free(customer_hours, moment)]
    return found or quiet_moments(environment, max(proposed, at + AHEAD))
