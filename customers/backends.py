"""How a session's person is found."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from customers.models import Member, User


class PortalBackend(ModelBackend):
    """Log-in by mail address and password; a session's user comes with their places in customers, in one query."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, unless disabled meanwhile."""
        held = Member.objects.filter(user=OuterRef("pk"), customer__closed_at=None).order_by("customer_id")
        places = ArraySubquery(held.values(place=JSONObject(pk="pk", customer_id="customer_id", role="role")))
        user = User.objects.annotate(places=places).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
