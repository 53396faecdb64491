"""Who was asked to log in to the portal."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from customers.models.contact import Contact
from customers.models.customer import Customer
from customers.models.user import Member, User


class Invitation(models.Model):
    """A link by mail that makes a log-in, once and until it expires; of a customer's person, or of staff."""

    email = models.EmailField()
    name = models.CharField(max_length=80)
    language = models.CharField(
        max_length=5, choices=Contact.Language, default=Contact.Language.JA, db_default=Contact.Language.JA
    )
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="invitations")
    role = models.CharField(max_length=10, choices=Member.Role, blank=True, default="")
    staff_role = models.CharField(max_length=10, choices=User.StaffRole, blank=True, default="")
    token_digest = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "customer",
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                nulls_distinct=False,
                name="invitation_is_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    customer__isnull=False, role__in=["owner", "approver", "developer", "viewer"], staff_role=""
                )
                | models.Q(customer=None, role="", staff_role__in=["operator", "admin"]),
                name="invitation_is_of_a_customer_or_of_staff",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.customer_id or 'staff'}"
