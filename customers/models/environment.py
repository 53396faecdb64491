"""One AWS account and region under one agreement."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.finding import found_by
from customers.models.names import plain_name


class Environment(models.Model):
    """Where a customer's site runs, and the door through which the portal reads it."""

    class Stage(models.TextChoices):
        PRODUCTION = "production", _("Production")
        STAGING = "staging", _("Staging")
        TRIAL = "trial", _("Trial operation")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")

    class Scope(models.TextChoices):
        WHOLE = "whole", _("Everything in the account and region")
        TAG = "tag", _("What bears a tag")
        PICKED = "picked", _("What is picked")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="environments")
    name = models.CharField(max_length=80, validators=[plain_name])
    slug = models.SlugField(max_length=40)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.PRODUCTION)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    account_id = models.CharField(max_length=12)
    region = models.CharField(max_length=25)
    read_role_arn = models.CharField(max_length=200)
    act_role_arn = models.CharField(max_length=200, blank=True, db_default="")
    external_id = models.UUIDField(unique=True)
    scope = models.CharField(max_length=6, choices=Scope, default=Scope.WHOLE, db_default=Scope.WHOLE)
    scope_tag = models.CharField(max_length=128, blank=True, db_default="")
    scope_value = models.CharField(max_length=256, blank=True, db_default="")
    scope_picks = models.JSONField(default=list, blank=True, db_default=[])
    elsewhere = models.JSONField(
        default=list, blank=True, db_default=[], help_text="what else the last reading saw: aws_id, kind, name, tags"
    )
    site_url = models.URLField(blank=True)
    site_text = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    found_by = found_by("name", "account_id", "site_url")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "slug"], name="environment_slug_is_unique_per_customer"),
            models.CheckConstraint(
                condition=models.Q(account_id__regex=r"^[0-9]{12}$"), name="environment_account_id_is_12_digits"
            ),
            models.CheckConstraint(
                condition=models.Q(stage__in=["production", "staging", "trial"]), name="environment_stage_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "paused", "closed"]), name="environment_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(scope__in=["whole", "tag", "picked"]), name="environment_scope_is_known"
            ),
            # One customer may run several environments in an account; two customers never share one.
            ExclusionConstraint(
                name="environment_account_is_of_one_customer",
                expressions=[("account_id", RangeOperators.EQUAL), ("customer", RangeOperators.NOT_EQUAL)],
                condition=~models.Q(state="closed"),
                violation_error_code="account-taken",
                violation_error_message=_("This AWS account is already looked after for another customer."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Standing(models.Model):
    """How an environment stands, in one row: what the lists and the live fragments read instead of counting."""

    class Level(models.IntegerChoices):
        ACT = 1, _("Needs a hand")
        WATCH = 2, _("Watch")
        UNKNOWN = 3, _("Not known")
        OK = 4, _("Good")

    environment = models.OneToOneField(Environment, models.CASCADE, primary_key=True, related_name="standing")
    customer_name = models.CharField(max_length=120)
    customer_kana = models.CharField(max_length=120)
    environment_name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.UNKNOWN)
    needs = models.PositiveIntegerField(default=0)
    next_deadline_at = models.DateTimeField(null=True)
    servers = models.PositiveIntegerField(default=0)
    databases = models.PositiveIntegerField(default=0)
    notices = models.PositiveIntegerField(default=0)
    last_backup_at = models.DateTimeField(null=True)
    site_up = models.BooleanField(null=True)
    site_ms = models.PositiveIntegerField(null=True)
    failing_polls = models.PositiveSmallIntegerField(default=0)
    version = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["level", "environment"]),
            models.Index(fields=["customer_kana", "environment"]),
            models.Index(fields=["next_deadline_at", "environment"]),
            models.Index(fields=["last_backup_at", "environment"]),
            models.Index(fields=["needs", "environment"]),
        ]

    def __str__(self) -> str:
        return f"{self.environment_id} {self.get_level_display()}"
