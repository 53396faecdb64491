"""What people were called when they did something; who left stands behind the wall of those who stayed."""

from django.db import models


def kept_names(*fields: str) -> models.JSONField:
    """A column that holds name and mail address of the people of these columns as they were at that moment.

    The database writes it by itself, whatever it is given (migration `keep_names`).
    """
    return models.JSONField(
        default=dict, blank=True, editable=False, help_text=f"{', '.join(fields)} → name and mail address then"
    )
