"""How long AWS supports an engine, and what it can be upgraded to."""

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


class EngineTarget(models.Model):
    """A version that RDS offers to upgrade another one to, the same for every customer."""

    engine = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    major = models.BooleanField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engine", "version", "target"], name="engine_target_is_one_per_step")
        ]

    def __str__(self) -> str:
        return f"{self.engine} {self.version} → {self.target}"
