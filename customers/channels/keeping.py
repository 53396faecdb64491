"""A mail backend that sends nothing: the message stays in the outbox, where it can be read."""

from django.core.mail.backends.base import BaseEmailBackend


class KeepingBackend(BaseEmailBackend):
    """Counts each mail as taken."""

    def send_messages(self, email_messages) -> int:
        """How many mails were taken: all of them."""
        return len(list(email_messages))
