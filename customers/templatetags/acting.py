"""For whom staff act, on every page of a customer: `{% load acting %}`."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customers.acting import FIELD, still_acting
from customers.models import Customer, Environment

register = template.Library()


@register.inclusion_tag("customers/acting/banner.html", takes_context=True)
def acting_banner(context: template.RequestContext) -> dict[str, Any]:
    """The choice of the page; a page that offers none still says that one holds."""
    request = context["request"]
    chosen = context.get("acting")
    may_choose = chosen is not None
    if not may_choose and getattr(request.user, "is_staff", False) and (customer := _customer(context)):
        chosen = still_acting(request, customer)
    return {"acting": chosen, "may_choose": may_choose, "next": request.get_full_path()}


@register.simple_tag(takes_context=True)
def for_whom(context: template.Context) -> SafeString | str:
    """What each form about a customer's things sends along, beside its token."""
    acting = context.get("acting")
    if acting is None:
        return ""
    person = acting.person.pk if acting.person else ""
    # Firefox would put back an old value when the page is loaded again.
    return format_html('<input type="hidden" name="{}" value="{}" autocomplete="off" data-for-whom>', FIELD, person)


def _customer(context: template.Context) -> Customer | None:
    customer, environment = context.get("customer"), context.get("environment")
    if isinstance(customer, Customer):
        return customer
    return environment.customer if isinstance(environment, Environment) else None
