"""What AWS's maintenance codes mean, in a sentence for staff's lists and one for the owner of a site."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import codes
from maintenance.models import Notice

Text = str | Promise


@dataclass(frozen=True)
class Meaning:
    """What will happen, and what a visitor of the site may notice."""

    title: Text
    effect: Text


_RESTART = _("The site may not be shown for some minutes.")
_FAILOVER = _("The site may be slow or not shown for some minutes while the database restarts.")
_MOVE = _("The server must move to other hardware before this time; else it stops and the site is not shown.")

EFFECTS: dict[str, Text] = {
    "instance-retirement": _MOVE,
    "instance-stop": _MOVE,
    "instance-reboot": _RESTART,
    "system-reboot": _RESTART,
    "system-maintenance": _("The server may lose its network connection for a short time."),
    "system-update": _FAILOVER,
    "os-upgrade": _FAILOVER,
    "db-upgrade": _FAILOVER,
    "hardware-maintenance": _FAILOVER,
    "ca-certificate-rotation": _("Programs that check the certificate must know the new one."),
    "serverless-platform-version-update": _FAILOVER,
}
UNKNOWN = Meaning(_("AWS maintenance"), _("What the site's visitors will notice is not known yet."))


def meaning_of(code: str) -> Meaning:
    """What a code means; codes that AWS added since are named as they are."""
    if code not in EFFECTS:
        return Meaning(f"{UNKNOWN.title} ({code})", UNKNOWN.effect)
    return Meaning(codes.word("maintenance", code), EFFECTS[code])


def explained(notices: list[Notice]) -> list[Notice]:
    """The notices, each with its meaning as `meaning`, for a page."""
    for notice in notices:
        notice.meaning = meaning_of(notice.code)
    return notices
