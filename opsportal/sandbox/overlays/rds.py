"""RDS: complete instances, pending maintenance, nightly snapshots, events, support dates."""

import datetime as dt
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import DBInstance
from moto.rds.responses import RDSResponse

from opsportal.sandbox.conditions import Condition
from opsportal.sandbox.engines import CERTIFICATES, ENGINE_VERSIONS, MAJOR_VERSIONS
from opsportal.sandbox.estate import DatabaseRecord
from opsportal.sandbox.ids import resource_id, stable_hex
from opsportal.sandbox.overlays.answering import AwsError, Completed
from opsportal.sandbox.overlays.rds_backups import RdsBackups
from opsportal.sandbox.overlays.rds_changes import RdsChanges
from opsportal.sandbox.windows import next_window

MIDNIGHT = dt.time(tzinfo=dt.UTC)


class Rds(RdsBackups, RdsChanges, RDSResponse):
    """Every RDS operation."""

    def describe_db_instances(self) -> ActionResult:
        """Database instances with everything that the console shows."""
        self.simulation.states.settle(self.now)
        filters = {row["Name"]: row["Values"] for row in self.params.get("Filters", [])}
        found = self.backend.describe_db_instances(self.params.get("DBInstanceIdentifier"), filters=filters)
        rows, marker = self.marked([self._complete(database) for database in found])
        return ActionResult({"DBInstances": rows, "Marker": marker})

    def describe_pending_maintenance_actions(self) -> ActionResult:
        """What AWS wants to do to the databases, and by when."""
        self.simulation.states.settle(self.now)
        wanted = self.call.parameters.get("ResourceIdentifier")
        rows = []
        for database in self.databases():
            actions = [_pending(action) for action in self._pending(database)]
            if actions and wanted in (None, database.arn):
                rows.append({"ResourceIdentifier": database.arn, "PendingMaintenanceActionDetails": actions})
        rows, marker = self.marked(rows)
        return ActionResult({"PendingMaintenanceActions": rows, "Marker": marker})

    def apply_pending_maintenance_action(self) -> ActionResult:
        """Take an action now, put it into the next window, or take it out of there again."""
        self.simulation.states.settle(self.now)
        parameters = self.call.parameters
        arn, name, how = parameters["ResourceIdentifier"], parameters["ApplyAction"], parameters["OptInType"]
        database = next((row for row in self.databases() if row.arn == arn), None)
        actions = self._pending(database) if database else []
        action = next((row for row in actions if row.facts["action"] == name), None)
        if database is None or action is None:
            raise AwsError("ResourceNotFoundFault", f"The specified resource name does not exist: {arn}")
        if how == "immediate":
            self.simulation.states.apply_action(action, self.now)
        elif how == "next-maintenance":
            action.facts["opt_in"] = how
            action.facts["apply_at"] = next_window(database.spec.maintenance_window, self.now).isoformat()
        elif how == "undo-opt-in":
            action.facts.pop("opt_in", None)
            action.facts["apply_at"] = action.facts["planned_at"]
        else:
            raise AwsError("InvalidParameterValue", f"Invalid OptInType: {how}")
        self.simulation.conditions.save()
        left = [_pending(row) for row in self._pending(database)]
        result = {"ResourceIdentifier": arn, "PendingMaintenanceActionDetails": left}
        return ActionResult({"ResourcePendingMaintenanceActions": result})

    def describe_db_major_engine_versions(self) -> ActionResult:
        """Until when each major version has standard and extended support."""
        engine, major = self.call.parameters.get("Engine"), self.call.parameters.get("MajorEngineVersion")
        rows = [
            row
            for row in MAJOR_VERSIONS
            if engine in (None, row["Engine"]) and major in (None, row["MajorEngineVersion"])
        ]
        rows, marker = self.marked(rows)
        return ActionResult({"DBMajorEngineVersions": rows, "Marker": marker})

    def describe_db_engine_versions(self) -> ActionResult:
        """The versions that can be run, and what each can be upgraded to."""
        engine, version = self.call.parameters.get("Engine"), self.call.parameters.get("EngineVersion")
        rows = [
            row
            for row in ENGINE_VERSIONS
            if engine in (None, row["Engine"])
            and (version is None or row["EngineVersion"] == version or row["MajorEngineVersion"] == version)
        ]
        rows, marker = self.marked(rows)
        return ActionResult({"DBEngineVersions": rows, "Marker": marker})

    def describe_certificates(self) -> ActionResult:
        """The certificate authorities of RDS."""
        rows = [
            row | {"CertificateArn": f"arn:aws:rds:{self.call.region}::cert:{row['CertificateIdentifier']}"}
            for row in CERTIFICATES
        ]
        rows, marker = self.marked(rows)
        return ActionResult({"Certificates": rows, "Marker": marker})

    def _pending(self, database: DatabaseRecord) -> list[Condition]:
        name, account = database.spec.name, self.call.account
        return list(self.simulation.conditions.open("pending-action", account, self.call.region, name))

    def _complete(self, database: DBInstance) -> DBInstance | Completed:
        record = self.simulation.estate.database(self.call.account, database.db_instance_identifier)
        if record is None:
            return database
        spec, region, account = record.spec, self.call.region, self.call.account
        domain = stable_hex(12, "endpoint", account)
        till = dt.datetime.combine(spec.certificate_valid_till, MIDNIGHT)
        return Completed(
            database,
            db_instance_status=self.simulation.states.database(record, self.now),
            db_instance_class=spec.instance_class,
            allocated_storage=spec.storage_gib,
            engine_version=spec.engine_version,
            preferred_maintenance_window=spec.maintenance_window,
            pending_modified_values=self.pending_of(record),
            endpoint={"Address": f"{spec.name}.{domain}.{region}.rds.amazonaws.com", "Port": 3306},
            certificate_details={"CAIdentifier": spec.certificate, "ValidTill": till},
            latest_restorable_time=self.restorable_until(record),
            secondary_availability_zone=f"{region}c" if spec.multi_az else None,
            iops=3000,
            storage_throughput=125,
            performance_insights_enabled=False,
            network_type="IPV4",
            backup_target="region",
            engine_lifecycle_support="open-source-rds-extended-support",
            kms_key_id=f"arn:aws:kms:{region}:{account}:key/{resource_id('k', spec.name)[2:]}",
        )


def _pending(action: Condition) -> dict[str, Any]:
    facts = action.facts

    def time(key: str) -> dt.datetime | None:
        return dt.datetime.fromisoformat(facts[key]) if facts.get(key) else None

    return {
        "Action": facts["action"],
        "Description": facts["description"],
        "AutoAppliedAfterDate": time("auto_after"),
        "ForcedApplyDate": time("forced_at"),
        "OptInStatus": facts.get("opt_in"),
        "CurrentApplyDate": time("apply_at"),
    }
