"""Secrets that must be read again: encrypted in their column, each bound to its own row, under a ring of keys.

AES-256-GCM; the place (table, column, key of the row) is authenticated, so that a text moved to another row does not
open. The first key of the ring seals, all of them open: put a new one in front, run `manage.py rotate_secrets`, then
take the old one out. What only has to be compared is hashed instead.
"""

import base64
import os
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import models

_NONCE = 12


class CannotOpenError(Exception):
    """The key is not on the ring, or the text was altered or belongs to another place."""


class SealedTextField(models.TextField):
    """A column that holds only sealed texts; `seal` and `unseal` are the way in and out."""

    def deconstruct(self):
        """To migrations it is a text."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


def seal(row: models.Model, column: str, text: str) -> None:
    """Put a secret into a column of a row whose primary key is known."""
    name, key = next(iter(settings.SECRET_RING.items()))
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _place(row, column))
    setattr(row, column, f"{name}:{base64.b64encode(nonce + sealed).decode()}")


def unseal(row: models.Model, column: str) -> str:
    """The secret in a column of a row. Raises CannotOpenError."""
    name, _, encoded = getattr(row, column).partition(":")
    key = settings.SECRET_RING.get(name)
    if key is None:
        raise CannotOpenError(f"{_place(row, column).decode()}: key {name!r} is not on the ring")
    try:
        raw = base64.b64decode(encoded, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _place(row, column)).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotOpenError(f"{_place(row, column).decode()}: altered, or moved from another place") from error


def rotate() -> dict[str, int]:
    """Seal anew what lies under an older key; how many rows by column.

    Safe while the portal runs: a row changed meanwhile is left as it is. Torn, what is left lies under a key that
    still opens it; run again, it goes on.
    """
    current = f"{next(iter(settings.SECRET_RING))}:"
    moved: dict[str, int] = {}
    for model, column in sealed_columns():
        older = model._base_manager.exclude(**{column: ""}).exclude(**{f"{column}__startswith": current})
        for row in older.iterator():
            before = getattr(row, column)
            seal(row, column, unseal(row, column))
            unchanged = model._base_manager.filter(pk=row.pk, **{column: before})
            label = f"{model._meta.label}.{column}"
            moved[label] = moved.get(label, 0) + unchanged.update(**{column: getattr(row, column)})
    return moved


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column that holds sealed texts."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedTextField):
                yield model, field.attname


def _place(row: models.Model, column: str) -> bytes:
    return f"{row._meta.db_table}|{column}|{row.pk}".encode()
