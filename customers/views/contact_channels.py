"""One way to reach a contact: proven by a code, used at its hours, removed."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import access, contact_pages, contacts, verification
from customers.access import for_agreeing
from customers.acting import acting, asked_by, says_for_whom
from customers.contact_forms import CodeForm, HoursForm
from customers.models import ContactChannel
from opsportal import business_time
from opsportal.web.pages import render_page, toast


@for_agreeing
@require_safe
def contact_channel(request: HttpRequest, contact_channel_id: int) -> HttpResponse:
    """How a channel stands, and the code that proves it."""
    return _page(request, access.contact_channel_to_agree(request.user, contact_channel_id))


@for_agreeing
@says_for_whom
@require_POST
def send_code(request: HttpRequest, contact_channel_id: int) -> HttpResponse:
    """Send a code through the channel."""
    channel = access.contact_channel_to_agree(request.user, contact_channel_id)
    try:
        verification.send_code(channel=channel, **_who(request, channel))
        toast(request, _("A code is on its way. Ask %(name)s for it.") % {"name": channel.contact.name})
    except ValidationError as error:
        toast(request, error.messages[0], "act")
    return redirect("contact-channel", contact_channel_id)


@for_agreeing
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def check_code(request: HttpRequest, contact_channel_id: int) -> HttpResponse:
    """Take the code that came back."""
    channel = access.contact_channel_to_agree(request.user, contact_channel_id)
    if request.method != "POST":
        return redirect("contact-channel", contact_channel_id)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            code = form.cleaned_data["code"]
            if verification.check_code(channel=channel, code=code, **_who(request, channel)):
                toast(request, _("The address is proven: %(name)s can be reached.") % {"name": channel.contact.name})
                return redirect("contact", channel.contact_id)
            form.add_error("code", _wrong(channel))
        except ValidationError as error:
            form.add_error("code", error)
    return _page(request, channel, code_form=form)


@for_agreeing
@says_for_whom
@require_http_methods(["GET", "HEAD", "POST"])
def change_hours(request: HttpRequest, contact_channel_id: int) -> HttpResponse:
    """Use the channel at other times of day."""
    channel = access.contact_channel_to_agree(request.user, contact_channel_id)
    if request.method != "POST":
        return redirect("contact-channel", contact_channel_id)
    form = HoursForm(request.POST)
    if not form.is_valid():
        return _page(request, channel, hours_form=form)
    hours = form.cleaned_data["hours"]
    contacts.change_hours(channel=channel, hours=hours, **_who(request, channel))
    toast(request, _("The hours were changed."))
    return redirect("contact", channel.contact_id)


@for_agreeing
@says_for_whom
@require_POST
def move_channel(request: HttpRequest, contact_channel_id: int) -> HttpResponse:
    """Try the channel earlier or later."""
    channel = access.contact_channel_to_agree(request.user, contact_channel_id)
    contacts.move_channel(channel=channel, up=request.POST.get("way") == "up", **_who(request, channel))
    return redirect("contact", channel.contact_id)


@for_agreeing
@says_for_whom
@require_POST
def remove_channel(request: HttpRequest, contact_channel_id: int) -> HttpResponse:
    """Reach the contact by this address never again."""
    channel = access.contact_channel_to_agree(request.user, contact_channel_id)
    contacts.remove_channel(channel=channel, **_who(request, channel))
    toast(request, _("The channel was removed."))
    return redirect("contact", channel.contact_id)


def _who(request: HttpRequest, channel: ContactChannel) -> dict:
    return {"at": business_time.now(), "by": request.user, "on_behalf_of": asked_by(request, channel.customer)}


def _wrong(channel: ContactChannel) -> str:
    left = verification.tries_left(channel)
    if not left:
        return _("The code was tried too often. Send a new one.")
    words = ngettext(
        "This is not the code that was sent. %(n)s try is left.",
        "This is not the code that was sent. %(n)s tries are left.",
        left,
    )
    return words % {"n": left}


def _page(
    request: HttpRequest,
    channel: ContactChannel,
    *,
    code_form: CodeForm | None = None,
    hours_form: HoursForm | None = None,
) -> HttpResponse:
    at = business_time.now()
    context = {
        "customer": channel.customer,
        "acting": acting(request, channel.customer),
        "contact": channel.contact,
        "channel": contact_pages.dress(channel, at),
        "code_form": code_form or CodeForm(),
        "hours_form": hours_form or HoursForm(initial={"hours": channel.hours}),
        "minutes": verification.MINUTES,
    }
    return render_page(request, "customers/contacts/channel.html", context)
