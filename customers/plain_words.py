"""What a need says to the people of a customer who own the site but do not operate it: no operation names, no codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import words
from customers.words import Said, Text

_READING: tuple[Text, Text] = (
    _("Part of your AWS environment cannot be read"),
    _("The portal tries again by itself; if it lasts, we get in touch."),
)
_PERMISSION: tuple[Text, Text] = (
    _("The portal lacks a permission in your AWS account"),
    _("Please have whoever looks after your AWS account add it; open this line to see which one."),
)

# Only the needs whose usual words name what an operator looks at; the others are plain already.
_PLAIN: dict[str, tuple[Text, Text]] = {
    **{f"poll-{word}": _READING for word in words.FAILURES},
    "poll-denied": _PERMISSION,
    "poll-no-entry": _PERMISSION,
    "alarm-ringing": (_("An alarm rings: %(name)s"), _("We look into it.")),
    "alarm-missing": (_("%(name)s is not watched by an alarm yet"), _("The agreed alarms are put in place.")),
    "alarm-muted": (_("The alarm %(name)s would reach nobody"), _("Its notification is switched on.")),
    "server-impaired": (_("Server %(name)s does not answer the checks of AWS"), _("We look into it.")),
    "target-unhealthy": (_("A server behind %(name)s does not answer as it should"), _("We look into it.")),
    "site-down": (_("The site is not shown properly"), _("We look into it.")),
}


def need_said(kind: str, facts: dict[str, Any]) -> Said:
    """A need in plain words."""
    if kind not in _PLAIN:
        return words.need_said(kind, facts)
    title, step = _PLAIN[kind]
    return Said(str(title) % facts, str(step) % facts)
