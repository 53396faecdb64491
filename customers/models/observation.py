"""What the portal saw, when it differed from before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.environment import Environment


class Observation(models.Model):
    """One difference in a customer's environment. `facts` holds {field: [before, after]}.

    Append-only, until it is older than the portal keeps observations.
    """

    class Kind(models.TextChoices):
        APPEARED = "appeared", _("Appeared")
        CHANGED = "changed", _("Changed")
        GONE = "gone", _("Gone")
        HAPPENED = "happened", _("Happened")

    # The index of an environment's newest also serves the foreign key.
    environment = models.ForeignKey(Environment, models.CASCADE, related_name="observations", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=20)
    aws_id = models.CharField(max_length=400)
    name = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["appeared", "changed", "gone", "happened"]),
                name="observation_kind_is_known",
            )
        ]
        indexes = [
            models.Index(fields=["environment", "-at", "-id"], name="observation_newest"),
            models.Index(fields=["at"], name="observation_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.aws_id} {self.kind}"
