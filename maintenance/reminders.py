"""What is said before a change at its time: that nobody has answered yet, that it begins tomorrow, in an hour."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from maintenance import change_messages, change_needs
from maintenance.models import Change, Reminder

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
# A reminder that comes right after the news itself tells nothing.
APART = dt.timedelta(minutes=15)
# Nearer than this to its time an unanswered question is shown to staff; of a short time, its second half.
NEAR = dt.timedelta(days=1)


def ask_for_answer(change: Change, at: dt.datetime) -> None:
    """Let staff see it when a question stays unanswered near the time of its change."""
    ahead = change.starts_at - at
    _give(change, Reminder.ANSWER, max(change.starts_at - NEAR, at + ahead / 2))


def announce(change: Change, at: dt.datetime) -> None:
    """Let people be told the day and the hour before, where there is that much time."""
    for kind, before in ((Reminder.DAY, DAY), (Reminder.HOUR, HOUR)):
        if change.starts_at - at >= before + APART:
            _give(change, kind, change.starts_at - before)


def _give(change: Change, kind: str, due_at: dt.datetime) -> None:
    given, made = Reminder.objects.get_or_create(
        change=change, kind=kind, starts_at=change.starts_at, defaults={"due_at": due_at}
    )
    if not made and given.done_at is None:
        Reminder.objects.filter(pk=given.pk).update(due_at=due_at)


def due(at: dt.datetime) -> QuerySet[Reminder]:
    """Reminders whose moment has come."""
    return Reminder.objects.filter(due_at__lte=at)


@transaction.atomic
def advance(reminder: Reminder, at: dt.datetime) -> None:
    """Say it once, if it is still so. All of it is one transaction: torn, nothing was said, and it is done again."""
    mine = Reminder.objects.filter(pk=reminder.pk, done_at=None)
    if not mine.update(done_at=at, due_at=None):
        return
    change = reminder.change
    if reminder.kind == Reminder.ANSWER:
        change_needs.judge(change.environment, at)
    elif change.state == Change.State.APPROVED and change.starts_at == reminder.starts_at and at < change.starts_at:
        change_messages.say_starting(change, at)
