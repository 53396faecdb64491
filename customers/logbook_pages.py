"""The logbook as people look through it: narrowed, paged, exported."""

import csv
import datetime as dt
import io
import json
from dataclasses import dataclass

from django.db.models import FETCH_RAISE, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import logbook, logbook_words, search
from customers.models import Customer, Environment, LogbookEntry, User
from opsportal.web.keyset import Order, Page, page_of

NEWEST = Order(("at",), falling=True)
EXPORTED_AT_MOST = 20_000
# What a part of a name may mean at most; more are as good as none.
NAMED_AT_MOST = 200
# Spreadsheets take a cell that begins so for a formula, the wide forms too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Filters:
    """What the logbook is narrowed to; empty means everything. Dates are the viewer's, both included."""

    who: str = ""
    verb: str = ""
    where: str = ""
    customer: Customer | None = None
    environment: Environment | None = None
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        named = self.who or self.verb or self.where or self.environment
        return bool(named or self.first or self.last)


def page_of_entries(visible: QuerySet[LogbookEntry], filters: Filters, after: str) -> Page:
    """One page of the entries that the viewer may see, newest first."""
    page = page_of(_narrowed(visible, filters).fetch_mode(FETCH_RAISE), NEWEST, after)
    for entry in page.rows:
        entry.said, entry.who = logbook_words.said(entry), who(entry)
    return page


def _narrowed(visible: QuerySet[LogbookEntry], filters: Filters) -> QuerySet[LogbookEntry]:
    wanted = Q()
    if filters.who:
        wanted &= _done_by(filters.who)
    if filters.verb:
        wanted &= Q(verb=filters.verb)
    for term in search.terms_of(filters.where):
        wanted &= _there(term)
    if filters.customer:
        wanted &= Q(customer=filters.customer)
    if filters.environment:
        wanted &= Q(environment=filters.environment)
    if filters.first:
        wanted &= Q(at__gte=_midnight(filters.first))
    if filters.last:
        wanted &= Q(at__lt=_midnight(filters.last + dt.timedelta(days=1)))
    # Of the agreement only its number: its texts would be most of what is read.
    rows = visible.filter(wanted).annotate(agreement_number=F("agreement__number"))
    return rows.select_related("customer", "environment")


def _midnight(date: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date, dt.time()))


def _done_by(words: str) -> Q:
    """Entries of whoever bore this name or mail address then; the portal's own under its own name."""
    if words.casefold() in (_("Portal").casefold(), "portal"):
        return Q(actor=None)
    return Q(*(Q(found_by__contains=term) for term in search.terms_of(words)))


def _there(term: str) -> Q:
    """Entries of whatever customer or environment bears this term in its names."""
    customers = list(Customer.objects.filter(found_by__contains=term).values_list("pk", flat=True)[:NAMED_AT_MOST])
    places = list(Environment.objects.filter(found_by__contains=term).values_list("pk", flat=True)[:NAMED_AT_MOST])
    return Q(customer__in=customers) | Q(environment__in=places)


def who(entry: LogbookEntry) -> str:
    """What whoever did it was called then; the portal's own name when nobody did."""
    return entry.actor_name if entry.actor_id else _("Portal")


def verbs() -> list[tuple[str, str]]:
    """Every kind of entry with its words, in the order of the words."""
    known = [(verb, logbook_words.verb_said(verb)) for verb in logbook_words.VERBS]
    return sorted(known, key=lambda pair: pair[1])


def exported(visible: QuerySet[LogbookEntry], filters: Filters, *, at: dt.datetime, by: User) -> str:
    """The narrowed entries as CSV for a spreadsheet, the newest EXPORTED_AT_MOST; the export itself is an entry.

    Begins with a byte order mark, without which Excel garbles Japanese; no cell can be taken for a formula.
    """
    rows = list(_narrowed(visible, filters).order_by("-at", "-id")[:EXPORTED_AT_MOST])
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(
        [_("Number"), _("Time"), _("Who"), _("At whose request"), _("Mail address"), _("From address"), _("Customer"),
         _("Environment"), _("What"), _("Version of the agreement"), _("Kind"), _("Facts")]
    )  # fmt: skip
    for entry in rows:
        writer.writerow([harmless(cell) for cell in _cells(entry)])
    logbook.write("logbook-exported", at=at, by=by, customer=filters.customer, rows=len(rows))
    return f"\ufeff{file.getvalue()}"


def _cells(entry: LogbookEntry) -> list[str]:
    return [
        str(entry.pk),
        timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"),
        who(entry),
        entry.on_behalf_of_name,
        entry.actor_email,
        entry.address or "",
        entry.customer.name if entry.customer else "",
        entry.environment.name if entry.environment else "",
        logbook_words.said(entry),
        str(entry.agreement_number or ""),
        entry.verb,
        json.dumps(entry.facts, ensure_ascii=False, sort_keys=True),
    ]


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
