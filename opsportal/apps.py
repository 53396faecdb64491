from django.apps import AppConfig


class OpsportalConfig(AppConfig):
    """The portal's own clockwork: kinds of work, heartbeats, system checks."""

    name = "opsportal"

    def ready(self) -> None:
        from opsportal import checks  # noqa: F401  (registers the system checks)
