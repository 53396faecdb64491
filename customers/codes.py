"""AWS's own words for states and kinds, in the reader's language; a word that AWS added since stands as it is."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise

_SERVER: dict[str, Text] = {
    "pending": _("Starting"),
    "running": _("Running"),
    "stopping": _("Stopping"),
    "stopped": _("Stopped"),
    "shutting-down": _("Being deleted"),
    "terminated": _("Deleted"),
}
_DATABASE: dict[str, Text] = {
    "available": _("Running"),
    "backing-up": _("Running, being backed up"),
    "configuring-associated-roles": _("Roles are being configured"),
    "configuring-enhanced-monitoring": _("Enhanced monitoring is being configured"),
    "configuring-iam-database-auth": _("IAM authentication is being configured"),
    "configuring-log-exports": _("Log exports are being configured"),
    "converting-to-vpc": _("Moving into a VPC"),
    "creating": _("Being created"),
    "delete-precheck": _("Being checked before deletion"),
    "deleting": _("Being deleted"),
    "failed": pgettext_lazy("database", "Failed"),
    "inaccessible-encryption-credentials": _("Encryption key cannot be used"),
    "inaccessible-encryption-credentials-recoverable": _("Encryption key cannot be used, may be mended"),
    "incompatible-create": _("Settings do not allow its creation"),
    "incompatible-network": _("Network does not fit"),
    "incompatible-option-group": _("Option group does not fit"),
    "incompatible-parameters": _("Parameters do not fit"),
    "incompatible-restore": _("Cannot be restored to this time"),
    "insufficient-capacity": _("AWS lacks capacity"),
    "maintenance": _("Under maintenance"),
    "modifying": _("Being changed"),
    "moving-to-vpc": _("Moving into a VPC"),
    "rebooting": _("Restarting"),
    "renaming": _("Being renamed"),
    "resetting-master-credentials": _("Master password is being changed"),
    "restore-error": _("Restoring failed"),
    "starting": _("Starting"),
    "stopped": _("Stopped"),
    "stopping": _("Stopping"),
    "storage-config-upgrade": _("Storage layout is being upgraded"),
    "storage-full": _("Disk is full"),
    "storage-initialization": _("Running, storage is being filled"),
    "storage-optimization": _("Running, storage is being optimized"),
    "upgrading": _("Being upgraded"),
}
_VOLUME: dict[str, Text] = {
    "creating": _("Being created"),
    "available": pgettext_lazy("volume", "Not attached"),
    "in-use": pgettext_lazy("volume", "In use"),
    "deleting": _("Being deleted"),
    "deleted": _("Deleted"),
    "error": _("Error"),
}
_CHECK: dict[str, Text] = {
    "ok": _("Good"),
    "impaired": pgettext_lazy("check", "Impaired"),
    "insufficient-data": pgettext_lazy("check", "Too little data"),
    "not-applicable": pgettext_lazy("check", "Does not apply"),
    "initializing": pgettext_lazy("check", "Beginning"),
}
_AGENT: dict[str, Text] = {
    "Online": pgettext_lazy("agent", "Connected"),
    "ConnectionLost": pgettext_lazy("agent", "Connection lost"),
    "Inactive": pgettext_lazy("agent", "Not running"),
}
_BALANCER: dict[str, Text] = {
    "active": _("Running"),
    "provisioning": _("Being created"),
    "active_impaired": _("Running, but short of resources"),
    "failed": pgettext_lazy("balancer", "Could not be set up"),
}
_TARGET: dict[str, Text] = {
    "initial": pgettext_lazy("check", "Beginning"),
    "healthy": _("Good"),
    "unhealthy": pgettext_lazy("check", "Impaired"),
    "unhealthy.draining": _("Impaired, being taken out"),
    "unused": pgettext_lazy("target", "Not used"),
    "draining": pgettext_lazy("target", "Being taken out"),
    "unavailable": pgettext_lazy("target", "Cannot be checked"),
}
_TARGET_REASON: dict[str, Text] = {
    "Elb.InitialHealthChecking": _("first health check"),
    "Elb.InternalError": _("error inside AWS"),
    "Elb.RegistrationInProgress": _("being registered"),
    "Target.DeregistrationInProgress": _("registration is being withdrawn"),
    "Target.FailedHealthChecks": _("health check failed"),
    "Target.HealthCheckDisabled": _("health check is off"),
    "Target.InvalidState": _("server is stopped"),
    "Target.IpUnusable": _("address cannot be used"),
    "Target.NotInUse": _("not used by the load balancer"),
    "Target.NotRegistered": _("not registered"),
    "Target.ResponseCodeMismatch": _("another status code than expected"),
    "Target.Timeout": _("no answer in time"),
}
_ALARM: dict[str, Text] = {"OK": _("Good"), "ALARM": _("Ringing"), "INSUFFICIENT_DATA": _("No data")}
_NOTICE: dict[str, Text] = {"open": _("Open"), "settled": _("Settled")}
_MAINTENANCE: dict[str, Text] = {
    "instance-retirement": _("Hardware is taken out of service"),
    "instance-stop": _("Server will be stopped"),
    "instance-reboot": _("Server will be restarted"),
    "system-reboot": _("Hardware will be restarted"),
    "system-maintenance": _("Network or power maintenance"),
    "system-update": _("Operating system of the database is updated"),
    "os-upgrade": _("Operating system of the database is upgraded"),
    "db-upgrade": _("Database engine is upgraded"),
    "hardware-maintenance": _("Hardware of the database is maintained"),
    "ca-certificate-rotation": _("Certificate of the database is renewed"),
    "serverless-platform-version-update": _("Platform of the serverless database is updated"),
}
_OPT_IN: dict[str, Text] = {
    "immediate": pgettext_lazy("opt-in", "At once"),
    "next-maintenance": _("In the next maintenance window"),
    "undo-opt-in": _("Withdrawn"),
}
# Why a server stopped: the code before the colon of AWS's sentence.
_STOP_REASON: dict[str, Text] = {
    "Client.InstanceInitiatedShutdown": _("Shut down from inside the server"),
    "Client.InstanceTerminated": _("Ended while it was starting"),
    "Client.InternalError": _("A client error ended it while it was starting"),
    "Client.UserInitiatedHibernate": _("Hibernated by a user or program"),
    "Client.UserInitiatedShutdown": _("Stopped by a user or program"),
    "Client.VolumeLimitExceeded": _("The limit of EBS volumes is reached"),
    "Server.InsufficientInstanceCapacity": _("AWS lacks capacity"),
    "Server.InternalError": _("An error inside AWS stopped it"),
    "Server.ScheduledStop": _("Stopped by AWS as announced"),
    "Server.SpotInstanceShutdown": _("AWS took the spot instance back"),
    "Server.SpotInstanceTermination": _("AWS took the spot instance back"),
}
# What RDS says happened, by its sentence without the full stop.
_EVENT: dict[str, Text] = {
    "Applying modification to database instance class": _("Change of the instance class begun"),
    "Applying modification to allocated storage": _("Enlarging of the storage begun"),
    "Applying off-line patches to DB instance": _("Application of updates begun"),
    "Backing up DB instance": _("Backup begun"),
    "DB instance created": _("Database created"),
    "DB instance deleted": _("Database deleted"),
    "DB instance restarted": _("Database restarted"),
    "DB instance shutdown": _("Database shut down"),
    "DB instance started": _("Database started"),
    "DB instance stopped": _("Database stopped"),
    "Finished DB Instance backup": _("Backup finished"),
    "Finished applying modification to DB instance class": _("Change of the instance class finished"),
    "Finished applying modification to allocated storage": _("Enlarging of the storage finished"),
    "Finished applying off-line patches to DB instance": _("Application of updates finished"),
    "Multi-AZ instance failover started": _("Failover to the standby begun"),
    "Multi-AZ instance failover completed": _("Failover to the standby finished"),
}
_PENDING: dict[str, Text] = {
    "AllocatedStorage": _("Storage"),
    "BackupRetentionPeriod": _("Retention days"),
    "CACertificateIdentifier": _("Certificate"),
    "DBInstanceClass": _("Instance class"),
    "DBInstanceIdentifier": _("Name"),
    "DBSubnetGroupName": _("Subnet group"),
    "EngineVersion": _("Engine version"),
    "Iops": _("IOPS"),
    "LicenseModel": _("License"),
    "MasterUserPassword": _("Master password"),
    "MultiAZ": _("Multi-AZ"),
    "Port": _("Port"),
    "StorageThroughput": _("Throughput"),
    "StorageType": _("Storage type"),
}
_ENGINE: dict[str, Text] = {
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "postgres": "PostgreSQL",
    "aurora-mysql": "Aurora MySQL",
    "aurora-postgresql": "Aurora PostgreSQL",
}
_SUBJECT: dict[str, Text] = {"server": _("Server"), "database": _("Database"), "balancer": _("Load balancer")}

WORDS: dict[str, dict[str, Text]] = {
    "server": _SERVER,
    "database": _DATABASE,
    "volume": _VOLUME,
    "check": _CHECK,
    "agent": _AGENT,
    "balancer": _BALANCER,
    "target": _TARGET,
    "target reason": _TARGET_REASON,
    "alarm": _ALARM,
    "notice": _NOTICE,
    "maintenance": _MAINTENANCE,
    "opt-in": _OPT_IN,
    "stop reason": _STOP_REASON,
    "event": _EVENT,
    "pending change": _PENDING,
    "engine": _ENGINE,
    "subject": _SUBJECT,
}


def word(kind: str, code: str) -> str:
    """What a code of AWS means, for example word("database", "modifying")."""
    return str(WORDS[kind].get(code, code))


def stop_reason(sentence: str) -> str:
    """Why a server stopped, by the code that AWS's sentence begins with; another sentence stands as it is."""
    known = WORDS["stop reason"].get(sentence.partition(":")[0])
    return str(known) if known else sentence
