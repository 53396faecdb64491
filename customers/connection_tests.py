"""The test of a connection: a page asks for it, a worker tries the role and writes down what it found."""

import datetime as dt
import time
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from customers import grants, logbook
from customers.models import ConnectionTest, Onboarding, User
from opsportal import work
from opsportal.aws import trust
from opsportal.aws.account import Account, open_account
from opsportal.aws.errors import AwsError, NoEntry, RegionOff
from opsportal.aws.grants import lack
from opsportal.aws.permissions import READ

Found = dict[str, Any]

# The act role's session must say for whom it acts; here it is the test itself.
FOR_THE_TEST = "opsportal-connection-test"
TEST_SECONDS = 60.0


@transaction.atomic
def ask(onboarding: Onboarding, at: dt.datetime, by: User | None) -> None:
    """Let both roles be tested, or tested again; what an earlier test found is forgotten."""
    for role in ConnectionTest.Role:
        ConnectionTest.objects.update_or_create(
            onboarding=onboarding,
            role=role,
            defaults={
                "state": ConnectionTest.State.WAITING,
                "found": {},
                "wanted_at": at,
                "tested_at": None,
                "due_at": at,
            },
        )
    logbook.write(
        "connection-test-asked",
        at=at,
        by=by,
        customer=onboarding.customer,
        onboarding=onboarding.pk,
        account_id=onboarding.account_id,
    )
    work.announce("test-read-role")
    work.announce("test-act-role")


def due(role: ConnectionTest.Role, at: dt.datetime) -> QuerySet[ConnectionTest]:
    """Tests of one kind of role that somebody waits for."""
    return ConnectionTest.objects.filter(role=role, due_at__lte=at)


def test(row: ConnectionTest, at: dt.datetime) -> None:
    """Try one role and keep what was found; torn, it is tried again, and a test asked for anew meanwhile stays due."""
    found: Found = {}
    if row.role == ConnectionTest.Role.READ:
        _try_to_read(row, found, at)
        passed = _is_good(found) and not lacking(row.onboarding, found)
    else:
        _try_to_act(row, found)
        passed = _is_good(found)
    state = ConnectionTest.State.PASSED if passed else ConnectionTest.State.FAILED
    with transaction.atomic():
        waiting = _same(row).filter(state=ConnectionTest.State.WAITING)
        if waiting.update(state=state, found=found, tested_at=at, due_at=None):
            _record(row, found, passed, at)


def _record(row: ConnectionTest, found: Found, passed: bool, at: dt.datetime) -> None:
    """Say in the logbook what a test found, so that it stays known after the row was tested again."""
    onboarding, reads = row.onboarding, row.role == ConnectionTest.Role.READ
    checks = [facts["word"] for name, facts in found.items() if name != "permissions" and facts]
    logbook.write(
        "connection-test-passed" if passed else "connection-test-failed",
        at=at,
        by=None,
        customer=onboarding.customer,
        onboarding=onboarding.pk,
        tested=row.role,
        role_arn=onboarding.read_role_arn if reads else onboarding.act_role_arn,
        outcome=list(dict.fromkeys(checks)),
        lacking=lacking(onboarding, found) if "permissions" in found else [],
    )


def _same(row: ConnectionTest) -> QuerySet[ConnectionTest]:
    return ConnectionTest.objects.filter(pk=row.pk, lease=row.lease, wanted_at=row.wanted_at)


def _try_to_read(row: ConnectionTest, found: Found, at: dt.datetime) -> None:
    """Enter, prove the account and whom the role lets in, then call every operation once."""
    onboarding = row.onboarding
    account = _enter(onboarding, onboarding.read_role_arn, found)
    if account is None or not _prove(onboarding.read_role_arn, found):
        return
    found["permissions"], began = {}, time.monotonic()
    for permission in READ:
        if time.monotonic() - began > TEST_SECONDS:
            break
        error = lack(account, permission, at)
        if isinstance(error, RegionOff):
            found["region"] = error.facts()
            return
        found["region"] = {}
        found["permissions"][permission] = error.facts() if error else {}
        _same(row).update(found=found)


def _enter(onboarding: Onboarding, role_arn: str, found: Found, *, for_whom: str = "") -> Account | None:
    """Enter the role and make sure that it leads into the promised account; None when it does not."""
    try:
        barred = trust.refusal(role_arn, str(onboarding.external_id), for_whom=for_whom)
        found["entry"] = barred.facts() if barred else {}
        if barred:
            return None
        account = open_account(
            role_arn=role_arn,
            external_id=str(onboarding.external_id),
            region=onboarding.region,
            account_id=onboarding.account_id,
            for_whom=for_whom,
        )
    except AwsError as error:
        found["account" if "entry" in found else "entry"] = error.facts()
        return None
    found["account"] = {}
    return account


def _prove(role_arn: str, found: Found, *, for_whom: str = "") -> bool:
    """Make sure that nobody enters without the right ExternalId."""
    try:
        openings = trust.openings(role_arn, for_whom=for_whom)
    except AwsError as error:
        found["missing"] = error.facts()
        return False
    for way in ("missing", "wrong"):
        found[way] = {"word": "open-role", "operation": "sts:AssumeRole", "code": ""} if way in openings else {}
    return not openings


def _try_to_act(row: ConnectionTest, found: Found) -> None:
    """Enter as one who acts, and prove whom the role lets in; nothing is done in the account."""
    onboarding = row.onboarding
    if _enter(onboarding, onboarding.act_role_arn, found, for_whom=FOR_THE_TEST) is None:
        return
    if not _prove(onboarding.act_role_arn, found, for_whom=FOR_THE_TEST):
        return
    try:
        barred = trust.refusal(onboarding.act_role_arn, str(onboarding.external_id))
    except AwsError as error:
        found["nameless"] = error.facts()
        return
    found["nameless"] = {} if isinstance(barred, NoEntry) else {"word": "nameless", "operation": "sts:AssumeRole"}


def _is_good(found: Found) -> bool:
    """Whether every check was made and found nothing wrong."""
    checks = {name: facts for name, facts in found.items() if name != "permissions"}
    return {"entry", "account", "missing", "wrong"} <= checks.keys() and not any(checks.values())


def lacking(onboarding: Onboarding, found: Found) -> list[str]:
    """The permissions that the plan needs and that were not proven to be granted."""
    told = found.get("permissions", {})
    return [
        permission
        for permission in READ
        if told.get(permission) != {} and grants.duties_served(permission, onboarding.plan)
    ]
