"""A look for news: whether a page of an environment still shows everything, and what moves even when it does."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from customers.models import Poll, Standing
from customers.readings import COUNTED_ENOUGH
from customers.sight import is_late

# Every open page asks it every ten seconds. In words, since putting it together took longer than its answer.
_LOOK = """SELECT environment_id, version, site_ms,
    (SELECT json_agg(json_build_object(
        'reading', reading, 'read', succeeded_at, 'next', due_at,
        'late', coalesce(trusted_until <= %(at)s, false), 'counting', coalesce(counted_since >= %(young)s, false)))
     FROM customers_poll poll WHERE poll.environment_id = standing.environment_id) AS moments
FROM customers_standing standing JOIN customers_environment environment ON environment.id = environment_id
WHERE environment.id = %(environment)s AND (%(everybody)s OR customer_id = ANY(%(customers)s))
"""


@dataclass(frozen=True)
class Look:
    """What of an environment may have changed since its page was drawn."""

    standing: int
    site_ms: int | None
    moments: list[dict[str, Any]]

    @property
    def version(self) -> str:
        """Another whenever anything visible of the environment changes, be it only that a reading grew too old."""
        return _version(self.standing, sum(moment["late"] for moment in self.moments))

    @property
    def readings_version(self) -> str:
        """Another whenever the page of the environment's readings changes."""
        return f"{self.version}.{sum(moment['counting'] for moment in self.moments)}"

    @property
    def ages(self) -> dict[str, str]:
        """The moments by the names that a page gives to its ages: `status` for the reading, `next-status` for its
        next.
        """
        read = {moment["reading"]: moment["read"] for moment in self.moments}
        coming = {f"next-{moment['reading']}": moment["next"] for moment in self.moments}
        return {name: f"{at[:19]}Z" for name, at in (read | coming).items() if at}


def look(environment_id: int, customers: list[int] | None, at: dt.datetime) -> Look | None:
    """The look at an environment of one of some customers, or of any when they are None; None when there is none."""
    asked = {"at": at, "young": at - COUNTED_ENOUGH, "environment": environment_id}
    asked |= {"everybody": customers is None, "customers": customers or []}
    found = next(iter(Standing.objects.raw(_LOOK, asked)), None)
    return found and Look(found.version, found.site_ms, found.moments or [])


def version_of(standing: Standing, polls: Iterable[Poll], at: dt.datetime) -> str:
    """The version of what was read already, as a look says it."""
    return _version(standing.version, sum(is_late(poll, at) for poll in polls))


def _version(standing: int, late: int) -> str:
    return f"{standing}.{late}"
