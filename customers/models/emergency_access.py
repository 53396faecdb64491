"""The way back in for a person who lost every second factor."""

from django.conf import settings
from django.db import models


class EmergencyAccess(models.Model):
    """Lets a person in once by password alone; one admin asks for it, a different one confirms."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="emergency_accesses")
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "emergency accesses"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(used_at=None, withdrawn_at=None),
                name="emergency_access_is_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("asked_by")),
                name="emergency_access_takes_two_admins",
            ),
            models.CheckConstraint(
                condition=~models.Q(asked_by=models.F("user"))
                & (models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("user"))),
                name="emergency_access_is_never_ones_own",
            ),
        ]

    def __str__(self) -> str:
        return f"emergency access of {self.user_id}"
