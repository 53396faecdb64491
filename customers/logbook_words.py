"""What a logbook entry says to a person; entries keep a verb and facts, so that each reader has a language."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import (
    ActionClass,
    ConnectionTest,
    ContactChannel,
    Environment,
    LogbookEntry,
    Member,
    SpecialDay,
    User,
)
from customers.words import FAILURES

# What was done, without who did it: that stands beside it.
VERBS: dict[str, str | Promise] = {
    "act-role-named": _("Named the role with which the portal acts: %(act_role)s"),
    "agreement-confirmed": _("Confirmed version %(number)s of the agreement for the provider"),
    "agreement-declined": _("Declined version %(number)s of the agreement"),
    "agreement-proposed": _("Proposed version %(number)s of the agreement"),
    "agreement-signed": _("Signed version %(number)s of the agreement for the customer"),
    "agreement-withdrawn": _("Withdrew version %(number)s of the agreement"),
    "agreed": _("Let an agreement with the plan %(plan)s hold"),
    "change-agreed": _("%(action_class)s on %(name)s needs no approval by the agreement"),
    "change-answered": _("Answered %(word)s: %(action_class)s on %(name)s"),
    "change-approved": _("Approved: %(action_class)s on %(name)s"),
    "change-asked-anew": _("The former approval is void, asked again: %(action_class)s on %(name)s"),
    "change-cancelled": _("Called off: %(action_class)s on %(name)s"),
    "change-declined": _("Declined: %(action_class)s on %(name)s"),
    "change-done": _("Done and verified: %(action_class)s on %(name)s"),
    "change-failed": _("Failed: %(action_class)s on %(name)s"),
    "change-lapsed": _("Lapsed: %(action_class)s on %(name)s"),
    "change-proposed": _("Proposed: %(action_class)s on %(name)s"),
    "change-resumed": _("The outcome is known again: %(action_class)s on %(name)s"),
    "change-seen-to": _("Dealt with the failure: %(action_class)s on %(name)s"),
    "change-started": _("Began: %(action_class)s on %(name)s"),
    "change-unsettled": _("The outcome is not known: %(action_class)s on %(name)s"),
    "change-verifying": _("All steps done, being verified: %(action_class)s on %(name)s"),
    "change-withdrawn": _("Took the approval back: %(action_class)s on %(name)s"),
    "contact-added": _("Added the contact %(name)s"),
    "contact-changed": _("Changed the contact %(name)s"),
    "contact-channel-added": _("Added %(kind)s %(through)s to the contact %(name)s"),
    "contact-channel-hours": _("Changed when %(kind)s %(through)s of the contact %(name)s is used"),
    "contact-channel-moved": _("Put %(kind)s %(through)s of the contact %(name)s in place %(place)s"),
    "contact-channel-removed": _("Removed %(kind)s %(through)s of the contact %(name)s"),
    "contact-code-sent": _("Sent a code to %(kind)s %(through)s of the contact %(name)s"),
    "contact-removed": _("Removed the contact %(name)s"),
    "contact-verified": _("Proved %(kind)s %(through)s of the contact %(name)s by its code"),
    "connection-test-asked": _("Asked for a test of the connection to the AWS account %(account_id)s"),
    "connection-test-failed": _(
        "The connection test of the %(tested)s %(role_arn)s failed: %(outcome)s (permissions lacking: %(lacking)s)"
    ),
    "connection-test-passed": _("The connection test of the %(tested)s %(role_arn)s passed"),
    "customer-changed": _("Changed the facts about the customer %(name)s"),
    "customer-closed": _("Closed the customer %(name)s"),
    "customer-onboarded": _("Took the customer %(name)s on"),
    "environment-added": _(
        "Added an environment in the AWS account %(account_id)s, %(region)s;"
        " it is read with %(read_role)s and acted in with %(act_role)s"
    ),
    "directory-failed": _("Log-in through the staff directory failed"),
    "emergency-access-asked": _("Asked for emergency access for %(email)s: %(reason)s"),
    "emergency-access-confirmed": _("Confirmed emergency access for %(email)s"),
    "emergency-access-used": _("Logged in by emergency access"),
    "emergency-access-withdrawn": _("Withdrew emergency access for %(email)s"),
    "frozen": _("Let no change begin: %(reason)s"),
    "hours-set": _("Changed the business hours"),
    "invitation-accepted": _("Accepted the invitation of %(email)s as %(role)s"),
    "invitation-sent-again": _("Sent the invitation of %(email)s again"),
    "invitation-withdrawn": _("Withdrew the invitation of %(email)s"),
    "invited": _("Invited %(email)s as %(role)s"),
    "ladder-changed": _("Changed the order of calling (%(ladder)s): %(order)s"),
    "logbook-exported": _("Exported the logbook: %(rows)s rows"),
    "logged-in": _("Logged in"),
    "logged-out": _("Logged out"),
    "login-blocked": _("Log-in was blocked after too many tries: %(email)s"),
    "login-closed": _("Closed the log-in of %(email)s"),
    "login-failed": _("Log-in failed: %(email)s"),
    "login-reopened": _("Opened the log-in of %(email)s again"),
    "member-added": _("Gave %(email)s a log-in as %(role)s"),
    "member-removed": _("Took the log-in for this customer away from %(email)s"),
    "onboarding-begun": _("Began to take an environment on"),
    "onboarding-dropped": _("Gave up taking an environment on"),
    "onboarding-finished": _("Finished taking the environment on"),
    "passkey-failed": _("Log-in by passkey failed: %(email)s"),
    "password-changed": _("Changed the own password"),
    "password-reset": _("Set a new password by the link in a mail"),
    "password-reset-asked": _("Asked for a link to set a new password: %(email)s"),
    "place-named": _(
        "Named the environment to be taken on: %(name)s (%(stage)s), AWS account %(account_id)s, %(region)s,"
        " plan %(plan)s, site %(site)s"
    ),
    "plan-added": _("Added the plan %(name)s"),
    "plan-changed": _("Changed the plan %(name)s"),
    "recovery-code-used": _("Used a recovery code"),
    "recovery-codes-made": _("Made new recovery codes"),
    "role-changed": _("Made %(email)s %(role)s"),
    "role-template-downloaded": _("Downloaded the template of the roles in the AWS account %(account_id)s"),
    "roles-named": _("Named the roles: to read with %(read_role)s, to act with %(act_role)s"),
    "scope-chosen": _("Chose what belongs to the environment: %(scope)s (tag: %(tag)s %(value)s, picked: %(picks)s)"),
    "second-factor-added": _("Added a second factor: %(factor)s"),
    "second-factor-failed": _("The second factor was wrong: %(email)s"),
    "second-factor-removed": _("Removed a second factor: %(factor)s"),
    "session-ended": _("Ended a session of their own"),
    "sessions-ended": _("Ended all other sessions of their own: %(sessions)s"),
    "site-moved": _("Changed the address of the site from %(before)s to %(after)s"),
    "special-day-added": _("Added %(kind)s from %(first)s to %(last)s (%(name)s)"),
    "special-day-removed": _("Removed %(kind)s from %(first)s to %(last)s (%(name)s)"),
    "staff-role-changed": _("Made %(email)s of the provider %(role)s"),
    "unfrozen": _("Let changes begin again (%(reason)s)"),
    "staff-added": _("Gave %(email)s of the provider a log-in as %(role)s"),
}

# Facts that are words of the code, in the reader's language.
_WORDED: dict[str, Mapping[str, str | Promise]] = {
    "action_class": dict(ActionClass.choices),
    "word": {
        "yes": pgettext_lazy("answer", "Yes"),
        "no": pgettext_lazy("answer", "No"),
        "later": pgettext_lazy("answer", "Later"),
    },
    "kind": {**dict(ContactChannel.Kind.choices), **dict(SpecialDay.Kind.choices)},
    "role": {**dict(Member.Role.choices), **dict(User.StaffRole.choices)},
    "scope": dict(Environment.Scope.choices),
    "stage": dict(Environment.Stage.choices),
    "tested": dict(ConnectionTest.Role.choices),
    "outcome": {word: title for word, (title, _step) in FAILURES.items() if word not in ("denied", "no-entry")}
    | {
        "denied": _("a call was denied"),
        "no-entry": _(
            "The role cannot be entered: it does not exist, or it does not trust the portal with this ExternalId"
        ),
    },
    "factor": {"app": _("authenticator app"), "passkey": _("passkey"), "recovery-code": _("recovery code")},
    "ladder": {
        "business": pgettext_lazy("ladder", "in business hours"),
        "night": pgettext_lazy("ladder", "outside of business hours"),
    },
}

_UNKNOWN = "–"


class _Facts(dict):
    """What an entry knows, in words; what it does not know is a dash."""

    def __missing__(self, name: str) -> str:
        return _UNKNOWN


def said(entry: LogbookEntry) -> str:
    """What was done, in the reader's language; a verb of a newer release stays as it is."""
    sentence = VERBS.get(entry.verb)
    if sentence is None:
        return entry.verb
    return str(sentence) % _Facts({name: _worded(name, value) for name, value in entry.facts.items()})


def _worded(name: str, value: Any) -> str:
    if isinstance(value, list):
        # Only those who are called in turn stand one behind the other.
        between = " → " if name == "order" else str(_(", "))
        return between.join(_worded(name, one) for one in value) or _UNKNOWN
    known = _WORDED.get(name, {})
    return str(known[value]) if isinstance(value, str) and value in known else str(value) or _UNKNOWN


def verb_said(verb: str) -> str:
    """A kind of entry in a list of kinds: its sentence with its facts left open."""
    return str(VERBS[verb]) % _Open()


class _Open(dict):
    def __missing__(self, name: str) -> str:
        return "…"
