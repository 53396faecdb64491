from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """What needs a hand now, across all customers; owns no row."""

    name = "opsportal.overview"
    label = "overview"
