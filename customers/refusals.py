"""Everything that is wrong is told at once: whoever mends one field must not be shown the next mistake after it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError


def all_of(*checks: Callable[[], Any]) -> None:
    """Make every check. Raises one ValidationError by field with all that they refused."""
    refused: dict[str, list[ValidationError]] = {}
    for check in checks:
        try:
            check()
        except ValidationError as error:
            error.update_error_dict(refused)
    if refused:
        raise ValidationError(refused)
