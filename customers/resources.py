"""The servers and databases of an environment, each with a state for the screen."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import codes
from customers.models import Database, Environment, Server, Volume

# AWS's state → sign on the screen; every other state is one of passage, and watched.
SERVER_SIGNS = {"running": "ok", "stopped": "act"}
DATABASE_SIGNS = {
    "available": "ok",
    "backing-up": "ok",
    "configuring-enhanced-monitoring": "ok",
    "configuring-iam-database-auth": "ok",
    "configuring-log-exports": "ok",
    "storage-optimization": "ok",
    "stopped": "act",
    "storage-full": "act",
    "failed": "act",
    "restore-error": "act",
    "insufficient-capacity": "act",
    "inaccessible-encryption-credentials": "act",
    "inaccessible-encryption-credentials-recoverable": "act",
    "incompatible-create": "act",
    "incompatible-network": "act",
    "incompatible-option-group": "act",
    "incompatible-parameters": "act",
    "incompatible-restore": "act",
}
IMPAIRED = ("act", _("Status checks fail"))


def servers_of(environment: Environment) -> list[Server]:
    """The servers that exist now, each with its volumes and since when each of those is known."""
    attached = Volume.objects.filter(environment=environment, server_aws_id=OuterRef("aws_id"), gone_at=None)
    known = ArraySubquery(attached.values(known=JSONObject(aws_id="aws_id", since="first_seen_at")))
    found = Server.objects.filter(environment=environment, gone_at=None).annotate(known_volumes=known)
    servers = list(found.order_by("name", "aws_id"))
    for server in servers:
        server.volumes = {volume["aws_id"]: parse_datetime(volume["since"]) for volume in server.known_volumes}
        server.sign, server.word = _server_state(server)
        server.system_word, server.instance_word = (
            codes.word("check", check) for check in (server.system_check, server.instance_check)
        )
        server.agent_word = codes.word("agent", server.agent_state)
        server.reason_word = codes.stop_reason(server.state_reason)
    return servers


def databases_of(environment: Environment) -> list[Database]:
    """The databases that exist now."""
    databases = list(Database.objects.filter(environment=environment, gone_at=None).order_by("name", "aws_id"))
    for database in databases:
        database.sign = DATABASE_SIGNS.get(database.state, "watch")
        database.word = codes.word("database", database.state)
        database.engine_word = codes.word("engine", database.engine)
    return databases


def _server_state(server: Server) -> tuple[str, str | Promise]:
    if server.state == "running" and "impaired" in (server.system_check, server.instance_check):
        return IMPAIRED
    return SERVER_SIGNS.get(server.state, "watch"), codes.word("server", server.state)
