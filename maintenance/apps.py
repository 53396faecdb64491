from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MaintenanceConfig(AppConfig):
    """Everything done on purpose to a customer's AWS."""

    name = "maintenance"
    verbose_name = _("Maintenance")
