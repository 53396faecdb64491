"""Whom the portal reaches at the customers of the sample world; each address is proven as a person would prove it."""

import datetime as dt

from customers import contacts, sealed, verification
from customers.models import Contact, ContactChannel, Customer, Message
from opsportal.sandbox import world

# Who is called; developers and viewers are not.
CALLED = ("owner", "approver", "")
# At this customer nobody has proven an address yet, at that one nobody was named.
UNPROVEN, UNNAMED = "sakurai", "kazami"


def load(sample: world.Customer, at: dt.datetime) -> None:
    """Add a customer's contacts, unless there are some."""
    customer = Customer.objects.get(slug=sample.slug)
    if sample.slug == UNNAMED or Contact.objects.filter(customer=customer).exists():
        return
    for person in sample.people:
        if person.role in CALLED:
            contact = contacts.add(customer=customer, name=person.name, position=person.title, at=at, by=None)
            for kind, address, hours in _ways(person):
                channel = contacts.add_channel(contact=contact, kind=kind, address=address, hours=hours, at=at, by=None)
                if sample.slug != UNPROVEN:
                    _prove(channel, at)


def _ways(person: world.Person) -> list[tuple[str, str, str]]:
    ways = [(ContactChannel.Kind.VOICE, person.phone, ContactChannel.Hours.ALWAYS)]
    if person.phone.startswith("+81-90"):
        ways.append((ContactChannel.Kind.SMS, person.phone, ContactChannel.Hours.ALWAYS))
    return [*ways, (ContactChannel.Kind.MAIL, person.mail, ContactChannel.Hours.BUSINESS)]


def _prove(channel: ContactChannel, at: dt.datetime) -> None:
    """The contact's part: read the code that came, and tell it."""
    verification.send_code(channel=channel, at=at, by=None)
    message = Message.objects.filter(contact_channel=channel).latest("id")
    verification.check_code(channel=channel, code=sealed.secrets_of(message)["code"], at=at, by=None)
