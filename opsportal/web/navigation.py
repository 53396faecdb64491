"""Where one can go from every page, by who is looking."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Place:
    """An entry of the navigation; `pages` are the URL names that belong to it, `key` follows `g` on the keyboard.

    What is seldom needed on a phone stands in its menu instead of `at_bottom`.
    """

    page: str
    label: str | Promise
    icon: str
    key: str
    pages: frozenset[str] = field(default_factory=frozenset)
    at_bottom: bool = True


AGREED = frozenset(
    {
        "agreement", "agreement-version", "agreement-draft", "agreement-preview", "agreement-answer", "business-hours",
        "add-special-day",
    }
)  # fmt: skip
CHANGES = frozenset({"changes", "change", "choose-change", "new-change", "freeze"})
KEPT_BY_STAFF = frozenset({"agreements-waiting", "plans", "plan", "add-plan", "edit-customer", "close-customer"})
_STEPS = ("place", "roles", "test", "reading", "scope", "agreement", "people", "done")
ONBOARDING = frozenset({"onboardings", "onboarding-new", *(f"onboarding-{step}" for step in _STEPS)})
CONTACTS = frozenset({"contacts", "contact-add", "contact", "contact-channel"})
STAFF = (
    Place("home", pgettext_lazy("navigation", "Needs a hand"), "home", "h"),
    Place(
        "customers",
        pgettext_lazy("navigation", "Customers"),
        "building",
        "c",
        frozenset(
            {
                "customer",
                "people",
                "environment",
                "observations",
                "backups",
                "notices",
                "alarms",
                "readings",
                "resource",
            }
        )
        | CHANGES
        | CONTACTS
        | AGREED
        | KEPT_BY_STAFF
        | ONBOARDING,
    ),
    Place("logbook", pgettext_lazy("navigation", "Logbook"), "logbook", "l"),
    Place("outbox", pgettext_lazy("navigation", "Outbox"), "outbox", "o", frozenset({"message"}), at_bottom=False),
    Place("help", _("Help"), "help", "?", at_bottom=False),
)
_COLLEAGUES = Place(
    "staff", pgettext_lazy("navigation", "Staff"), "person", "s", frozenset({"emergencies"}), at_bottom=False
)
ADMIN = (*STAFF[:-1], _COLLEAGUES, STAFF[-1])
CUSTOMER = (
    Place(
        "home",
        pgettext_lazy("navigation", "My sites"),
        "home",
        "h",
        frozenset({"environment", "observations", "backups", "notices", "alarms", "readings", "resource", "logbook"})
        | CHANGES
        | CONTACTS
        | AGREED,
    ),
    Place("help", _("Help"), "help", "?"),
)


def places(user) -> tuple[Place, ...]:
    """The navigation of this user; nobody's is empty."""
    if not user.is_authenticated:
        return ()
    if user.is_staff:
        return ADMIN if user.staff_role == "admin" else STAFF
    return CUSTOMER


def here(place: Place, page: str | None) -> str:
    """What `aria-current` says of a place when this page is shown: page, true (a page below it), or nothing."""
    if page == place.page:
        return "page"
    return "true" if page in place.pages else ""
