from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """Who the customers are, what they agreed, what they run."""

    name = "customers"
    verbose_name = _("Customers")
