"""ModifyDBInstance: what it takes, what it refuses, and when it takes effect."""

from typing import Any

from moto.core.responses import ActionResult

from opsportal.sandbox.engines import ENGINE_VERSIONS
from opsportal.sandbox.estate import DatabaseRecord
from opsportal.sandbox.overlays.answering import AwsError
from opsportal.sandbox.overlays.rds_states import RdsStates

# Parameter → the word of the sample world.
WORDS = {
    "DBInstanceClass": "instance_class",
    "AllocatedStorage": "storage_gib",
    "EngineVersion": "engine_version",
    "PreferredMaintenanceWindow": "maintenance_window",
}
SHOWN = {word: name for name, word in WORDS.items()}


class RdsChanges(RdsStates):
    """The operation that changes a database."""

    def modify_db_instance(self) -> ActionResult:
        """Take an order for now or for the next window."""
        database, parameters = self._named("available", "modified"), self.call.parameters
        unknown = set(parameters) - set(WORDS) - {
            "DBInstanceIdentifier", "ApplyImmediately", "AllowMajorVersionUpgrade",
        }  # fmt: skip
        if unknown:
            raise NotImplementedError
        values = {WORDS[name]: parameters[name] for name in WORDS if parameters.get(name)}
        if "storage_gib" in values:
            values["storage_gib"] = self._storage(database, int(values["storage_gib"]))
        if "engine_version" in values:
            self._must_be_a_target(database, values["engine_version"])
        at_once = parameters.get("ApplyImmediately") in (True, "true")
        if "instance_class" in values and any(self.simulation.conditions.open("no-capacity", self.call.account)):
            words = f"Cannot modify the instance class because there are no instances of {values['instance_class']}."
            raise AwsError("InsufficientDBInstanceCapacity", words)
        values = {name: value for name, value in values.items() if getattr(database.spec, name) != value}
        self.simulation.changed.modify(database, values, at_once, self.now)
        return self._answer(database)

    def pending_of(self, database: DatabaseRecord) -> dict[str, Any]:
        """What waits for the window, in AWS's words."""
        return {SHOWN[name]: value for name, value in self.simulation.changed.waiting(database).items()}

    def _storage(self, database: DatabaseRecord, wanted: int) -> int:
        if wanted < database.spec.storage_gib * 1.1 and wanted != database.spec.storage_gib:
            words = f"Invalid storage size for engine name mysql and storage type gp3: {wanted}"
            raise AwsError("InvalidParameterCombination", words)
        return wanted

    def _must_be_a_target(self, database: DatabaseRecord, wanted: str) -> None:
        now = database.spec.engine_version
        known = next((row for row in ENGINE_VERSIONS if row["EngineVersion"] == now), None)
        targets = {row["EngineVersion"]: row for row in known["ValidUpgradeTarget"]} if known else {}
        if wanted not in targets:
            raise AwsError("InvalidParameterCombination", f"Cannot upgrade mysql from {now} to {wanted}")
        major = targets[wanted]["IsMajorVersionUpgrade"]
        if major and self.call.parameters.get("AllowMajorVersionUpgrade") not in (True, "true"):
            words = "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
            raise AwsError("InvalidParameterCombination", words)
