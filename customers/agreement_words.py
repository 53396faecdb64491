"""An agreement in words: the text that is put before people and signed, and what differs between two of them."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from customers import terms
from customers.models import ActionClass, Agreement, Band, Duty, NightChoice, Performer, Silence
from opsportal.web import words

# [section, [[key, label, value], …]], plain JSON, so that it can be kept exactly as it was shown.
Text = list[list[Any]]

SECTIONS = {
    "basics": gettext_lazy("What this is about"),
    "duties": gettext_lazy("Who performs each duty"),
    "approvals": gettext_lazy("Planned work: whose approval it needs"),
    "notice": gettext_lazy("Notice before planned work"),
    "night": gettext_lazy("When something fails: what comes first"),
    "keeping": gettext_lazy("Backups and the site"),
    "remarks": gettext_lazy("Remarks"),
}
LEADS = {
    "approvals": gettext_lazy("When something fails, the section on failures goes before this one."),
    "night": gettext_lazy(
        "Business hours are those registered for the customer. Whatever is done is recorded and reported."
    ),
}


@dataclass(frozen=True)
class Difference:
    """One term that reads otherwise in another version; empty where it did not exist."""

    section: str
    label: str
    before: str
    after: str


def texts_of(agreement: Agreement, number: int | None) -> dict[str, Text]:
    """The text in every language of the portal, for the version number it has or will get."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = _text(agreement, number)
    return found


def digest_of(texts: dict[str, Text]) -> str:
    """SHA-256 over the text in all its languages; another whenever a single letter differs."""
    canonical = json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def differences(before: Text, after: Text) -> list[Difference]:
    """What reads otherwise after than before, in the order of the later text."""
    old = {key: (title, label, value) for _name, title, _lead, rows in before for key, label, value in rows}
    new = {key: (title, label, value) for _name, title, _lead, rows in after for key, label, value in rows}
    changed = [
        Difference(title, label, old[key][2] if key in old else "", value)
        for key, (title, label, value) in new.items()
        if key != "number" and (key not in old or old[key][2] != value)
    ]
    return changed + [
        Difference(title, label, value, "") for key, (title, label, value) in old.items() if key not in new
    ]


def _text(agreement: Agreement, number: int | None) -> Text:
    rows = {
        "basics": _basics(agreement, number),
        "duties": _duties(agreement),
        "approvals": [_approval_row(agreement, name) for name in ActionClass],
        "notice": _notice(agreement),
        "night": _night(agreement),
        "keeping": _keeping(agreement),
        "remarks": [["remarks", _("Remarks"), agreement.remarks]] if agreement.remarks else [],
    }
    return [[name, str(title), str(LEADS.get(name, "")), rows[name]] for name, title in SECTIONS.items() if rows[name]]


def _basics(agreement: Agreement, number: int | None) -> list[list[str]]:
    environment = agreement.environment
    plan = agreement.plan.name_ja if words.in_japanese() else agreement.plan.name_en
    return [
        ["customer", _("Customer"), environment.customer.name],
        ["environment", _("Environment"), f"{environment.name} ({environment.account_id}, {environment.region})"],
        ["number", _("Version"), str(number or "–")],
        ["starts", _("Holds from"), _starts(agreement)],
        ["plan", _("Plan"), plan],
    ]


def _starts(agreement: Agreement) -> str:
    if agreement.starts_on is None:
        return _("the moment at which both sides have agreed")
    return _("the beginning of %(day)s, or the moment at which both sides have agreed when that is later") % {
        "day": words.whole_day(agreement.starts_on)
    }


def _duties(agreement: Agreement) -> list[list[str]]:
    return [[f"duty-{duty}", f"{duty.value} {duty.label}", _performer(agreement, duty)] for duty in Duty]


def _performer(agreement: Agreement, duty: Duty) -> str:
    performer = performer_of(agreement, duty)
    if duty in agreement.performers:
        return _("%(performer)s (other than the plan says)") % {"performer": performer.label}
    return str(performer.label)


