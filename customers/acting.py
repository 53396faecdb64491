"""Staff who act at the request of a customer's person: chosen once, shown on the pages, said by each request.

The session only remembers the choice for the next page. What the logbook names is what the request itself says, and
that is what its page showed: a tab that was opened before another choice cannot name the wrong person.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.http import HttpRequest, HttpResponse

from customers import people
from customers.models import Customer, Member, User
from customers.people_forms import AskedForm
from opsportal.web.pages import render_page

FIELD = "on_behalf_of"
# Long enough for a call; whoever goes on to other work must not name its caller.
LASTS_SECONDS = 60 * 60
_KEPT = "acting"


class NotTheirsError(Exception):
    """Whom the request names is not one of the customer's people, be it another customer's or nobody at all."""

    def __init__(self, customer: Customer) -> None:
        super().__init__()
        self.customer = customer


@dataclass(frozen=True)
class Acting:
    """For whom staff act on a page, and who else there is."""

    customer: Customer
    members: list[Member]
    person: User | None

    @property
    def form(self) -> AskedForm:
        """Choosing one of them."""
        return AskedForm(None, self.members)


def says_for_whom(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that write for a customer: the request may say for whom, by `asked_by`; a wrong person stops it."""

    @wraps(view)
    def checked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotTheirsError as error:
            response = render_page(request, "customers/acting/gone.html", {"customer": error.customer})
            response.status_code = 409
            return response

    checked.says_for_whom = True
    return checked


def asked_by(request: HttpRequest, customer: Customer) -> User | None:
    """At whose request staff do this; customers' people always act for themselves. Raises NotTheirsError."""
    if not request.user.is_staff or not request.POST.get(FIELD):
        return None
    form = AskedForm(request.POST, people.people_of(customer))
    if not form.is_valid():
        raise NotTheirsError(customer)
    if form.asked_by.pk == _kept(request, customer):
        keep(request, customer, form.asked_by)
    return form.asked_by


def acting(request: HttpRequest, customer: Customer) -> Acting | None:
    """What a page with forms shows and sends along; nothing for the customer's own people, or while it has none."""
    if not request.user.is_staff or not (members := people.people_of(customer)):
        return None
    # What was refused comes back as it was sent.
    chosen = request.POST.get(FIELD) if FIELD in request.POST else _kept(request, customer)
    return Acting(customer, members, next((one.user for one in members if str(one.user_id) == str(chosen)), None))


def still_acting(request: HttpRequest, customer: Customer) -> Acting | None:
    """What a page without forms shows: only that a choice holds."""
    found = acting(request, customer) if _kept(request, customer) else None
    return found if found and found.person else None


def keep(request: HttpRequest, customer: Customer, person: User | None) -> None:
    """Remember a choice for the next pages, or that there is none."""
    kept = {key: value for key, value in request.session.get(_KEPT, {}).items() if key != str(customer.pk)}
    if person:
        kept[str(customer.pk)] = (person.pk, int(time.time()) + LASTS_SECONDS)
    request.session[_KEPT] = kept


def _kept(request: HttpRequest, customer: Customer) -> int | None:
    person, until = request.session.get(_KEPT, {}).get(str(customer.pk), (None, 0))
    return person if until > time.time() else None
