"""A customer's sites in plain language: is it well, what is coming, what waits for me."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers import directory, proposals
from customers.models import Agreement, Environment, Performer, Poll, Standing, User
from customers.sight import Sight, State, level_shown, sights
from maintenance import change_pages
from maintenance.change_words import Summary
from maintenance.meanings import explained
from maintenance.models import Notice
from opsportal.overview import hand


@dataclass(frozen=True)
class Site:
    """One environment as its owner sees it; `mine` waits for the customer, `ours` is with the provider."""

    standing: Standing
    environment: Environment
    sign: str
    title: str
    text: str
    coming: list[Notice]
    mine: list[hand.Row]
    ours: list[hand.Row]
    seen: dict[str, Sight]
    waiting: Agreement | None
    my_turn: bool
    asked: list[Summary]
    planned: list[Summary]

    @property
    def visited_at(self) -> dt.datetime | None:
        """When the portal last visited the site."""
        return self.seen[Poll.Reading.SITE].read_at if Poll.Reading.SITE in self.seen else None

    @property
    def version(self) -> str:
        """Another whenever what stands here differs, be it only the minute of the last visit."""
        visited = int(self.visited_at.timestamp()) // 60 if self.visited_at else 0
        return f"{self.standing.version}-{len(self.unseen)}-{visited}"

    @property
    def coming_sight(self) -> Sight | None:
        """How well AWS's announcements are seen."""
        return self.seen.get(Poll.Reading.STATUS)

    @property
    def unseen(self) -> list[Sight]:
        """The readings that do not see all."""
        return [sight for sight in self.seen.values() if not sight.clear]


def sites_of(environments: QuerySet[Environment], user: User, at: dt.datetime) -> list[Site]:
    """The environments of a customer as one of its people sees them, the one that needs most attention first."""
    standings = directory.standings_of(environments, at)
    ids = [standing.environment_id for standing in standings]
    coming: dict[int, list[Notice]] = defaultdict(list)
    notices = Notice.objects.filter(environment__in=ids, status=Notice.Status.OPEN).order_by("starts_at", "id")
    for notice in explained(list(notices)):
        coming[notice.environment_id].append(notice)
    needs: dict[int, list[hand.Row]] = defaultdict(list)
    for row in hand.needs_of([standing.environment for standing in standings], at, plain=True):
        needs[row.environment.pk].append(row)
    polls: dict[int, list[Poll]] = defaultdict(list)
    for poll in Poll.objects.filter(environment__in=ids):
        polls[poll.environment_id].append(poll)
    proposed = proposals.waiting_in(ids)
    asked, planned = change_pages.asked_of(user), change_pages.coming(ids)
    return [
        _site(
            standing,
            coming[pk],
            needs[pk],
            sights(polls[pk], at),
            proposed.get(pk),
            user,
            asked.get(pk, []),
            planned.get(pk, []),
        )
        for standing in standings
        for pk in (standing.environment_id,)
    ]


def _site(
    standing: Standing,
    coming: list[Notice],
    needs: list[hand.Row],
    seen: dict[str, Sight],
    waiting: Agreement | None,
    user: User,
    changes_asked: list[Summary],
    planned: list[Summary],
) -> Site:
    mine = [row for row in needs if row.performer == Performer.CUSTOMER]
    asked = {row.title for row in mine}
    ours = [row for row in needs if row.performer != Performer.CUSTOMER and row.title not in asked]
    my_turn = waiting is not None and proposals.is_turn_of(user, waiting)
    visit = seen.get(Poll.Reading.SITE)
    sign, title = _title(standing, visit)
    is_down = visit is not None and visit.state != State.LATE and standing.site_up is False
    return Site(
        standing=standing,
        environment=standing.environment,
        sign=sign,
        title=title,
        text=_down(mine)
        if is_down
        else _text(standing, seen, coming=bool(coming), mine=bool(mine or changes_asked) or my_turn, ours=bool(ours)),
        coming=coming,
        mine=_once(mine),
        ours=_once(ours),
        seen=seen,
        waiting=waiting,
        my_turn=my_turn,
        asked=changes_asked,
        planned=planned,
    )


def _once(rows: list[hand.Row]) -> list[hand.Row]:
    """Rows that read the same in plain words, such as two missing permissions, as one."""
    return list({(row.title, row.step, row.deadline_at): row for row in reversed(rows)}.values())[::-1]


def _title(standing: Standing, visit: Sight | None) -> tuple[str, str]:
    """Sign and sentence of a site's state, the gravest first."""
    level = level_shown(standing.level, standing.late)
    if visit is None:
        watched = {
            Standing.Level.ACT: ("watch", _("Something in your environment needs attention")),
            Standing.Level.UNKNOWN: ("unknown", _("Not everything can be checked at the moment")),
        }
        return watched.get(level, ("ok", _("Your environment is well")))
    if visit.state == State.LATE:
        return "unknown", _("We cannot say at the moment how the site is")
    if standing.site_up is None:
        return "unknown", _("We are still looking")
    if not standing.site_up:
        return "act", _("The site is not shown properly")
    if level == Standing.Level.ACT:
        return "watch", _("The site is up; something needs attention")
    if level == Standing.Level.UNKNOWN:
        return "unknown", _("The site is up; not everything can be checked")
    return "ok", _("The site is well")


def _down(mine: list[hand.Row]) -> str:
    """Who sees to a site that is down, by the agreement."""
    if any(row.kind == "site-down" for row in mine):
        return _("The portal noticed it. What is asked of you stands below.")
    return _("The portal noticed it and shows it to the people on shift.")


def _text(standing: Standing, seen: dict[str, Sight], coming: bool, mine: bool, ours: bool) -> str:
    """What that means, and where to look."""
    visit = seen.get(Poll.Reading.SITE)
    if visit and visit.state == State.LATE:
        return _("The portal has not been able to visit it lately. What stands here is what was last seen.")
    if visit and standing.site_up is None:
        return _("The first readings of the site have not come in yet.")
    sentences = [_("Visitors see it as usual.")] if visit else []
    if any(not sight.clear for sight in seen.values()):
        sentences.append(_("Some of our readings do not get through at the moment."))
    if mine:
        sentences.append(_("Something waits for you; it stands below."))
    elif ours:
        sentences.append(_("What we have to see to stands below; you need not do anything."))
    elif coming:
        sentences.append(_("AWS has announced maintenance; see below when it is."))
    return " ".join(sentences)
