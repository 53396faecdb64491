from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Everything that happened unasked."""

    name = "incidents"
    verbose_name = _("Incidents")
