"""What AWS's maintenance codes mean, in a sentence for staff's lists and one for the owner of a site."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maintenance.models import Notice

Text = str | Promise


@dataclass(frozen=True)
class Meaning:
    """What will happen, and what a visitor of the site may notice."""

    title: Text
    effect: Text


_RESTART = _("The site may not be shown for some minutes.")
_FAILOVER = _("The site may be slow or not shown for some minutes while the database restarts.")

CODES: dict[str, Meaning] = {
    "instance-retirement": Meaning(
        _("Hardware is taken out of service"),
        _("The server must move to other hardware before this time; else it stops and the site is not shown."),
    ),
    "instance-stop": Meaning(
        _("Server will be stopped"),
        _("The server must move to other hardware before this time; else it stops and the site is not shown."),
    ),
    "instance-reboot": Meaning(_("Server will be restarted"), _RESTART),
    "system-reboot": Meaning(_("Hardware will be restarted"), _RESTART),
    "system-maintenance": Meaning(
        _("Network or power maintenance"), _("The server may lose its network connection for a short time.")
    ),
    "system-update": Meaning(_("Operating system of the database is updated"), _FAILOVER),
    "os-upgrade": Meaning(_("Operating system of the database is upgraded"), _FAILOVER),
    "db-upgrade": Meaning(_("Database engine is upgraded"), _FAILOVER),
    "hardware-maintenance": Meaning(_("Hardware of the database is maintained"), _FAILOVER),
    "ca-certificate-rotation": Meaning(
        _("Certificate of the database is renewed"), _("Programs that check the certificate must know the new one.")
    ),
}
UNKNOWN = Meaning(_("AWS maintenance"), _("What the site's visitors will notice is not known yet."))


def meaning_of(code: str) -> Meaning:
    """What a code means; codes that AWS added since are named as they are."""
    return CODES.get(code) or Meaning(f"{UNKNOWN.title} ({code})", UNKNOWN.effect)


def explained(notices: list[Notice]) -> list[Notice]:
    """The notices, each with its meaning as `meaning`, for a page."""
    for notice in notices:
        notice.meaning = meaning_of(notice.code)
    return notices
