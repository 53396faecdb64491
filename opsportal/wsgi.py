"""The web tier's entry."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsportal.settings")

application = get_wsgi_application()

from customers import walls  # noqa: E402 - needs the settings

walls.close_by_default()
