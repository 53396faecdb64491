"""The daily proof that an environment's roles let the portal in, and nobody without the right ExternalId."""

import datetime as dt
import random

from django.db import transaction
from django.db.models import QuerySet

from customers import needs, standings
from customers.models import ConnectionTest, Duty, Environment, Need, TrustProof
from opsportal.aws import trust
from opsportal.aws.errors import AwsError

Role = ConnectionTest.Role

DAILY = dt.timedelta(days=1)
# A role that the portal itself cannot enter, or an AWS that does not answer, proves nothing: it is asked again.
AGAIN = dt.timedelta(hours=1)
JITTER = 0.1
# The act role's session must say for whom it acts; here it is the proof itself.
FOR_THE_PROOF = "opsportal-trust-proof"


def begin(environment: Environment, at: dt.datetime) -> None:
    """Let the proofs of an environment's roles be made at once, where they are not made already."""
    for role in (Role.READ, Role.ACT) if environment.act_role_arn else (Role.READ,):
        TrustProof.objects.get_or_create(environment=environment, role=role, defaults={"due_at": at})


def due(role: Role, at: dt.datetime) -> QuerySet[TrustProof]:
    """Proofs of one kind of role that are to be made, of environments whose contract has not ended."""
    return TrustProof.objects.filter(role=role, due_at__lte=at).exclude(environment__state=Environment.State.CLOSED)


def prove(proof: TrustProof, at: dt.datetime) -> None:
    """Try the role with the right ExternalId, with none and with a wrong one, and raise a need when it is open.

    Torn, nothing is kept and the proof is made again; made twice, the same need is kept once.
    """
    environment = proof.environment
    acts = proof.role == Role.ACT
    arn, for_whom = (environment.act_role_arn, FOR_THE_PROOF) if acts else (environment.read_role_arn, "")
    held = TrustProof.objects.filter(pk=proof.pk, lease=proof.lease)
    openings: list[str] | None = None
    try:
        barred = trust.refusal(arn, str(environment.external_id), for_whom=for_whom)
        if not barred:
            openings = trust.openings(arn, for_whom=for_whom)
    except AwsError:
        # That AWS cannot be asked is told by the readings of the environment.
        barred = None
    if openings is None and not (acts and barred):
        held.update(due_at=at + AGAIN)
        return
    with transaction.atomic():
        standings.hold(environment)
        if openings is None:
            # Readings tell of a read role that is shut; an act role would be missed only at night.
            kept = held.update(due_at=at + AGAIN)
            wanted = [_want("role-shut", Duty.I3, Need.Urgency.SOON, arn)]
        else:
            kept = held.update(proven_at=at, openings=openings, due_at=at + DAILY * random.uniform(1 - JITTER, 1))
            wanted = [_want("role-open", Duty.N3, Need.Urgency.NOW, arn, openings=openings)] if openings else []
        if kept and needs.hold(environment, "trust-act" if acts else "trust", wanted, at):
            needs.judge_response(environment, at)
            standings.refresh(environment, at)


def _want(kind: str, duty: Duty, urgency: Need.Urgency, arn: str, **facts: list[str]) -> needs.Wanted:
    return needs.Wanted(key=kind, duty=duty, kind=kind, urgency=urgency, facts={"role": arn, **facts})
