"""How a session's person is found."""

from django.contrib.auth.backends import ModelBackend

from customers.models import User

# Every request begins with it. In words, since putting it together took longer than its answer.
_PERSON = """SELECT id, portal_password(id) AS password, last_login, email, name, staff_role, language, time_zone,
    theme, is_active, admin_since,
    (SELECT coalesce(json_agg(json_build_object('pk', member.id, 'customer_id', customer_id, 'role', role)
                              ORDER BY customer_id), '[]')
     FROM customers_member member JOIN customers_customer customer ON customer.id = customer_id
     WHERE user_id = person.id AND closed_at IS NULL) AS places
FROM customers_user person WHERE id = %s
"""


class PortalBackend(ModelBackend):
    """Log-in by mail address and password; a session's user comes with their places in customers, in one query."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, unless disabled meanwhile."""
        user = next(iter(User.objects.raw(_PERSON, [user_id])), None)
        return user if user is not None and self.user_can_authenticate(user) else None
