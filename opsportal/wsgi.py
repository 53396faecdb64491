"""The web tier's entry."""

import logging
import os
import sys

from django.core import checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsportal.settings")

application = get_wsgi_application()


def _look_before_serving() -> None:
    """End over a wrong setting; a database that is away is told and waited for. The server itself asks for neither."""
    from opsportal import database

    if errors := [found.msg for found in checks.run_checks() if found.is_serious()]:
        sys.exit("\n".join(errors))
    if why := database.trouble():
        logging.getLogger(__name__).error("web: %s", why)


_look_before_serving()

from customers import walls  # noqa: E402 - needs the settings

walls.close_by_default()
