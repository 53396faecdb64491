"""What a need says to the people of a customer who own the site but do not operate it: no operation names, no codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import words
from customers.models import Performer
from customers.words import Said, Text

_READING: Text = _("Part of your AWS environment cannot be read")
_PERMISSION: Text = _("The portal lacks a permission in your AWS account")

# Only the needs whose usual words name what an operator looks at; the others are plain already.
_TITLES: dict[str, Text] = {
    **{f"poll-{word}": _READING for word in words.FAILURES},
    "poll-denied": _PERMISSION,
    "poll-no-entry": _PERMISSION,
    "poll-visit-failed": _("The portal cannot visit the site at the moment"),
    "role-shut": _PERMISSION,
    "alarm-ringing": _("An alarm rings: %(name)s"),
    "alarm-missing": _("%(name)s is not watched by an alarm yet"),
    "alarm-muted": _("The alarm %(name)s would reach nobody"),
    "server-impaired": _("Server %(name)s does not answer the checks of AWS"),
    "target-unhealthy": _("A server behind %(name)s does not answer as it should"),
    "contact-none": _("Nobody of yours can be called yet: no contact is known"),
    "site-down": _("The site is not shown properly"),
    "site-barred": _("The site cannot be visited at its address"),
}
_OURS: Text = _("We see to it.")
_THEIRS: Text = _("Your plan leaves this to you. Open this line to see what is known about it.")
_THEIRS_OF: dict[str, Text] = {
    "role-shut": _("Please have whoever looks after your AWS account add it; open this line to see which one."),
    "poll-denied": _("Please have whoever looks after your AWS account add it; open this line to see which one."),
    "poll-no-entry": _("Please have whoever looks after your AWS account add it; open this line to see which one."),
    "contact-none": _("Add under contacts whom we may call, and how."),
    "site-barred": _("Propose an agreement with the address at which everybody reaches the site."),
    "notice-open": _("Choose the time that hurts least, and act before the date."),
}
# What nobody but the customer can do, whoever has the duty by the plan.
_ONLY_THEIRS = frozenset({"contact-none"})


def performer_of(kind: str, performer: str) -> str:
    """Whom a need waits for, as the customer reads it."""
    return Performer.CUSTOMER if kind in _ONLY_THEIRS else performer


def need_said(kind: str, facts: dict[str, Any], performer: str) -> Said:
    """A need in plain words; the step is the reader's own only where the plan leaves it to the customer."""
    title = str(_TITLES[kind]) % facts if kind in _TITLES else words.need_said(kind, facts).title
    step = _OURS if performer == Performer.PROVIDER else _THEIRS_OF.get(kind, _THEIRS)
    return Said(title, str(step))
