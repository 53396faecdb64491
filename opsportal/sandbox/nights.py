"""The nightly backups as a function of time: which nights succeeded, which are kept, what each left behind."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opsportal.sandbox.estate import DatabaseRecord, Place, ServerRecord
from opsportal.sandbox.ids import resource_id, stable_number, stable_uuid

if TYPE_CHECKING:
    from opsportal.sandbox.simulation import Simulation

DAY = dt.timedelta(days=1)
JOBS_KEPT = dt.timedelta(days=30)
LOCAL = dt.timedelta(hours=9)


@dataclass(frozen=True)
class Backup:
    """One night's backup of a server or a database; `good` is whether it succeeded."""

    record: ServerRecord | DatabaseRecord
    started: dt.datetime
    ends: dt.datetime
    good: bool

    @property
    def night(self) -> str:
        """The local date it belongs to: what a person would call that night."""
        return f"{self.started + LOCAL:%Y-%m-%d}"

    def progress(self, at: dt.datetime) -> int:
        """How far it is at a moment, in percent."""
        whole = (self.ends - self.started).total_seconds()
        return max(0, min(100, int((at - self.started).total_seconds() * 100 / whole)))

    @property
    def job_id(self) -> str:
        """The id of its AWS Backup job."""
        return stable_uuid("backup-job", self.record.key, self.night)

    @property
    def image_id(self) -> str:
        """The id of the image that it made of a server."""
        return resource_id("ami", self.record.key, self.night)

    def snapshot_id(self, volume_id: str) -> str:
        """The id of the snapshot that it made of one volume."""
        return resource_id("snap", volume_id, self.night)


class Nights:
    """All nightly backups of the world."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation

    def of_server(self, server: ServerRecord, at: dt.datetime, reach: dt.timedelta) -> list[Backup]:
        """The server's backups begun within `reach` before `at`, newest first."""
        hour = server.place.environment.backup_hour_utc
        return list(self._backups(server, dt.time(hour), at, reach))

    def of_database(self, database: DatabaseRecord, at: dt.datetime, reach: dt.timedelta) -> list[Backup]:
        """The database's automated backups begun within `reach` before `at`, newest first."""
        hour, minute = database.spec.backup_window.split("-")[0].split(":")
        return list(self._backups(database, dt.time(int(hour), int(minute)), at, reach))

    def kept_of_server(self, server: ServerRecord, at: dt.datetime) -> list[Backup]:
        """The good ones that have not expired."""
        reach = dt.timedelta(days=server.place.environment.retention_days)
        return [backup for backup in self.of_server(server, at, reach) if backup.good]

    def kept_of_database(self, database: DatabaseRecord, at: dt.datetime) -> list[Backup]:
        """The good ones that have not expired."""
        reach = dt.timedelta(days=database.spec.retention_days)
        return [backup for backup in self.of_database(database, at, reach) if backup.good]

    def weekly_images(self, place: Place, at: dt.datetime) -> Iterator[Backup]:
        """The image of each Sunday, kept four weeks, where the customer makes them."""
        if place.environment.backup != "images":
            return
        for server in place.servers:
            for backup in self.of_server(server, at, dt.timedelta(days=28)):
                if backup.good and (backup.started + LOCAL).weekday() == 6:
                    yield backup

    def jobs(self, place: Place, at: dt.datetime) -> Iterator[Backup]:
        """What AWS Backup still lists: the jobs of the last 30 days, failed ones too."""
        if place.environment.backup != "aws-backup":
            return
        for server in place.servers:
            yield from self.of_server(server, at, JOBS_KEPT)
        for database in place.databases:
            for backup in self.of_database(database, at, JOBS_KEPT):
                yield Backup(
                    database, backup.started + dt.timedelta(hours=1), backup.ends + dt.timedelta(hours=1), backup.good
                )

    def kept_jobs(self, place: Place, at: dt.datetime) -> list[Backup]:
        """What AWS Backup still keeps: the good jobs that have not expired."""
        oldest = at - dt.timedelta(days=place.environment.retention_days)
        return [backup for backup in self.jobs(place, at) if backup.good and backup.started >= oldest]

    def _backups(
        self, record: ServerRecord | DatabaseRecord, when: dt.time, at: dt.datetime, reach: dt.timedelta
    ) -> Iterator[Backup]:
        seed = stable_number("night", record.key)
        day = dt.datetime.combine(at.date() + DAY, when, dt.UTC) + dt.timedelta(seconds=60 + seed % 600)
        while day > at - reach - DAY:
            if at - reach <= day <= at:
                takes = dt.timedelta(seconds=150 + stable_number(record.key, day.date()) % 400)
                yield Backup(record, day, day + takes, not self._missed(record, day))
            day -= DAY

    def _missed(self, record: ServerRecord | DatabaseRecord, started: dt.datetime) -> bool:
        environment = record.place.environment
        born = self._simulation.store.born_at
        for name, nights in environment.past_gaps:
            if name == record.spec.name and 0 <= (born - started) / DAY - nights < 1:
                return True
        resource = record.instance_id if isinstance(record, ServerRecord) else record.spec.name
        return any(
            dt.datetime.fromisoformat(condition.facts["first"]) <= started
            for condition in self._simulation.conditions.open("missed-backup", environment.account, resource=resource)
        )
