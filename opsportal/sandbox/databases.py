"""Makes the databases of an environment in moto."""

import copy
import dataclasses
import datetime as dt

from moto.core.parse import XFormedDict
from moto.ec2.models import ec2_backends
from moto.rds.models import rds_backends

from opsportal.sandbox.estate import DatabaseRecord, Place
from opsportal.sandbox.ids import drawn_from, stable_hex
from opsportal.sandbox.simulation import Simulation

AGE = dt.timedelta(days=214)


def make_databases(simulation: Simulation, place: Place, subnet_ids: list[str], group_id: str) -> None:
    """Create each database of the environment in its own subnet group."""
    rds = rds_backends[place.account][place.region]
    subnets = [ec2_backends[place.account][place.region].get_subnet(subnet_id) for subnet_id in subnet_ids]
    if place.environment.databases:
        rds.create_subnet_group(f"{place.customer.slug}-db", "database subnets", subnets, [])
    for spec in place.environment.databases:
        with drawn_from("database", place.account, place.region, spec.name):
            database = rds.create_db_instance(
                XFormedDict(
                    {
                        "DBInstanceIdentifier": spec.name,
                        "DBInstanceClass": spec.instance_class,
                        "Engine": "mysql",
                        "EngineVersion": spec.engine_version,
                        "DBName": "wordpress",
                        "MasterUsername": "admin",
                        "MasterUserPassword": stable_hex(24, "never used", spec.name),
                        "AllocatedStorage": spec.storage_gib,
                        "MaxAllocatedStorage": spec.storage_limit_gib,
                        "StorageType": "gp3",
                        "StorageEncrypted": True,
                        "MultiAZ": spec.multi_az,
                        "BackupRetentionPeriod": spec.retention_days,
                        "PreferredBackupWindow": spec.backup_window,
                        "PreferredMaintenanceWindow": spec.maintenance_window,
                        "AutoMinorVersionUpgrade": spec.auto_minor_upgrade,
                        "PubliclyAccessible": False,
                        "DeletionProtection": True,
                        "CopyTagsToSnapshot": True,
                        "VpcSecurityGroupIds": [group_id],
                        "DBSubnetGroupName": f"{place.customer.slug}-db",
                        "AvailabilityZone": f"{place.region}a",
                        "CACertificateIdentifier": spec.certificate,
                        "EnableCloudwatchLogsExports": ["error", "slowquery"],
                        "Tags": [
                            {"Key": "Name", "Value": spec.name},
                            {"Key": "Customer", "Value": place.customer.slug},
                            {"Key": "Environment", "Value": place.environment.slug},
                        ],
                    }
                )
            )
        database.instance_create_time = (simulation.store.born_at - AGE).replace(microsecond=0)
        database.dbi_resource_id = f"db-{stable_hex(26, 'dbi', place.account, spec.name).upper()}"
        # moto makes one automated snapshot at creation; the nights of the world bring their own.
        rds.database_snapshots.clear()
        place.databases.append(DatabaseRecord(spec, place, database.db_instance_arn))


def restore_database(simulation: Simulation, place: Place, source: str, name: str) -> None:
    """One more database, as the source is; remembered over a restart."""
    rows = simulation.store.data.setdefault("restored", [])
    rows.append({"account": place.account, "region": place.region, "source": source, "name": name})
    simulation.store.save()
    _restore(simulation, place, source, name)


def restore_databases(simulation: Simulation) -> None:
    """Make again the databases that were restored."""
    for row in simulation.store.data.setdefault("restored", []):
        place = simulation.estate.at(row["account"], row["region"])
        if place:
            _restore(simulation, place, row["source"], row["name"])


def _restore(simulation: Simulation, place: Place, source: str, name: str) -> None:
    rds = rds_backends[place.account][place.region]
    record = simulation.estate.database(place.account, source)
    database = copy.copy(rds.databases[source])
    database.db_instance_identifier = name
    database.dbi_resource_id = f"db-{stable_hex(26, 'dbi', place.account, name).upper()}"
    rds.databases[name] = database
    spec = dataclasses.replace(record.spec, name=name, multi_az=False)
    place.databases.append(DatabaseRecord(spec, place, record.arn.replace(f":db:{source}", f":db:{name}")))
    simulation.life.forget(place)
