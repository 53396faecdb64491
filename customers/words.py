"""What needs and duty states say to a person; rows keep only a kind and facts, so that each reader has a language."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import codes
from customers.models import ActionClass

Text = str | Promise

# What the portal could not do, by the word of the gateway's error.
FAILURES: dict[str, tuple[Text, Text]] = {
    "denied": (_("%(operation)s is denied"), _("Add %(operation)s to the role that the portal reads with.")),
    "no-entry": (
        _("The role cannot be entered"),
        _("Check that the role exists and that its trust policy names the portal and this environment's ExternalId."),
    ),
    "wrong-account": (
        _("The role leads into another AWS account"),
        _("Nothing was read. Correct the account id or the role of this environment."),
    ),
    "region-off": (
        _("The region does not take the account's credentials"),
        _("Switch the region on for the account, or correct the region of this environment."),
    ),
    "clock-skew": (
        _("AWS finds the time of the request wrong"),
        _("Check the clock of the portal's machine (NTP)."),
    ),
    "throttled": (_("AWS slows the portal down"), _("The portal waits longer each time; nothing has to be done.")),
    "unreachable": (
        _("AWS does not answer"),
        _("Look at the AWS Health Dashboard; the portal tries again by itself."),
    ),
    "incomplete": (_("A list came back torn"), _("The list was not used; the portal reads it again by itself.")),
    "expired": (_("The session ended early"), _("The portal enters again by itself.")),
    "no-credentials": (
        _("The portal has no AWS credentials of its own"),
        _("Give the machine of the read worker the role that customers trust."),
    ),
    "broken": (
        _("The portal could not understand an answer"),
        _("Tell the portal's developers; the log of the read worker says more."),
    ),
    "visit-failed": (
        _("The portal could not visit the site, for a reason of its own"),
        _("Look at the site yourself: it goes unwatched. Tell the portal's developers; the worker's log says more."),
    ),
    "open-role": (
        _("The role lets in anybody"),
        _("It can be entered without the right ExternalId. Make it again from the template, which asks for it."),
    ),
    "nameless": (
        _("The role lets in a session that does not say for whom it acts"),
        _("Make it again from the template, which asks for a SourceIdentity."),
    ),
    "refused": (_("%(operation)s was refused: %(code)s"), _("Look at the message of AWS below and at the role.")),
}

# kind → what is the matter, and the next step. Every step is one that the reader can take now.
NEEDS: dict[str, tuple[Text, Text]] = {
    "notice-open": (
        _("AWS maintenance (%(code)s) on %(name)s"),
        _("Decide when it hurts least, and agree it with the customer."),
    ),
    "engine-support-ending": (
        _("Standard support of %(engine)s %(version)s on %(name)s is going to end"),
        _("Plan the upgrade; after this date Extended Support is billed."),
    ),
    "certificate-ending": (
        _("Certificate %(certificate)s of %(name)s is going to end"),
        _("Plan the change to a newer certificate authority."),
    ),
    "backup-none": (_("%(name)s has no backup"), _("Set up a nightly backup, and take one now.")),
    "backup-missing": (
        _("%(name)s: nights without a backup: %(nights)s"),
        _("Find out why the backup did not run, and take one now."),
    ),
    "backup-gap": (
        _("%(name)s: nights lacking among the agreed ones: %(gaps)s"),
        _("Find out why those nights failed; what they held cannot be restored."),
    ),
    "backup-failed": (_("The last backup of %(name)s failed: %(reason)s"), _("Mend the cause and take one now.")),
    "retention-short": (
        _("%(name)s keeps backups for %(set)s days, agreed are %(agreed)s"),
        _("Set the retention to what was agreed."),
    ),
    "alarm-ringing": (
        _("Alarm: %(name)s"),
        _("Look at the state and the charts of what it watches; if the site suffers, tell the customer."),
    ),
    "alarm-missing": (_("No alarm watches %(name)s"), _("Put the agreed alarms in place in CloudWatch.")),
    "alarm-muted": (
        _("Alarm %(name)s rings nobody"),
        _("Switch its actions on in CloudWatch, unless its silence was agreed."),
    ),
    "server-stopped": (_("Server %(name)s is stopped"), _("Find out whether it was meant, else start it.")),
    "server-impaired": (
        _("Server %(name)s fails its status checks"),
        _("Look at the system log; stop and start moves it to other hardware."),
    ),
    "database-down": (_("Database %(name)s is %(state)s"), _("Look at the RDS events, and bring it back.")),
    "target-unhealthy": (
        _("%(name)s finds %(aws_id)s unhealthy"),
        _("Look at the web server's log and at its health check."),
    ),
    "site-down": (
        _("The site does not answer as it should: %(why)s"),
        _("Open the site yourself, then look at the servers and the database; if it stays away, tell the customer."),
    ),
    "site-barred": (
        _("The site is not visited: %(why)s"),
        _("Correct the address of the site in the agreement, or ask the customer where the site really is."),
    ),
    "change-failed": (
        _("Failed: %(action_class)s on %(name)s"),
        _("Open the change, look at the step that failed and at AWS, and put things right."),
    ),
    "change-unsettled": (
        _("Outcome not known: %(action_class)s on %(name)s"),
        _("Open the change and look in AWS whether the call happened; the portal never repeats it by itself."),
    ),
    "change-unanswered": (
        _("Nobody has answered yet: %(action_class)s on %(name)s"),
        _("Call whoever has to approve it; without an answer it is not done."),
    ),
    "role-open": (
        _("The role %(role)s lets in anybody"),
        _("It can be entered without the right ExternalId. Ask the customer to make it again from the template."),
    ),
    "role-shut": (
        _("The portal cannot enter the role %(role)s, with which it acts"),
        _("Check that the role exists and that its trust policy names the portal and this environment's ExternalId."),
    ),
    "contact-none": (
        _("No contact is known: nobody of the customer can be called"),
        _("Add a contact on the customer's page under contacts, and prove a way to reach them by its code."),
    ),
    "contact-unreachable": (
        _("%(name)s cannot be reached: no channel works"),
        _("Add a channel to the contact, or prove one by its code."),
    ),
    "nobody-in-business": (
        _("Nobody can be reached in business hours"),
        _("Put a contact with a working channel on the ladder."),
    ),
    "nobody-at-night": (
        _("Nobody can be reached outside of business hours"),
        _("Put a contact with a working channel on the ladder."),
    ),
} | {f"poll-{word}": texts for word, texts in FAILURES.items()}  # fmt: skip

# The same for what was not done in time: facts say "over".
NEEDS_OVER: dict[str, tuple[Text, Text]] = {
    "notice-open": (
        _("The time of AWS maintenance (%(code)s) on %(name)s has passed"),
        _("Find out whether it took place and whether all is well; if not, agree a new time with the customer."),
    ),
    "engine-support-ending": (
        _("Standard support of %(engine)s %(version)s on %(name)s has ended"),
        _("Agree the day of the upgrade now: Extended Support is billed, or AWS upgrades by itself."),
    ),
    "certificate-ending": (
        _("Certificate %(certificate)s of %(name)s has ended"),
        _("Change to a newer certificate authority now: programs that check the certificate no longer connect."),
    ),
}

# kind of a duty state → its one line on the duty board.
DUTY_STATES: dict[str, Text] = {
    "blind": _("Cannot be read: %(operation)s"),
    "notices-none": _("No maintenance is announced"),
    "notices-open": _("Announced: %(count)s"),
    "support-good": _("All engines and certificates are supported"),
    "support-ending": _("Support ended or ending: %(count)s"),
    "backups-good": _("Every server and database is backed up"),
    "backups-missing": _("Backups lacking: %(count)s"),
    "response-none": _("Nothing waits for a response"),
    "response-open": _("Needing a response: %(count)s"),
    "alarms-good": _("%(count)s alarms watch"),
    "contacts-good": _("Contacts that can be reached: %(count)s"),
    "contacts-lacking": _("Contacts that can be reached: %(count)s, to be put right: %(lacking)s"),
    "contacts-none": _("No contact is known"),
    "alarms-lacking": _("Alarms: %(count)s, to be put right: %(lacking)s"),
}

# What a visit of the site found wrong.
VISITS: dict[str, Text] = {
    "no-answer": _("No answer: the connection was refused or broke"),
    "timeout": _("No answer within ten seconds"),
    "status": _("The site answered with an error"),
    "text": _("The page came, but without the expected words"),
    "redirects": _("The site sends its visitors round in circles"),
    "address": _("The site's address cannot be used"),
    "inside": _("The site's address, or one that it sends its visitors to, leads into a network, not to the internet"),
    "port": _("The site's address names a port that the portal does not go to"),
    "credentials": _("The site's address holds a user name or a password"),
}


# Facts that are codes of AWS; only databases and announcements put theirs into words.
_SPOKEN = {"state": "database", "code": "maintenance", "engine": "engine"}


@dataclass(frozen=True)
class Said:
    """A matter in the reader's language, and what to do next."""

    title: str
    step: str


def need_said(kind: str, facts: dict[str, Any]) -> Said:
    """A need in words; `over` among the facts tells that its deadline has passed."""
    title, step = NEEDS_OVER[kind] if facts.get("over") else NEEDS[kind]
    spoken = facts | {name: codes.word(_SPOKEN[name], facts[name]) for name in _SPOKEN.keys() & facts.keys()}
    if "action_class" in facts:
        spoken["action_class"] = ActionClass(facts["action_class"]).label
    if kind in ("site-down", "site-barred"):
        spoken["why"] = VISITS[facts["reason"]]
    return Said(str(title) % spoken, str(step) % spoken)


def failure_said(failure: dict[str, Any]) -> Said:
    """A failure of a reading in words, with the permission to add where that is the cure."""
    title, step = FAILURES[failure["word"]]
    return Said(str(title) % failure, str(step) % failure)


def duty_said(kind: str, facts: dict[str, Any]) -> str:
    """A duty's state in one line."""
    return str(DUTY_STATES[kind]) % facts
