"""Whether a change did what it should: AWS, the load balancer and a visitor of the site must agree."""

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings

from customers import environments
from customers.visits import visit
from maintenance import changes
from maintenance.actions.shape import Course, Facts
from maintenance.models import Change
from opsportal.aws import elbv2
from opsportal.aws.account import Account

# How long all must be good without a break, and how long it may take until it is.
GOOD_FOR = dt.timedelta(seconds=settings.CHANGE_VERIFY_SECONDS)
PATIENCE = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Verdict:
    """What one look came to; `facts` say what is good and what is not."""

    good: bool
    facts: Facts = field(default_factory=dict)


def look(change: Change, at: dt.datetime) -> Verdict:
    """Ask AWS, the load balancers before the server, and the site. Raises AwsError when AWS does not answer."""
    account = environments.open_aws(change.environment)
    seen = changes.action_of(change).works(account, change)
    facts = {"aws": seen.course == Course.DONE, **{f"aws_{name}": value for name, value in seen.facts.items()}}
    if change.subject == Change.Subject.SERVER:
        facts["targets"] = _targets_are_well(account, change)
    if change.environment.site_url:
        met = visit(change.environment.site_url, change.environment.site_text)
        facts |= {"site": met.up, "site_reason": met.reason}
    return Verdict(all(facts.get(name) is not False for name in ("aws", "targets", "site")), facts)


def _targets_are_well(account: Account, change: Change) -> bool:
    """Whether no load balancer keeps the server out; one that none knows is well."""
    places = [
        target for balancer in elbv2.balancers(account) for target in balancer.targets if target["id"] == change.aws_id
    ]
    return all(target["state"] in ("healthy", "unused") for target in places)
