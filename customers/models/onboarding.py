"""An environment that is being taken on: what was entered, how far it came, what the test of its roles found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.agreement import Plan
from customers.models.customer import Customer
from customers.models.environment import Environment
from customers.models.names import plain_name
from customers.models.user import User
from opsportal.work import Leased


class Onboarding(models.Model):
    """One environment on its way into operation; the environment itself begins only when the test has passed."""

    class Step(models.TextChoices):
        PLACE = "place", _("Environment")
        ROLES = "roles", _("Roles in AWS")
        TEST = "test", _("Connection test")
        READING = "reading", _("First reading")
        SCOPE = "scope", _("What belongs to it")
        AGREEMENT = "agreement", _("Agreement")
        PEOPLE = "people", _("Invitation")
        DONE = "done", _("Taken on")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="onboardings")
    step = models.CharField(max_length=10, choices=Step, default=Step.PLACE)
    name = models.CharField(max_length=80, blank=True, validators=[plain_name])
    stage = models.CharField(max_length=12, choices=Environment.Stage, default=Environment.Stage.PRODUCTION)
    slug = models.SlugField(max_length=40, blank=True)
    account_id = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=25, blank=True)
    site_url = models.URLField(blank=True)
    site_text = models.CharField(max_length=120, blank=True)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True)
    external_id = models.UUIDField(unique=True)
    read_role_arn = models.CharField(max_length=200, blank=True)
    act_role_arn = models.CharField(max_length=200, blank=True)
    environment = models.OneToOneField(Environment, models.CASCADE, null=True, blank=True, related_name="onboarding")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    changed_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    step__in=["place", "roles", "test", "reading", "scope", "agreement", "people", "done"]
                ),
                name="onboarding_step_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(environment__isnull=False) | models.Q(step__in=["place", "roles", "test"]),
                name="onboarding_reads_only_after_its_test",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.name} {self.step}"


class ConnectionTest(Leased):
    """What a worker found when it tried a role of an onboarding; it fills the row, the page shows it."""

    class Role(models.TextChoices):
        READ = "read", _("Read role")
        ACT = "act", _("Act role")

    class State(models.TextChoices):
        WAITING = "waiting", _("Being tested")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Not passed")

    onboarding = models.ForeignKey(Onboarding, models.CASCADE, related_name="tests")
    role = models.CharField(max_length=4, choices=Role)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    found = models.JSONField(default=dict, help_text="check → word, code and message of what went wrong; empty is good")
    wanted_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["onboarding", "role"], name="connection_test_is_one_per_role"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "passed", "failed"]), name="connection_test_state_is_known"
            ),
            models.CheckConstraint(condition=models.Q(role__in=["read", "act"]), name="connection_test_role_is_known"),
        ]
        indexes = [
            models.Index(fields=["role", "due_at"], condition=~models.Q(due_at=None), name="connection_test_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.onboarding_id} {self.role} {self.state}"


class TrustProof(Leased):
    """When it was last proven that a role of an environment lets in nobody without the right ExternalId."""

    environment = models.ForeignKey(Environment, models.CASCADE, related_name="trust_proofs")
    role = models.CharField(
        max_length=4, choices=ConnectionTest.Role, default=ConnectionTest.Role.READ, db_default=ConnectionTest.Role.READ
    )
    proven_at = models.DateTimeField(null=True)
    openings = models.JSONField(default=list, help_text="ways in without the right ExternalId: missing, wrong")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "role"], name="trust_proof_is_one_per_role"),
            models.CheckConstraint(condition=models.Q(role__in=["read", "act"]), name="trust_proof_role_is_known"),
        ]
        indexes = [models.Index(fields=["role", "due_at"], name="trust_proof_waiting")]

    def __str__(self) -> str:
        return f"{self.environment_id} {self.role} {self.openings}"
