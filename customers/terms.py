"""What can be agreed, as values: approval per class of change, night choice per class and time of day. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customers.models import ActionClass, Approver, Band, NightChoice, Silence

# What may be done to recover from a failure; for these the customer chooses who is woken first.
RECOVERIES = (
    ActionClass.SERVICE_RESTART,
    ActionClass.SERVER_RESTART,
    ActionClass.DATABASE_RESTART,
    ActionClass.STORAGE,
    ActionClass.RESTORE,
    ActionClass.SECURITY,
)
LONGEST_WAIT_MINUTES = 480


@dataclass(frozen=True)
class ApprovalRule:
    """Whose yes a class of planned change needs, whether with a second factor, and whether from two people."""

    role: Approver
    second_factor: bool = False
    two_persons: bool = False

    @property
    def needed(self) -> bool:
        """Whether anybody is asked at all."""
        return self.role != Approver.NONE


@dataclass(frozen=True)
class NightRule:
    """What comes first when something fails.

    `minutes` is, for recover first, how long the trouble must last before the provider acts; for call first, how long
    an answer is waited for before `silence` decides. Notify only knows neither.
    """

    choice: NightChoice
    minutes: int = 0
    silence: Silence = Silence.WAIT


# Without an agreement nothing is done without a yes, and silence never is one.
ASK_THE_OWNER = ApprovalRule(Approver.OWNER)
TELL_ONLY = NightRule(NightChoice.NOTIFY_ONLY)

_STANDARD_APPROVALS = {
    ActionClass.SERVICE_RESTART: ApprovalRule(Approver.APPROVER),
    ActionClass.SERVER_RESTART: ApprovalRule(Approver.APPROVER),
    ActionClass.DATABASE_RESTART: ApprovalRule(Approver.APPROVER),
    ActionClass.STORAGE: ApprovalRule(Approver.APPROVER),
    ActionClass.RESIZE: ApprovalRule(Approver.OWNER),
    ActionClass.UPGRADE: ApprovalRule(Approver.OWNER),
    ActionClass.SCHEDULE: ApprovalRule(Approver.APPROVER),
    ActionClass.SECURITY: ApprovalRule(Approver.APPROVER),
    ActionClass.BACKUP: ApprovalRule(Approver.NONE),
    ActionClass.RESTORE: ApprovalRule(Approver.OWNER, second_factor=True),
    ActionClass.BACKUP_DELETION: ApprovalRule(Approver.OWNER, second_factor=True),
}


def standard_approvals() -> dict[str, dict[str, Any]]:
    """What the provider suggests to a new customer, as it is stored."""
    return {str(name): stored_approval(rule) for name, rule in _STANDARD_APPROVALS.items()}


def standard_night_choices(first: NightChoice = NightChoice.CALL_FIRST) -> dict[str, dict[str, dict[str, Any]]]:
    """What the provider suggests, as it is stored; `first` is the customer's general wish for small recoveries.

    What may lose data is always talked over, whatever the wish.
    """
    return {
        str(name): {str(band): stored_night(_standard_night(name, band, first)) for band in Band} for name in RECOVERIES
    }


def _standard_night(name: ActionClass, band: Band, first: NightChoice) -> NightRule:
    if first == NightChoice.NOTIFY_ONLY:
        return TELL_ONLY
    if name in (ActionClass.RESTORE, ActionClass.SECURITY):
        return NightRule(NightChoice.CALL_FIRST, 30, Silence.WAIT)
    if first == NightChoice.RECOVER_FIRST:
        minutes = {ActionClass.SERVICE_RESTART: 0, ActionClass.SERVER_RESTART: 10}.get(name, 15)
        return NightRule(NightChoice.RECOVER_FIRST, minutes)
    if name == ActionClass.DATABASE_RESTART:
        return NightRule(NightChoice.CALL_FIRST, 30, Silence.WAIT)
    return NightRule(NightChoice.CALL_FIRST, 10 if band == Band.BUSINESS else 15, Silence.ACT_IF_DOWN)


def stored_approval(rule: ApprovalRule) -> dict[str, Any]:
    """An approval rule as plain JSON; what makes no sense without an approver is left out of it."""
    return {
        "role": str(rule.role),
        "second_factor": rule.needed and rule.second_factor,
        "two_persons": rule.needed and rule.two_persons,
    }


def stored_night(rule: NightRule) -> dict[str, Any]:
    """A night rule as plain JSON, without what its choice does not use."""
    calls = rule.choice == NightChoice.CALL_FIRST
    return {
        "choice": str(rule.choice),
        "minutes": 0 if rule.choice == NightChoice.NOTIFY_ONLY else rule.minutes,
        "silence": str(rule.silence if calls else Silence.WAIT),
    }


def approval(stored: Mapping[str, Any], name: str) -> ApprovalRule:
    """The rule of a class of change; what was never spoken about is asked of the owner."""
    found = stored.get(str(name))
    if found is None:
        return ASK_THE_OWNER
    return ApprovalRule(Approver(found["role"]), found["second_factor"], found["two_persons"])


def night(stored: Mapping[str, Any], name: str, band: str) -> NightRule:
    """The rule of a class of recovery in a band; where nothing was agreed, the provider only tells."""
    found = stored.get(str(name), {}).get(str(band))
    if found is None:
        return TELL_ONLY
    return NightRule(NightChoice(found["choice"]), found["minutes"], Silence(found["silence"]))


def faults(approvals: Mapping[str, Any], night_choices: Mapping[str, Any]) -> list[str]:
    """What of stored terms could not be read back; empty when all is well."""
    found = []
    for name, rule in approvals.items():
        try:
            ActionClass(name)
            if stored_approval(approval(approvals, name)) != dict(rule):
                found.append(name)
        except (ValueError, KeyError, TypeError):
            found.append(name)
    for name, bands in night_choices.items():
        try:
            known = ActionClass(name) in RECOVERIES
            well = all(_reads_back(night_choices, name, Band(band)) for band in bands)
            found += [] if known and well else [name]
        except (ValueError, KeyError, TypeError, AttributeError):
            found.append(name)
    return found


def _reads_back(stored: Mapping[str, Any], name: str, band: Band) -> bool:
    rule = night(stored, name, band)
    return stored_night(rule) == dict(stored[name][band]) and 0 <= rule.minutes <= LONGEST_WAIT_MINUTES


def is_night(at_local: dt.time, night_from: dt.time, night_until: dt.time) -> bool:
    """Whether a local time of day lies in the night; equal ends mean no night at all."""
    if night_from <= night_until:
        return night_from <= at_local < night_until
    return at_local >= night_from or at_local < night_until
