"""Names that AWS would draw at random, derived from what they name, so that a restarted world has the same ones."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from moto.moto_api._internal import mock_random


def stable_number(*parts: object) -> int:
    """A 64-bit number that depends on nothing but `parts`."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def stable_hex(length: int, *parts: object) -> str:
    """`length` hexadecimal digits that depend on nothing but `parts`."""
    return hashlib.blake2b("\x1f".join(str(part) for part in parts).encode(), digest_size=32).hexdigest()[:length]


def resource_id(prefix: str, *parts: object) -> str:
    """An id as EC2 writes them, such as snap-0123456789abcdef0."""
    return f"{prefix}-{stable_hex(17, prefix, *parts)}"


def stable_uuid(*parts: object) -> str:
    """A UUID that depends on nothing but `parts`, upper case as AWS Backup writes its job ids."""
    return str(UUID(hex=stable_hex(32, *parts))).upper()


def public_address(*parts: object) -> str:
    """An IPv4 address of the ranges kept for examples, so that no real host is ever named."""
    number = stable_number("address", *parts)
    network = ("203.0.113", "198.51.100", "192.0.2")[number % 3]
    return f"{network}.{1 + number // 3 % 254}"


@contextmanager
def drawn_from(*parts: object) -> Iterator[None]:
    """Inside, every id that moto draws depends on nothing but `parts`."""
    mock_random.seed(stable_number(*parts))
    try:
        yield
    finally:
        mock_random.seed(int.from_bytes(os.urandom(16), "big"))
