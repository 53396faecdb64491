"""What this app does by itself."""

from customers import messages
from customers.models import Poll
from customers.polls import work_of
from maintenance import approvals, backups, execution, lifecycles, notices, reminders
from opsportal.work import Work

WORK = [
    work_of("read-status", Poll.Reading.STATUS, notices, batch=4),
    work_of("read-backups", Poll.Reading.BACKUPS, backups),
    work_of("read-lifecycles", Poll.Reading.LIFECYCLES, lifecycles),
    Work(
        "advance-change",
        "act",
        due=execution.due,
        advance=execution.advance_change,
        lease=execution.LEASE,
        related=("environment__customer",),
    ),
    Work(
        "lapse-approval",
        "speak",
        due=approvals.due,
        advance=approvals.lapse,
        lease=messages.LEASE,
        related=("change__environment__customer",),
    ),
    Work(
        "remind-of-change",
        "speak",
        due=reminders.due,
        advance=reminders.advance,
        lease=messages.LEASE,
        related=("change__environment__customer",),
    ),
]
