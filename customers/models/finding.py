"""What a row is found by: its words folded to one way of writing, kept by the database itself."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.checks import CheckMessage
from django.db import models


class _KeptByDatabase(models.GeneratedField):
    """A stored generated column, which every PostgreSQL has: the system check must not have to connect to ask."""

    def check(self, **options: Any) -> list[CheckMessage]:
        return super().check(**{**options, "databases": None})

    def deconstruct(self) -> tuple[str, str, list, dict]:
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.GeneratedField", arguments, options


def found_by(*columns: str) -> models.GeneratedField:
    """A column that holds the folded words of others: case, width and kana script no longer tell them apart."""
    folded = models.Func(*columns, function="search_folded", arg_joiner=" || ' ' || ")
    return _KeptByDatabase(expression=folded, output_field=models.TextField(), db_persist=True)


def found_by_index(name: str) -> GinIndex:
    """An index by any three characters in a row, for tables that grow into the tens of thousands."""
    return GinIndex(fields=["found_by"], opclasses=["gin_trgm_ops"], name=name)
