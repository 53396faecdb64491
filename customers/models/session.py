"""A browser that is logged in, or about to be."""

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Session(AbstractBaseSession):
    """One browser's session, on the database's clock; its key is the digest of the cookie, never the cookie itself.

    It ends `idle` after the person last did something, and `life` after it began at the latest.
    """

    class Factor(models.TextChoices):
        """What proved, beside the password, that it is this person."""

        NONE = "", pgettext_lazy("second factor", "password only")
        PASSKEY = "passkey", _("Passkey")
        APP = "app", _("Authenticator app")
        RECOVERY = "recovery", _("Recovery code")
        DIRECTORY = "directory", _("Staff directory")
        DEMO = "demo", _("Demo link")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    idle = models.DurationField()
    life = models.DurationField()
    factor = models.CharField(max_length=10, choices=Factor, blank=True, default=Factor.NONE)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-seen_at"], name="session_by_user")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(factor__in=["", "passkey", "app", "recovery", "directory", "demo"]),
                name="session_factor_is_known",
            )
        ]

    @classmethod
    def get_session_store_class(cls):
        """The store that reads and writes these rows."""
        from customers.session_store import SessionStore

        return SessionStore
