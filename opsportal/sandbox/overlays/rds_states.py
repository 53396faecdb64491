"""RDS stop, start and reboot: statuses that take minutes, and the events that tell of them."""

import datetime as dt

from moto.core.responses import ActionResult

from opsportal.sandbox.estate import DatabaseRecord
from opsportal.sandbox.overlays.answering import Answering, AwsError

REBOOT_TAKES = dt.timedelta(seconds=40)
STOP_TAKES = dt.timedelta(minutes=3)
START_TAKES = dt.timedelta(minutes=4)


class RdsStates(Answering):
    """The operations that move a database between statuses."""

    def reboot_db_instance(self) -> ActionResult:
        """Rebooting now, available within a minute."""
        database = self._named("available", "rebooted")
        at = self.now
        self.simulation.states.move_database(database, "rebooting", REBOOT_TAKES, "available", at)
        self.simulation.states.tell(self.call.account, database.spec.name, at, "availability", "DB instance restarted")
        return self._answer(database)

    def stop_db_instance(self) -> ActionResult:
        """Stopping now, stopped some minutes later."""
        database = self._named("available", "stopped")
        self.simulation.states.move_database(database, "stopping", STOP_TAKES, "stopped", self.now)
        return self._answer(database)

    def start_db_instance(self) -> ActionResult:
        """Starting now, available some minutes later."""
        database = self._named("stopped", "started")
        self.simulation.states.move_database(database, "starting", START_TAKES, "available", self.now)
        return self._answer(database)

    def _named(self, needed: str, wanted: str) -> DatabaseRecord:
        name = self.call.parameters["DBInstanceIdentifier"]
        database = self.simulation.estate.database(self.call.account, name)
        if database is None:
            raise AwsError("DBInstanceNotFound", f"DBInstance {name} not found.")
        status = self.simulation.states.database(database, self.now)
        if status != needed:
            words = f"Instance {name} cannot be {wanted} as it is not in one of the following statuses: '{needed}'."
            raise AwsError("InvalidDBInstanceState", words)
        return database

    def _answer(self, database: DatabaseRecord) -> ActionResult:
        row = self.backend.databases[database.spec.name]
        return ActionResult({"DBInstance": self._complete(row)})
