"""From where the present request comes, for whoever writes it down far below the view."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_address: ContextVar[str | None] = ContextVar("address", default=None)


def address() -> str | None:
    """The network address of whoever made the present request; None outside of requests, and when it is not known."""
    return _address.get()


@contextmanager
def coming_from(where: str) -> Iterator[None]:
    """Inside, requests come from this address."""
    token = _address.set(where or None)
    try:
        yield
    finally:
        _address.reset(token)
