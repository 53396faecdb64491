"""How often something was tried lately."""

from django.db import models
from django.db.models.functions import Now


class Attempt(models.Model):
    """How often something was tried since `began_at`, on the database's clock; what was tried stands as a digest."""

    key = models.CharField(max_length=64, primary_key=True)
    began_at = models.DateTimeField(db_default=Now())
    count = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["began_at"], name="attempt_by_age")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