def performer_of(agreement: Agreement, duty: Duty) -> Performer:
    """Who does a duty: the agreement's exception, else the word of the plan as it was when this was proposed."""
    by_plan = Performer.PROVIDER if duty in agreement.plan_duties else Performer.CUSTOMER
    return Performer(agreement.performers.get(duty) or by_plan)


def _approval_row(agreement: Agreement, name: ActionClass) -> list[str]:
    rule = terms.approval(agreement.approvals, name)
    parts = [str(rule.role.label)]
    if rule.second_factor:
        parts.append(_("with a second factor"))
    if rule.two_persons:
        parts.append(_("by two people other than the one who proposes"))
    return [f"approval-{name}", str(name.label), _(", ").join(parts)]


def _notice(agreement: Agreement) -> list[list[str]]:
    minutes = agreement.long_work_minutes
    return [
        [
            "notice-long",
            _("Work of %(minutes)s minutes and more") % {"minutes": minutes},
            _days(agreement.notice_long_days),
        ],
        ["notice-short", _("Shorter work"), _days(agreement.notice_short_days)],
        ["notice-aws", _("Work that AWS itself sets a date for"), _days(agreement.notice_aws_days)],
    ]


def _days(days: int) -> str:
    if days == 0:
        return _("as early as possible")
    return ngettext("%(days)s day before", "%(days)s days before", days) % {"days": days}


def _night(agreement: Agreement) -> list[list[str]]:
    zone = agreement.environment.customer.time_zone
    rows = [["night-hours", _("Night hours"), _night_hours(agreement.night_from, agreement.night_until, zone)]]
    return rows + [[f"night-{name}", str(name.label), _bands_said(agreement, name)] for name in terms.RECOVERIES]


def _bands_said(agreement: Agreement, name: ActionClass) -> str:
    """One line for each thing that is done, with the bands in which it is."""
    said: dict[str, list[str]] = {}
    for band in Band:
        said.setdefault(night_said(terms.night(agreement.night_choices, name, band)), []).append(str(band.label))
    if len(said) == 1:
        return next(iter(said))
    lines = ({"bands": _(", ").join(bands), "said": sentence} for sentence, bands in said.items())
    return "\n".join(_("%(bands)s: %(said)s") % line for line in lines)


def _night_hours(begins: dt.time, ends: dt.time, zone: str) -> str:
    if begins == ends:
        return _("no night hours")
    return f"{begins:%H:%M}–{ends:%H:%M} ({zone})"


def night_said(rule: terms.NightRule) -> str:
    """A night rule as a sentence."""
    if rule.choice == NightChoice.NOTIFY_ONLY:
        return _("Notify only: the provider tells, and does nothing")
    facts = {"minutes": rule.minutes}
    if rule.choice == NightChoice.RECOVER_FIRST:
        if not rule.minutes:
            return _("Recover first: act at once, report after")
        return _("Recover first: act when it has lasted %(minutes)s minutes, report after") % facts
    return {
        Silence.ACT: _("Call first: without an answer in %(minutes)s minutes, act"),
        Silence.WAIT: _("Call first: without an answer in %(minutes)s minutes, wait and go on calling"),
        Silence.ACT_IF_DOWN: _("Call first: without an answer in %(minutes)s minutes, act if it is still down"),
    }[rule.silence] % facts


def _keeping(agreement: Agreement) -> list[list[str]]:
    days = agreement.retention_days
    rows = [["retention", _("Backups are kept for"), ngettext("%(days)s day", "%(days)s days", days) % {"days": days}]]
    rows.append(["site-url", _("Address of the site"), agreement.site_url or _("none, the site is not visited")])
    if agreement.site_text:
        rows.append(["site-text", _("Words that the site's page must hold"), agreement.site_text])
    return rows
