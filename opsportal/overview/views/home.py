"""The first page: for staff what needs a hand now, for customers whether their sites are well."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers import access, directory, proposals
from customers.access import for_everyone
from customers.models import Duty, Need
from maintenance import freezes
from opsportal import business_time
from opsportal.overview import hand, health, sites
from opsportal.web.pages import nothing_new, render_page, unchanged


@for_everyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page of whoever logs in."""
    return _staff_home(request) if request.user.is_staff else _customer_home(request)


def _staff_home(request: HttpRequest) -> HttpResponse:
    at, silent, freeze = business_time.now(), health.silent_processes(), freezes.of(None)
    version = f"{directory.version(at)}.{len(silent)}.{freeze.pk if freeze else 0}"
    if nothing_new(request, version):
        return unchanged()
    urgency, duty = request.GET.get("urgency", ""), request.GET.get("duty", "")
    urgency = int(urgency) if urgency in {str(number) for number in Need.Urgency.values} else None
    duty = duty if duty in Duty.values else ""
    after = request.GET.get("after", "")
    page = hand.page_of_needs(urgency=urgency, duty=duty, after=after, at=at)
    counts = hand.counts(at)
    context = {"version": version, "counts": counts, "unknown": counts.unknown, "page": page, "urgency": urgency}
    context |= {"duty": duty, "wall": request.GET.get("wall") == "1", "at": at, "silent": silent}
    context |= {"confirmations": proposals.confirmations(), "freeze": freeze}
    return render_page(request, "overview/home/staff.html", context, part="needs")


def _customer_home(request: HttpRequest) -> HttpResponse:
    environments = access.visible_environments(request.user)
    found = sites.sites_of(environments, request.user, business_time.now())
    version = ".".join(site.version for site in found)
    if nothing_new(request, version):
        return unchanged()
    context = {"version": version, "sites": found, "owned": access.owned(request.user)}
    return render_page(request, "overview/home/customer.html", context, part="sites")
