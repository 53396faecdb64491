"""The door from an environment to its AWS account, and where its site is."""

import datetime as dt

from customers import logbook
from customers.models import Environment, Poll, User
from opsportal.aws.account import Account, open_account


def open_aws(environment: Environment) -> Account:
    """The environment's account, proven to be the promised one. Raises AwsError."""
    return open_account(
        role_arn=environment.read_role_arn,
        external_id=str(environment.external_id),
        region=environment.region,
        account_id=environment.account_id,
    )


def move_site(
    *, environment: Environment, site_url: str, at: dt.datetime, by: User | None, site_text: str | None = None
) -> Environment:
    """Let the site be visited at another address from now on. Raises ValidationError for one that is none."""
    before, environment.site_url = environment.site_url, site_url
    if site_text is not None:
        environment.site_text = site_text
    environment.full_clean()
    environment.save(update_fields=["site_url", "site_text"])
    # Without an address there is nothing to visit.
    Poll.objects.update_or_create(
        environment=environment, reading=Poll.Reading.SITE, defaults={"due_at": at if site_url else None}
    )
    logbook.write(
        "site-moved",
        at=at,
        by=by,
        customer=environment.customer,
        environment=environment,
        before=before,
        after=site_url,
    )
    return environment
