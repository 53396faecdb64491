"""Passkeys: what the browser is asked, and whether its answer is right (WebAuthn, by Yubico's fido2)."""

import datetime as dt
import hashlib
import json
import struct
from typing import Any

from django.db import IntegrityError, transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from customers import account_notices, logbook, sessions
from customers.models import Passkey, User

_NAME = "Operations portal"
# What the readers of JSON, CBOR and keys raise at a stranger's bytes: cut short, nested without end, of unknown kinds.
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, struct.error)


class WrongAnswerError(Exception):
    """The browser's answer does not prove what was asked."""


def ask_for_new(*, person: str, name: str, origin: str, known: list[Passkey]) -> tuple[dict, dict]:
    """What the browser must be asked to make a passkey, and the state to check its answer by.

    `person` names whose key it is to the device, so that a second one there replaces the first.
    """
    options, state = _server(origin).register_begin(
        PublicKeyCredentialUserEntity(id=hashlib.sha256(person.encode()).digest(), name=person, display_name=name),
        [_descriptor(passkey) for passkey in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _plain(options), _kept(state)


@transaction.atomic
def add(*, user: User, name: str, answer: str, state: dict, origin: str, at: dt.datetime, address: str) -> Passkey:
    """Keep the passkey that the browser made. Raises WrongAnswerError."""
    try:
        response = RegistrationResponse.from_dict(_read(answer))
        found = _server(origin).register_complete(state, response)
    except _UNREADABLE as error:
        raise WrongAnswerError(str(error)) from error
    passkey = Passkey(
        user=user,
        name=name,
        credential_id=bytes(found.credential_data.credential_id),
        credential=bytes(found.credential_data),
        signatures=found.counter,
        added_at=at,
    )
    try:
        with transaction.atomic():
            passkey.save()
    except IntegrityError as error:
        raise WrongAnswerError("this key is registered already") from error
    logbook.write(
        "second-factor-added",
        at=at,
        by=user,
        customer=sessions.home_of(user),
        address=address,
        factor="passkey",
        name=name,
    )
    account_notices.tell(user, "second-factor-added", at)
    return passkey


def ask(*, origin: str, user: User | None = None) -> tuple[dict, dict]:
    """What the browser must be asked to log in by any passkey, or by one of this person's."""
    known = [_descriptor(passkey) for passkey in Passkey.objects.filter(user=user)] if user else None
    options, state = _server(origin).authenticate_begin(known, user_verification=UserVerificationRequirement.REQUIRED)
    return _plain(options), _kept(state)


@transaction.atomic
def recognise(*, answer: str, state: dict, origin: str, at: dt.datetime) -> Passkey:
    """The passkey that answered, with its person. Raises WrongAnswerError."""
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        passkey = (
            Passkey.objects.select_for_update(of=("self",))
            .select_related("user")
            .get(credential_id=bytes(response.raw_id))
        )
        known = AttestedCredentialData(bytes(passkey.credential))
        _server(origin).authenticate_complete(state, [known], response)
    except (*_UNREADABLE, Passkey.DoesNotExist) as error:
        raise WrongAnswerError(str(error)) from error
    counter = response.response.authenticator_data.counter
    if counter and counter <= passkey.signatures:
        raise WrongAnswerError("the key's counter went back: it may have been copied")
    passkey.signatures, passkey.used_at = counter, at
    passkey.save(update_fields=["signatures", "used_at"])
    return passkey


def _server(origin: str) -> Fido2Server:
    host = origin.split("://", 1)[1].rsplit(":", 1)[0]
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=_NAME), verify_origin=lambda given: given == origin)


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=bytes(passkey.credential_id))


def _plain(options: Any) -> dict:
    """The options as plain JSON values."""
    return json.loads(json.dumps(dict(options["publicKey"]), default=dict))


def _kept(state: dict) -> dict:
    return {"challenge": state["challenge"], "user_verification": str(state["user_verification"])}


def _read(answer: str) -> dict:
    read = json.loads(answer) if len(answer) <= 20_000 else None
    if not isinstance(read, dict):
        raise ValueError("not an answer")
    return read
