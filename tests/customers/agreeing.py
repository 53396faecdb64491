"""How tests bring an agreement about: through the domain, as the people would."""

from customers import proposals
from customers.models import Agreement
from opsportal import business_time


def drafted(world, by, **changes) -> Agreement:
    """A draft of this person's side that differs from what holds by these terms."""
    environment, at = world.shop_production, business_time.now()
    draft = proposals.new_draft(environment, proposals.side_of(by, environment), at)
    values = {name: getattr(draft, name) for name in proposals.TERMS} | changes
    return proposals.save_draft(environment=environment, values=values, at=at, by=by)


def proposed(world, by, **changes) -> Agreement:
    """A proposal of this person's side."""
    digest = proposals.shown(drafted(world, by, **changes)).digest
    return proposals.propose(environment=world.shop_production, digest=digest, at=business_time.now(), by=by)


def signed(world, **changes) -> Agreement:
    """What an admin proposed and the owner signed."""
    proposal = proposed(world, world.admin, **changes)
    return proposals.sign(
        environment=world.shop_production, digest=proposal.digest, language="ja", at=business_time.now(), by=world.owner
    )
