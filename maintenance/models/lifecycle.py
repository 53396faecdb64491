"""How long AWS supports an engine."""

from django.db import models


class EngineLifecycle(models.Model):
    """Support dates of one major version of an RDS engine, the same for every customer."""

    engine = models.CharField(max_length=40)
    major_version = models.CharField(max_length=20)
    standard_ends_at = models.DateTimeField()
    extended_ends_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engine", "major_version"], name="engine_lifecycle_is_one_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.engine} {self.major_version}"
