"""A customer's sites in plain language: is it well, what is coming, what waits for me."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers import directory
from customers.models import Environment, Performer, Poll, Standing
from maintenance.meanings import explained
from maintenance.models import Notice
from opsportal.overview import hand


@dataclass(frozen=True)
class Site:
    """One environment as its owner sees it."""

    standing: Standing
    environment: Environment
    sign: str
    title: str
    text: str
    coming: list[Notice]
    mine: list[hand.Row]
    read_at: dt.datetime | None


def sites_of(environments: QuerySet[Environment], at: dt.datetime) -> list[Site]:
    """The environments of a customer, the one that needs most attention first."""
    standings = directory.standings_of(environments, at)
    ids = [standing.environment_id for standing in standings]
    coming: dict[int, list[Notice]] = defaultdict(list)
    notices = Notice.objects.filter(environment__in=ids, status=Notice.Status.OPEN).order_by("starts_at", "id")
    for notice in explained(list(notices)):
        coming[notice.environment_id].append(notice)
    needs: dict[int, list[hand.Row]] = defaultdict(list)
    for row in hand.needs_of([standing.environment for standing in standings], at):
        needs[row.environment.pk].append(row)
    read = dict(
        Poll.objects.filter(environment__in=ids, reading=Poll.Reading.SITE).values_list("environment", "succeeded_at")
    )
    return [
        _site(standing, coming[standing.environment_id], needs[standing.environment_id], read) for standing in standings
    ]


def _site(standing: Standing, coming: list[Notice], needs: list[hand.Row], read: dict[int, dt.datetime]) -> Site:
    sign, title, text = _words(standing, bool(coming))
    return Site(
        standing=standing,
        environment=standing.environment,
        sign=sign,
        title=title,
        text=text,
        coming=coming,
        mine=[row for row in needs if row.performer == Performer.CUSTOMER],
        read_at=read.get(standing.environment_id),
    )


def _words(standing: Standing, coming: bool) -> tuple[str, str, str]:
    """Sign, sentence and explanation of a site's state, the gravest first."""
    if standing.site_up is False:
        return (
            "act",
            _("The site is not shown properly"),
            _("The portal noticed it and shows it to the people on shift."),
        )
    if standing.site_up is None and standing.level == Standing.Level.UNKNOWN:
        return "unknown", _("We are still looking"), _("The first readings of the site have not come in yet.")
    if standing.level == Standing.Level.ACT:
        text = _("Visitors see it as usual. Behind it something needs a hand; it is listed below.")
        return "watch", _("The site is up; something needs attention"), text
    if standing.level == Standing.Level.UNKNOWN:
        text = _("Visitors see it as usual. Some of our readings do not get through at the moment.")
        return "unknown", _("The site is up; not everything can be checked"), text
    if coming:
        return "ok", _("The site is well"), _("AWS has announced maintenance; see below when it is.")
    return "ok", _("The site is well"), _("It answers as it should, and nothing is waiting.")
