"""The log-in links that the demo prints: one for each person, good for as long as that demo runs."""

import hashlib
import hmac

_LENGTH = 32


def token_for(email: str, key: str) -> str:
    """What the link of this person ends in."""
    return f"{email}.{_mark(email, key)}"


def email_in(token: str, key: str) -> str:
    """Whose link it is; empty when no demo with this key made it."""
    email, _dot, mark = token.rpartition(".")
    return email if key and hmac.compare_digest(mark.encode(), _mark(email, key).encode()) else ""


def _mark(email: str, key: str) -> str:
    return hmac.new(key.encode(), f"log in as {email}".encode(), hashlib.sha256).hexdigest()[:_LENGTH]
