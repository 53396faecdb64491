"""Asking people to log in: a link by mail, that works once and for a week."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers import attempts, logbook, messages, passkeys, people, refusals, walls
from customers.models import Contact, Customer, Invitation, Member, User
from customers.models.user import folded
from customers.person_names import mail_address, person_name

LIFE = dt.timedelta(days=7)


class NotOpenError(Exception):
    """The invitation cannot be accepted: `word` is unknown, expired, accepted or withdrawn."""

    def __init__(self, word: str, invitation: Invitation | None = None) -> None:
        super().__init__(word)
        self.word, self.invitation = word, invitation


@dataclass(frozen=True)
class PasskeyMade:
    """What the browser made for the one who accepts, and what it had been asked."""

    name: str
    answer: str
    state: dict
    origin: str


def open_invitations(customer: Customer | None) -> QuerySet[Invitation]:
    """Those nobody has accepted yet, expired ones too; without a customer, those of staff."""
    waiting = Invitation.objects.filter(customer=customer, accepted_at=None, withdrawn_at=None)
    return waiting.select_related("invited_by").order_by("-invited_at")


def count_try(*, by: User, email: str) -> attempts.Refusal | None:
    """Count one invitation, a first or a repeated one; a refusal when the person, or the mailbox, had too many."""
    return attempts.count((attempts.INVITED, by.pk), (attempts.INVITED_ADDRESS, folded(email)))


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    language: str = Contact.Language.JA,
    role: str = "",
    customer: Customer | None = None,
    staff_role: str = "",
    at: dt.datetime,
    by: User | None,
    address: str = "",
    on_behalf_of: User | None = None,
) -> Invitation:
    """Invite a customer's person, or one of the provider's own, in their language. Raises ValidationError by field."""
    if by is not None:
        people.check_manages(by, customer)
    check_person(customer, email=email, name=name)
    email, name = mail_address(email), person_name(name)
    with walls.as_portal():
        open_invitations(customer).filter(email=email, expires_at__lte=at).update(withdrawn_at=at)
    invitation = Invitation(
        email=email, name=name, language=language, customer=customer, role=role, staff_role=staff_role,
        invited_at=at, invited_by=by,
    )  # fmt: skip
    token = _renew(invitation, at)
    invitation.clean_fields(exclude=["customer", "invited_by", "accepted_at", "withdrawn_at"])
    if (customer is None) == (staff_role == "") or (customer is None) != (role == ""):
        raise ValidationError({"role": _("Choose one of the roles.")})
    try:
        with walls.as_portal(), transaction.atomic():
            invitation.save()
    except IntegrityError as error:
        words = _("This person was invited already. Send the invitation again from the list, or withdraw it.")
        raise ValidationError({"email": words}) from error
    _send(invitation, token, at)
    _write("invited", invitation, at=at, by=by, address=address, on_behalf_of=on_behalf_of)
    return invitation


@transaction.atomic
def send_again(
    *, invitation: Invitation, at: dt.datetime, by: User, address: str, on_behalf_of: User | None = None
) -> None:
    """A new link for another week; the old one no longer works."""
    people.check_manages(by, invitation.customer)
    token = _renew(invitation, at)
    invitation.invited_by = by
    with walls.as_portal():
        invitation.save(update_fields=["token_digest", "expires_at", "invited_by"])
    _send(invitation, token, at)
    _write("invitation-sent-again", invitation, at=at, by=by, address=address, on_behalf_of=on_behalf_of)


@transaction.atomic
def withdraw(
    *, invitation: Invitation, at: dt.datetime, by: User, address: str, on_behalf_of: User | None = None
) -> None:
    """The link no longer works."""
    people.check_manages(by, invitation.customer)
    invitation.withdrawn_at = at
    with walls.as_portal():
        invitation.save(update_fields=["withdrawn_at"])
    _write("invitation-withdrawn", invitation, at=at, by=by, address=address, on_behalf_of=on_behalf_of)


def find(token: str, at: dt.datetime) -> Invitation:
    """The invitation of a link, with its customer. Raises NotOpenError."""
    rows = Invitation.objects.select_related("customer", "invited_by")
    invitation = rows.filter(token_digest=_digest(token)).first()
    if invitation is None or (invitation.customer and invitation.customer.closed_at):
        raise NotOpenError("unknown")
    if invitation.accepted_at:
        raise NotOpenError("accepted", invitation)
    if invitation.withdrawn_at:
        raise NotOpenError("withdrawn", invitation)
    if invitation.expires_at <= at:
        raise NotOpenError("expired", invitation)
    if not _stands_for(invitation):
        raise NotOpenError("withdrawn")
    return invitation


def _stands_for(invitation: Invitation) -> bool:
    """Whether who invited could still do so: nobody who is sent away comes back by a link they made before."""
    inviter = invitation.invited_by
    if inviter is None:
        return True
    return inviter.is_active and people.manages(inviter, invitation.customer)


def known_user(invitation: Invitation) -> User | None:
    """Who has this mail address already, as a person of another customer."""
    return User.objects.named(invitation.email)


@transaction.atomic
def accept(
    *,
    invitation: Invitation,
    name: str,
    password: str | None,
    passkey: PasskeyMade | None,
    at: dt.datetime,
    address: str,
) -> User:
    """Make the log-in: with a password, a passkey, or both. Raises ValidationError, NotOpenError, WrongAnswerError."""
    user = User(email=invitation.email, name=person_name(name), staff_role=invitation.staff_role)
    user.language = get_language() or user.language
    if user.staff_role == User.StaffRole.ADMIN:
        user.admin_since = at
    _claim(invitation, at)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.full_clean()
    user.save()
    _join(invitation, user, at, address)
    if passkey:
        passkeys.add(
            user=user, name=passkey.name, answer=passkey.answer, state=passkey.state, origin=passkey.origin,
            at=at, address=address,
        )  # fmt: skip
    return user


@transaction.atomic
def accept_as(*, invitation: Invitation, user: User, at: dt.datetime, address: str) -> None:
    """Join another customer with the log-in that the person has. Raises NotOpenError, ValidationError."""
    if user.email != invitation.email or invitation.customer is None or user.is_staff:
        raise ValidationError(_("This invitation is for somebody else's log-in."))
    _claim(invitation, at)
    _join(invitation, user, at, address)


def _claim(invitation: Invitation, at: dt.datetime) -> None:
    """Of two who press at once, one is in."""
    free = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=at)
    if free.update(accepted_at=at) != 1:
        raise NotOpenError("accepted", invitation)


def _join(invitation: Invitation, user: User, at: dt.datetime, address: str) -> None:
    if invitation.customer:
        Member.objects.get_or_create(customer=invitation.customer, user=user, defaults={"role": invitation.role})
    _write("invitation-accepted", invitation, at=at, by=user, address=address)


def check_person(customer: Customer | None, **given: str) -> None:
    """Everything that is wrong with whom to invite; what is not given is not asked about.

    Raises ValidationError by field.
    """
    checks = {"email": lambda written: _refuse_known(mail_address(written), customer), "name": person_name}
    refusals.all_of(*(partial(checks[fact], given[fact]) for fact in checks if fact in given))


def _refuse_known(email: str, customer: Customer | None) -> None:
    known = User.objects.named(email)
    if known is None:
        return
    if known.is_staff:
        words = _("This address belongs to one of the provider's own people.")
    elif customer is None:
        words = _("This address belongs to a customer's person. Use another address for staff.")
    elif known.memberships.filter(customer=customer).exists():
        words = _("This person logs in already. Change the role in the list instead.")
    else:
        return
    raise ValidationError({"email": words})


def _renew(invitation: Invitation, at: dt.datetime) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_digest, invitation.expires_at = _digest(token), at + LIFE
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _send(invitation: Invitation, token: str, at: dt.datetime) -> None:
    facts = {
        "name": invitation.name,
        "inviter": invitation.invited_by.name if invitation.invited_by else "",
        "customer": invitation.customer.name if invitation.customer else "",
        "days": LIFE.days,
        "link": f"/invitations/{token}/",
    }
    messages.say(
        "invitation",
        at=at,
        language=invitation.language,
        facts=facts,
        address=invitation.email,
        customer=invitation.customer,
        useless_at=invitation.expires_at,
    )


def _write(
    verb: str,
    invitation: Invitation,
    *,
    at: dt.datetime,
    by: User | None,
    address: str,
    on_behalf_of: User | None = None,
) -> None:
    logbook.write(
        verb,
        at=at,
        by=by,
        on_behalf_of=on_behalf_of,
        customer=invitation.customer,
        email=invitation.email,
        role=invitation.role or invitation.staff_role,
        address=address,
    )
