"""The servers and databases of an environment, each with a state for the screen."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Database, Environment, Server

# AWS's state → state on the screen and its word.
SERVER_STATES: dict[str, tuple[str, str | Promise]] = {
    "running": ("ok", _("Running")),
    "pending": ("watch", _("Starting")),
    "stopping": ("watch", _("Stopping")),
    "stopped": ("act", _("Stopped")),
    "shutting-down": ("watch", _("Being deleted")),
}
DATABASE_STATES: dict[str, tuple[str, str | Promise]] = {
    "available": ("ok", _("Running")),
    "backing-up": ("ok", _("Running, being backed up")),
    "modifying": ("watch", _("Being changed")),
    "rebooting": ("watch", _("Restarting")),
    "starting": ("watch", _("Starting")),
    "stopping": ("watch", _("Stopping")),
    "stopped": ("act", _("Stopped")),
    "maintenance": ("watch", _("Under maintenance")),
    "upgrading": ("watch", _("Being upgraded")),
    "storage-full": ("act", _("Disk is full")),
    "failed": ("act", _("Failed")),
    "restore-error": ("act", _("Failed")),
    "insufficient-capacity": ("act", _("Failed")),
    "inaccessible-encryption-credentials": ("act", _("Failed")),
    "incompatible-network": ("act", _("Failed")),
    "incompatible-option-group": ("act", _("Failed")),
    "incompatible-parameters": ("act", _("Failed")),
    "incompatible-restore": ("act", _("Failed")),
}
IMPAIRED = ("act", _("Status checks fail"))


def servers_of(environment: Environment) -> list[Server]:
    """The servers that exist now."""
    servers = list(Server.objects.filter(environment=environment, gone_at=None).order_by("name", "aws_id"))
    for server in servers:
        server.sign, server.word = _server_state(server)
    return servers


def databases_of(environment: Environment) -> list[Database]:
    """The databases that exist now."""
    databases = list(Database.objects.filter(environment=environment, gone_at=None).order_by("name", "aws_id"))
    for database in databases:
        database.sign, database.word = DATABASE_STATES.get(database.state, ("watch", database.state))
    return databases


def _server_state(server: Server) -> tuple[str, str | Promise]:
    if server.state == "running" and "impaired" in (server.system_check, server.instance_check):
        return IMPAIRED
    return SERVER_STATES.get(server.state, ("watch", server.state))
