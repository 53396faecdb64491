"""Telling people by mail what changed about their log-in, so that they notice when it was not them."""

import datetime as dt

from customers import messages
from customers.models import User


def tell(user: User, what: str, at: dt.datetime) -> None:
    """Say it to the person; `what` is one of the cases in templates/messages/account-notice.mail.txt."""
    messages.say(
        "account-notice", at=at, language=user.language, facts={"name": user.name, "what": what, "at": at}, user=user
    )
