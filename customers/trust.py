"""The daily proof that an environment's role lets the portal in, and nobody without the right ExternalId."""

import datetime as dt
import random

from django.db import transaction
from django.db.models import QuerySet

from customers import needs, standings
from customers.models import Duty, Environment, Need, TrustProof
from opsportal.aws import trust
from opsportal.aws.errors import AwsError

DAILY = dt.timedelta(days=1)
# A role that the portal itself cannot enter, or an AWS that does not answer, proves nothing: it is asked again.
AGAIN = dt.timedelta(hours=1)
JITTER = 0.1


def begin(environment: Environment, at: dt.datetime) -> TrustProof:
    """Let the proof of a new environment be made at once."""
    return TrustProof.objects.create(environment=environment, due_at=at)


def due(at: dt.datetime) -> QuerySet[TrustProof]:
    """Proofs that are to be made, of environments whose contract has not ended."""
    return TrustProof.objects.filter(due_at__lte=at).exclude(environment__state=Environment.State.CLOSED)


def prove(proof: TrustProof, at: dt.datetime) -> None:
    """Try the role with the right ExternalId, with none and with a wrong one, and raise a need when it is open.

    Torn, nothing is kept and the proof is made again; made twice, the same need is kept once.
    """
    environment = proof.environment
    held = TrustProof.objects.filter(pk=proof.pk, lease=proof.lease)
    try:
        barred = trust.refusal(environment.read_role_arn, str(environment.external_id))
        openings = None if barred else trust.openings(environment.read_role_arn)
    except AwsError:
        # That AWS cannot be asked is told by the readings of the environment.
        openings = None
    if openings is None:
        held.update(due_at=at + AGAIN)
        return
    with transaction.atomic():
        standings.hold(environment)
        next_at = at + DAILY * random.uniform(1 - JITTER, 1)
        if held.update(proven_at=at, openings=openings, due_at=next_at) and _tell(environment, openings, at):
            standings.refresh(environment, at)


def _tell(environment: Environment, openings: list[str], at: dt.datetime) -> bool:
    want = needs.Wanted(
        key="role-open",
        duty=Duty.N3,
        kind="role-open",
        urgency=Need.Urgency.NOW,
        facts={"role": environment.read_role_arn, "openings": openings},
    )
    return needs.hold(environment, "trust", [want] if openings else [], at)
