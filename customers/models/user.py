"""Those who log in: the provider's staff and the customers' members."""

import unicodedata

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


def folded(email: str) -> str:
    """The one form in which a typed mail address is kept, looked up and counted: no two forms find one person."""
    return unicodedata.normalize("NFKC", email).strip().lower()


class UserManager(BaseUserManager["User"]):
    """Finds users by mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self._named(username or "").get()

    def named(self, email: str) -> "User | None":
        """The person of this mail address, whether or not they may log in."""
        return self._named(email).first()

    def _named(self, email: str) -> models.QuerySet["User"]:
        # Not iexact: the database's capitals fold letters together that `folded` keeps apart.
        return self.alias(folded=Lower("email")).filter(folded=folded(email))


class PasswordField(models.CharField):
    """The password's hash; of others a web request reads None, which fits nothing and cannot be saved."""

    def deconstruct(self):
        """To migrations it is a short text."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def select_format(self, compiler, sql, params):
        """Ask `portal_password` (migration `hide_what_proves_people`): the column itself is closed to the web."""
        table, _dot, column = sql.rpartition(".")
        if column != compiler.quote_name(self.column):
            return sql, params
        return f"portal_password({table}.{compiler.quote_name(self.model._meta.pk.column)})", params


class User(AbstractBaseUser):
    """A person who logs in; staff through `staff_role`, a customer's people through `Member` rows."""

    class StaffRole(models.TextChoices):
        NONE = "", _("not staff")
        OPERATOR = "operator", _("Operator")
        ADMIN = "admin", _("Admin")

    password = PasswordField("password", max_length=128)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    staff_role = models.CharField(max_length=10, choices=StaffRole, blank=True, default=StaffRole.NONE)
    language = models.CharField(max_length=5, default="ja")
    time_zone = models.CharField(max_length=40, default="Asia/Tokyo")
    theme = models.CharField(max_length=5, blank=True, default="")
    is_active = models.BooleanField(default=True)
    admin_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when another admin made this one; empty: made on the machine"
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(staff_role__in=["", "operator", "admin"]), name="user_staff_role_is_known"
            ),
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the person works for the provider."""
        return self.staff_role != self.StaffRole.NONE


class Member(models.Model):
    """A person of a customer's who logs in, and what that person may do there."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        APPROVER = "approver", _("Approver")
        DEVELOPER = "developer", _("Developer")
        VIEWER = "viewer", _("Viewer")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "customer"], name="member_is_one_per_customer"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "approver", "developer", "viewer"]), name="member_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.customer_id}"
