"""Rows of the clockwork itself."""

from django.db import models
from django.db.models.functions import Now


class Beat(models.Model):
    """When a process of the portal was last seen at work, on the database's clock."""

    process = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.process
