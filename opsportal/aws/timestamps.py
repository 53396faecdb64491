"""AWS's timestamps, read quickly: botocore's own way tries every format in turn and took a fifth of a reading."""

import datetime as dt

from botocore.utils import parse_timestamp


def timestamp(value: str | float) -> dt.datetime:
    """The moment in UTC; whatever is neither ISO 8601 with Z nor a number is left to botocore. Raises ValueError."""
    try:
        if isinstance(value, int | float):
            return dt.datetime.fromtimestamp(value, dt.UTC)
        if value.endswith("Z"):
            return dt.datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        pass
    return parse_timestamp(value)
