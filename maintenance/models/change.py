"""One thing done on purpose to a customer's AWS."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import ActionClass, Environment
from maintenance.models.kept_names import kept_names
from maintenance.models.notice import Notice
from opsportal.work import Leased


class Change(Leased):
    """What is done to one server or database, when, why, and how far it has come.

    `plan` is what was shown: the exact calls, downtime, what is lost, how it is undone. `based_on` is what AWS said of
    the target when the plan was made. `digest` binds a yes to both.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        RUNNING = "running", pgettext_lazy("change", "Under way")
        UNSETTLED = "unsettled", _("Outcome not known")
        VERIFYING = "verifying", _("Being verified")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        DECLINED = "declined", _("Declined")
        LAPSED = "lapsed", _("Lapsed")
        CANCELLED = "cancelled", _("Cancelled")

    class Subject(models.TextChoices):
        SERVER = "server", _("Server")
        DATABASE = "database", _("Database")
        VOLUME = "volume", _("Disk")
        BACKUP = "backup", _("Backup")
        SECURITY_GROUP = "security-group", _("Security group")

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    environment = models.ForeignKey(Environment, models.CASCADE, related_name="changes")
    action = models.SlugField(max_length=40)
    action_class = models.CharField(max_length=20, choices=ActionClass)
    subject = models.CharField(max_length=14, choices=Subject)
    aws_id = models.CharField(max_length=255)
    name = models.CharField(max_length=300)
    parameters = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    notice = models.ForeignKey(Notice, models.SET_NULL, null=True, blank=True, related_name="changes")
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)

    plan = models.JSONField(help_text="{steps, undo, downtime_seconds, lost, cost}; steps: [{name, service, …}]")
    based_on = models.JSONField(help_text="what AWS said of the target when the plan was made")
    digest = models.CharField(max_length=64)

    starts_at = models.DateTimeField()
    latest_at = models.DateTimeField(help_text="after this moment it is not begun any more")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    good_since = models.DateTimeField(null=True, blank=True)
    verify_from = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    failure = models.JSONField(default=dict, blank=True, help_text="{word, …} of what went wrong")
    seen_to_at = models.DateTimeField(null=True, blank=True, help_text="when staff had dealt with its failure")
    seen_to_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    people = kept_names("proposed_by", "ended_by", "seen_to_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "proposed", "approved", "running", "unsettled", "verifying", "done", "failed", "declined",
                        "lapsed", "cancelled",
                    ]
                ),
                name="change_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(subject__in=["server", "database", "volume", "backup", "security-group"]),
                name="change_subject_is_known",
            ),
            # One hand at a time on a server or database, whoever forgot to look.
            models.UniqueConstraint(
                fields=["environment", "aws_id"],
                condition=models.Q(state__in=["running", "unsettled", "verifying"]),
                name="change_is_alone_on_its_target",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["running", "unsettled", "verifying", "done"])
                | models.Q(approved_at__isnull=False, started_at__isnull=False),
                name="change_is_approved_before_it_starts",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="change_waiting"),
            models.Index(fields=["environment", "-starts_at", "-id"], name="change_newest"),
            models.Index(
                fields=["starts_at"],
                condition=models.Q(state__in=["proposed", "approved", "running", "unsettled", "verifying"]),
                name="change_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.aws_id} {self.state}"

    @property
    def mark(self) -> str:
        """What things that this change makes in AWS are named after, so that they are found again."""
        return f"opsportal-{self.reference.hex[:12]}"

    @property
    def is_open(self) -> bool:
        """Whether it may still come to something."""
        return self.state in OPEN

    @property
    def may_be_cancelled(self) -> bool:
        """Whether nothing was begun yet."""
        return self.state in (self.State.PROPOSED, self.State.APPROVED)


OPEN = (
    Change.State.PROPOSED,
    Change.State.APPROVED,
    Change.State.RUNNING,
    Change.State.UNSETTLED,
    Change.State.VERIFYING,
)


class Step(models.Model):
    """One call of a change with its proof; the row stands before anything is asked of AWS.

    A step is called at most once: `called_at` is set, and committed, before the request leaves.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CALLED = "called", _("Called")
        ACCEPTED = "accepted", _("Accepted by AWS")
        UNSETTLED = "unsettled", _("Outcome not known")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    change = models.ForeignKey(Change, models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    undo = models.BooleanField(default=False, help_text="prepared for the case that an earlier step fails")
    name = models.SlugField(max_length=40)
    service = models.CharField(max_length=20)
    operation = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict)
    patience = models.PositiveIntegerField(help_text="seconds until it must have come about")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    called_at = models.DateTimeField(null=True, help_text="by the database's clock")
    begun_at = models.DateTimeField(null=True, help_text="business time")
    done_at = models.DateTimeField(null=True)
    request_id = models.CharField(max_length=100, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    seen = models.JSONField(default=dict, blank=True, help_text="what AWS showed at the last look")
    failure = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "number"], name="step_is_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "called", "accepted", "unsettled", "done", "failed"]),
                name="step_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(called_at__isnull=False), name="step_is_called_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change_id}.{self.number} {self.operation} {self.state}"


class Freeze(models.Model):
    """Nothing is begun while it stands: for one customer, or for all where none is named."""

    customer = models.ForeignKey("customers.Customer", models.CASCADE, null=True, blank=True, related_name="freezes")
    reason = models.CharField(max_length=300)
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(lifted_at=None),
                nulls_distinct=False,
                name="freeze_is_one_per_customer",
            )
        ]

    def __str__(self) -> str:
        return f"freeze of {self.customer_id or 'all'}"
