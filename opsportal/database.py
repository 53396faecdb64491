"""Whether the portal's database can be used, in words for whoever starts a process."""

import psycopg
from django.conf import settings
from django.db import connections

from opsportal import doorbell


def trouble() -> str:
    """Why no connection can be made, as a sentence that names the setting and what to do; empty when one can."""
    wrong = [text for text in settings.SETTING_ERRORS if text.startswith("DATABASE_URL")]
    if wrong:
        return wrong[0]
    try:
        doorbell.connect().close()
    except psycopg.OperationalError as error:
        place = connections["default"].settings_dict
        # The lines after the first only repeat it for other addresses of the same host.
        reason = str(error).partition("\n")[0].removeprefix("connection failed: ")
        return (
            f"The database named by DATABASE_URL ({place['HOST']}:{place['PORT'] or 5432}, {place['NAME']}) cannot be "
            f"used: {reason}. Start it, or correct DATABASE_URL."
        )
    return ""
