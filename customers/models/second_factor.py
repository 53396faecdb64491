"""What a person proves themself with beside the password."""

import uuid

from django.conf import settings
from django.db import models

from opsportal.secrets_at_rest import SealedTextField


class AuthenticatorApp(models.Model):
    """An app that shows six digits, new every thirty seconds (TOTP); counts once a first code confirmed it.

    `last_step` is the thirty seconds of the last code taken: no code works twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authenticator_app")
    seed = SealedTextField()
    last_step = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"app of {self.user_id}"


class Passkey(models.Model):
    """A key kept by a phone, a computer or a stick, that logs in with its owner's finger, face or PIN."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(unique=True)
    credential = models.BinaryField()
    signatures = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A code on paper that stands in once for a lost second factor; only its digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_is_one_per_user")]

    def __str__(self) -> str:
        return f"code of {self.user_id}"
