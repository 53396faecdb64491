"""What was agreed for one environment: versions that are drafted, proposed, signed, and never changed after that."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.environment import Environment
from customers.models.plan import Plan


class ActionClass(models.TextChoices):
    """A class of what may be done to a customer's AWS; approval and night choice are agreed per class."""

    SERVICE_RESTART = "service-restart", _("Restart of a service (Apache, PHP)")
    SERVER_RESTART = "server-restart", _("Restart or stop/start of a server")
    DATABASE_RESTART = "database-restart", _("Restart or failover of a database")
    STORAGE = "storage", _("Growing a disk")
    RESIZE = "resize", _("Change of the instance type or class")
    UPGRADE = "upgrade", _("Patch or version upgrade")
    SCHEDULE = "schedule", _("Moving an AWS date or window")
    SECURITY = "security", _("Change of security settings")
    BACKUP = "backup", _("Taking a backup")
    RESTORE = "restore", _("Restoring a backup")
    BACKUP_DELETION = "backup-deletion", _("Deleting backups past their retention")


class Approver(models.TextChoices):
    """Whose yes a class of change needs."""

    NONE = "none", _("No approval needed")
    APPROVER = "approver", _("Approver or owner")
    OWNER = "owner", _("Owner only")


class NightChoice(models.TextChoices):
    """What the provider does first when something fails."""

    RECOVER_FIRST = "recover-first", _("Recover first")
    CALL_FIRST = "call-first", _("Call first")
    NOTIFY_ONLY = "notify-only", _("Notify only")


class Silence(models.TextChoices):
    """What happens when the customer was called and nobody answers."""

    ACT = "act", _("Act")
    WAIT = "wait", _("Wait")
    ACT_IF_DOWN = "act-if-down", _("Act only if still down")


class Band(models.TextChoices):
    """A part of the day and week as the customer lives it."""

    BUSINESS = "business", _("Business hours")
    OFF_HOURS = "off-hours", _("Outside business hours")
    NIGHT = "night", _("Night")


class Agreement(models.Model):
    """One version of what holds for an environment.

    Drafts have no number and only their own side sees them. `valid_from` is empty until the version binds; of the
    versions that bind, the one with the highest number whose `valid_from` has come is what holds.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Waiting")
        SIGNED = "signed", _("Signed")
        PROVISIONAL = "provisional", _("Provisional")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")

    class Side(models.TextChoices):
        PROVIDER = "provider", _("Provider")
        CUSTOMER = "customer", _("Customer")

    environment = models.ForeignKey(Environment, models.CASCADE, related_name="agreements")
    number = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.PROVISIONAL)
    side = models.CharField(max_length=8, choices=Side, default=Side.PROVIDER)
    valid_from = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)

    # The terms
    plan = models.ForeignKey(Plan, models.PROTECT)
    plan_duties = models.JSONField(default=list, blank=True, help_text="the plan's duties when this was proposed")
    performers = models.JSONField(default=dict, blank=True, help_text="exceptions to the plan: duty → performer")
    approvals = models.JSONField(default=dict, blank=True, help_text="class → {role, second_factor, two_persons}")
    night_choices = models.JSONField(default=dict, blank=True, help_text="class → band → {choice, minutes, silence}")
    night_from = models.TimeField(default=dt.time(22))
    night_until = models.TimeField(default=dt.time(7))
    long_work_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    notice_long_days = models.PositiveSmallIntegerField(default=30, validators=[MaxValueValidator(90)])
    notice_short_days = models.PositiveSmallIntegerField(default=14, validators=[MaxValueValidator(90)])
    notice_aws_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(90)])
    retention_days = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(365)])
    site_url = models.URLField(blank=True, validators=[URLValidator(schemes=["http", "https"])])
    site_text = models.CharField(max_length=120, blank=True)
    remarks = models.TextField(blank=True, validators=[MaxLengthValidator(2000)])
    starts_on = models.DateField(null=True, blank=True, help_text="in the customer's zone; empty: from the signature")

    # What was put before people, and who said yes to exactly that
    texts = models.JSONField(default=dict, blank=True, help_text="language → sections as they were shown")
    digest = models.CharField(max_length=64, blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_language = models.CharField(max_length=5, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_reason = models.CharField(max_length=500, blank=True)
    people = models.JSONField(
        default=dict, blank=True, editable=False,
        help_text="drafted, proposed, signed, confirmed, ended → name and mail address then; written by the database",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "number"], name="agreement_number_is_unique"),
            models.UniqueConstraint(
                fields=["environment", "side"],
                condition=models.Q(state="draft"),
                name="agreement_has_one_draft_per_side",
            ),
            models.UniqueConstraint(
                fields=["environment"], condition=models.Q(state="proposed"), name="agreement_has_one_proposal"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "proposed", "signed", "provisional", "declined", "withdrawn"]),
                name="agreement_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(side__in=["provider", "customer"]), name="agreement_side_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(number__isnull=False),
                name="agreement_is_numbered_once_proposed",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["signed", "provisional"], valid_from__isnull=False)
                | ~models.Q(state__in=["signed", "provisional"]) & models.Q(valid_from__isnull=True),
                name="agreement_is_valid_only_when_it_binds",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="signed")
                | models.Q(signed_by__isnull=False, confirmed_by__isnull=False, signed_at__isnull=False)
                & ~models.Q(digest=""),
                name="agreement_is_signed_by_both_sides",
            ),
            models.CheckConstraint(
                condition=models.Q(retention_days__range=(1, 365)), name="agreement_retention_is_1_to_365_days"
            ),
        ]
        indexes = [
            models.Index(
                fields=["environment"],
                condition=models.Q(state="signed", begun_at__isnull=True),
                name="agreement_waiting_to_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.environment_id} v{self.number or '–'} {self.state}"
