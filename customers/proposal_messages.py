"""Telling people about an agreement: those whose yes it waits for, and the proposer what came of it."""

import datetime as dt

from customers import messages
from customers.models import Agreement, Member, User


def say_proposed(proposal: Agreement, at: dt.datetime) -> None:
    """Tell everybody whose yes the proposal waits for: the customer's owners, or the provider's admins."""
    if proposal.side == Agreement.Side.PROVIDER:
        owners = Member.objects.filter(customer=proposal.environment.customer, role=Member.Role.OWNER)
        readers = User.objects.filter(pk__in=owners.values("user"), is_active=True)
    else:
        readers = User.objects.filter(staff_role=User.StaffRole.ADMIN, is_active=True)
    for reader in readers.order_by("pk"):
        _say("agreement-proposed", proposal, reader, proposal.proposed_by, at)


def say_answered(proposal: Agreement, by: User, at: dt.datetime) -> None:
    """Tell the proposer what the other side answered."""
    _say("agreement-answered", proposal, proposal.proposed_by, by, at)


def _say(kind: str, proposal: Agreement, reader: User, other: User, at: dt.datetime) -> None:
    environment = proposal.environment
    page = "agreement/answer" if kind == "agreement-proposed" else f"agreement/{proposal.number}"
    facts = {
        "name": reader.name,
        "other": other.name,
        "customer": environment.customer.name,
        "environment": environment.name,
        "version": proposal.number,
        "agreed": proposal.state == Agreement.State.SIGNED,
        "sign": proposal.side == Agreement.Side.PROVIDER,
        "reason": proposal.ended_reason,
        "link": f"/environments/{environment.pk}/{page}/",
    }
    messages.say(kind, at=at, language=reader.language, facts=facts, customer=environment.customer, user=reader)
