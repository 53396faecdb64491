"""Whom of a customer's we can reach: added, changed and proven by admins and by the customer's owners."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import access, contact_pages, contacts, ladders
from customers.access import for_agreeing
from customers.acting import acting, asked_by, says_for_whom
from customers.contact_forms import ChannelForm, ContactForm
from customers.models import Contact, Customer
from opsportal import business_time
from opsportal.web.pages import render_page, toast

FOLDER = "customers/contacts"


@for_agreeing
@require_safe
def contact_list(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A customer's contacts, and whom the portal will call tonight and in business hours."""
    customer = access.customer_to_agree(request.user, customer_id)
    environments = _environments(request, customer)
    context = {"customer": customer, "acting": acting(request, customer)}
    context["overview"] = contact_pages.overview(customer, environments, business_time.now())
    return render_page(request, f"{FOLDER}/list.html", context)


@for_agreeing
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def add_contact(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Add somebody whom we can reach."""
    customer = access.customer_to_agree(request.user, customer_id)
    form = _contact_form(request, customer, initial={"language": "ja", "business": True, "night": True})
    if request.method == "POST" and form.is_valid():
        try:
            contact = contacts.add(customer=customer, **form.values(), **_who(request, customer))
            toast(request, _("The contact was added. Give them a way to be reached."))
            return redirect("contact", contact.pk)
        except ValidationError as error:
            form.add_error(None, error)
    context = {"customer": customer, "form": form, "acting": acting(request, customer)}
    return render_page(request, f"{FOLDER}/add.html", context)


@for_agreeing
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Change who a contact is; their channels stand beside."""
    found = access.contact_to_agree(request.user, contact_id)
    form = _contact_form(request, found.customer, initial=contact_pages.initial(found))
    if request.method == "POST" and form.is_valid():
        try:
            contacts.change(contact=found, **form.values(), **_who(request, found.customer))
            toast(request, _("The contact was changed."))
            return redirect("contact", contact_id)
        except ValidationError as error:
            # What stands in the head of the page is what is kept, not what was refused.
            form.add_error(None, error)
            found = access.contact_to_agree(request.user, contact_id)
    return _page(request, found, form=form)


@for_agreeing
@says_for_whom
@require_POST
def remove_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Call a contact never again."""
    found = access.contact_to_agree(request.user, contact_id)
    contacts.remove(contact=found, **_who(request, found.customer))
    toast(request, _("%(name)s was removed from the contacts.") % {"name": found.name})
    return redirect("contacts", found.customer_id)


@for_agreeing
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def add_channel(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Give a contact one more way to be reached; its code goes out from its own page."""
    found = access.contact_to_agree(request.user, contact_id)
    if request.method != "POST":
        return redirect("contact", contact_id)
    form = ChannelForm(request.POST, prefix="channel")
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("kind", "address", "hours")}
        try:
            channel = contacts.add_channel(contact=found, **values, **_who(request, found.customer))
            return redirect("contact-channel", channel.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, found, channel_form=form)


@for_agreeing
@says_for_whom
@require_POST
def move_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Call a contact earlier or later."""
    found = access.contact_to_agree(request.user, contact_id)
    try:
        ladders.move(
            contact=found,
            business=request.POST.get("ladder") == "business",
            up=request.POST.get("way") == "up",
            **_who(request, found.customer),
        )
    except ValidationError as error:
        toast(request, error.messages[0], "act")
    return redirect("contacts", found.customer_id)


def _page(
    request: HttpRequest, found: Contact, *, form: ContactForm | None = None, channel_form: ChannelForm | None = None
) -> HttpResponse:
    context = {
        "customer": found.customer,
        "acting": acting(request, found.customer),
        "contact": found,
        "channels": contact_pages.channels_of(found, business_time.now()),
        "form": form or _contact_form(request, found.customer, initial=contact_pages.initial(found), fresh=True),
        "channel_form": channel_form or ChannelForm(None, prefix="channel"),
    }
    return render_page(request, f"{FOLDER}/page.html", context)


def _contact_form(request: HttpRequest, customer: Customer, *, initial: dict, fresh: bool = False) -> ContactForm:
    data = request.POST if request.method == "POST" and not fresh else None
    return ContactForm(data, _environments(request, customer), initial=initial)


def _who(request: HttpRequest, customer: Customer) -> dict:
    return {"at": business_time.now(), "by": request.user, "on_behalf_of": asked_by(request, customer)}


def _environments(request: HttpRequest, customer: Customer) -> list:
    return contact_pages.open_environments(access.visible_environments(request.user).filter(customer=customer))
