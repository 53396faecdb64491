"""Moments before a change at which somebody is told."""

from django.db import models

from maintenance.models.change import Change
from opsportal.work import Leased


class Reminder(Leased):
    """One thing to be said before one time of a change: that nobody has answered, or that it begins soon.

    Whoever moves the change to another time makes others; these then say nothing.
    """

    ANSWER, DAY, HOUR = "answer", "day", "hour"

    change = models.ForeignKey(Change, models.CASCADE, related_name="reminders")
    kind = models.SlugField(max_length=6)
    starts_at = models.DateTimeField(help_text="the time of the change that it is about")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "kind", "starts_at"], name="reminder_is_given_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["answer", "day", "hour"]), name="reminder_kind_is_known"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="reminder_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} before {self.change_id}"
