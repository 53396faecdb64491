"""How a server or database is protected: last good backup, nights, retention kept against retention agreed."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from customers.models import Agreement, Database, Environment, Server
from maintenance.models import Backup

NIGHTS_SHOWN = 14
# A nightly backup may begin this much later than a day after the last one before the night counts as missed.
GRACE = dt.timedelta(hours=3)
DAY = dt.timedelta(days=1)
# Snapshots of one thing's volumes that begin within this span belong together.
TOGETHER = dt.timedelta(hours=3)
# An image and the snapshots that it is made of begin within this span.
OF_ONE_IMAGE = dt.timedelta(minutes=15)
# Whatever deletes what has expired may round its time a little.
DELETED_EARLY = dt.timedelta(hours=6)
# What was there when the thing itself was first seen was always part of it.
ONBOARDING = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Night:
    """One night of a subject, named by the date of its morning: from noon to noon, local.

    "good", "expired" (good, and deleted at the end of its retention), "failed", "missing" (never made, or lost before
    its retention ended), "coming" (not yet due) or "none" (before the first that was seen).
    """

    date: dt.date
    state: str


@dataclass(frozen=True)
class Protection:
    """How one thing is protected.

    `kept` is how many backups could be restored, `kept_days` of how many nights: what an agreement on days counts.
    `exempt` names why no backup of its own is expected: "replica", "aurora" or "auto-scaling".
    """

    subject: str
    aws_id: str
    name: str
    exempt: str
    last_good_at: dt.datetime | None
    missed_nights: int
    last_failed: bool
    failed_reason: str
    nights: list[Night]
    kept: int
    kept_days: int
    agreed_days: int | None
    set_days: int | None
    restorable_from: dt.datetime | None
    restorable_lag_minutes: int | None

    @property
    def gaps(self) -> int:
        """Nights of the agreed days, before the last good one, of which nothing can be restored."""
        states = [night.state for night in self.nights]
        last = len(states) - 1 - states[::-1].index("good") if "good" in states else 0
        first = max(len(states) - self.agreed_days, 0) if self.agreed_days else 0
        return sum(state in ("missing", "failed") for state in states[first:last])


def protections(
    environment: Environment, things: Iterable[Server | Database], agreement: Agreement | None, at: dt.datetime
) -> list[Protection]:
    """How each of these servers (of `resources.servers_of`) and databases is protected, in the order given."""
    zone = zoneinfo.ZoneInfo(environment.customer.time_zone)
    rows: dict[str, list[Backup]] = defaultdict(list)
    shown = Q(gone_at=None) | Q(started_at__gte=at - NIGHTS_SHOWN * DAY)
    for backup in Backup.objects.filter(shown, environment=environment).order_by("started_at"):
        rows[backup.subject_aws_id].append(backup)
    return [
        _protection(thing, rows[thing.aws_id], getattr(thing, "volumes", {}), agreement, zone, at) for thing in things
    ]


def _protection(
    thing: Server | Database,
    backups: list[Backup],
    volumes: dict[str, dt.datetime],
    agreement: Agreement | None,
    zone: zoneinfo.ZoneInfo,
    at: dt.datetime,
) -> Protection:
    existing = _existing(backups)
    good = good_moments(existing, volumes, thing.first_seen_at)
    failed = [row for row in existing if row.state == Backup.State.FAILED]
    gone = [row for row in backups if row.gone_at and row.state == Backup.State.GOOD]
    kept = restorable(existing, volumes, thing.first_seen_at)
    last = good[-1] if good else None
    failed_last = bool(failed) and (last is None or failed[-1].started_at > last)
    lost = {_night_of(row.started_at, zone) for row in gone if last and row.started_at > last}
    return Protection(
        subject=thing._meta.model_name,
        aws_id=thing.aws_id,
        name=thing.name or thing.aws_id,
        exempt=_exempt(thing),
        last_good_at=last,
        missed_nights=max((at - last - GRACE) // DAY, len(lost)) if last else 0,
        last_failed=failed_last,
        failed_reason=failed[-1].reason if failed_last else "",
        nights=nights(good, failed, gone, zone, at, agreement),
        kept=len(kept),
        kept_days=len({_night_of(moment, zone) for moment in kept}),
        agreed_days=agreement.retention_days if agreement else None,
        set_days=getattr(thing, "backup_retention_days", None),
        restorable_from=getattr(thing, "restorable_from", None),
        restorable_lag_minutes=getattr(thing, "restorable_lag_minutes", None),
    )


def _exempt(thing: Server | Database) -> str:
    """Why a thing needs no backup of its own: its source, its cluster or its template is what can be restored."""
    if isinstance(thing, Database):
        return "aurora" if thing.engine.startswith("aurora") else "replica" if thing.replica_of else ""
    return "auto-scaling" if "aws:autoscaling:groupName" in thing.tags else ""


def _existing(backups: list[Backup]) -> list[Backup]:
    """The backups that are there. AWS Backup lists a job for 30 days whatever became of what it made: a job that went
    well stands only for an image or snapshot that is there, or where no other list has ever told of a backup.
    """
    there = [row for row in backups if row.gone_at is None]
    products = [row for row in backups if row.kind != Backup.Kind.BACKUP_JOB]
    made = {key for row in products if row.gone_at is None for key in (row.aws_id, row.name)}
    return [row for row in there if not _is_done(row) or not products or row.name in made]


def _is_done(row: Backup) -> bool:
    return row.kind == Backup.Kind.BACKUP_JOB and row.state == Backup.State.GOOD


def restorable(
    existing: list[Backup], volumes: dict[str, dt.datetime], first_seen_at: dt.datetime
) -> list[dt.datetime]:
    """When each backup was made that could be restored, each once: neither its job nor an image's parts count again."""
    products = [row for row in existing if row.kind != Backup.Kind.BACKUP_JOB] or existing
    images = [row for row in products if row.kind == Backup.Kind.IMAGE and row.state == Backup.State.GOOD]
    others = good_moments([row for row in products if row.kind != Backup.Kind.IMAGE], volumes, first_seen_at)
    own = [one for one in others if all(abs(one - image.started_at) > OF_ONE_IMAGE for image in images)]
    return sorted([*own, *(image.started_at for image in images)])


def good_moments(
    backups: list[Backup], volumes: dict[str, dt.datetime], first_seen_at: dt.datetime
) -> list[dt.datetime]:
    """When the whole thing was safely backed up, oldest first: at once, or by snapshots of all volumes it had then."""
    good = [row for row in backups if row.state == Backup.State.GOOD]
    moments = [row.started_at for row in good if not row.volume_aws_id]
    group: list[Backup] = []
    for row in [*(row for row in good if row.volume_aws_id in volumes), None]:
        if group and (row is None or row.started_at - group[0].started_at > TOGETHER):
            ended = group[-1].started_at
            had = {aws_id for aws_id, since in volumes.items() if since <= max(ended, first_seen_at + ONBOARDING)}
            if {member.volume_aws_id for member in group} >= had:
                moments.append(ended)
            group = []
        if row is not None:
            group.append(row)
    return sorted(moments)


def _kept_its_time(row: Backup, agreement: Agreement | None) -> bool:
    """Whether a backup that is gone may be: it lived as long as is agreed, or went before this was agreed."""
    if agreement is None or row.gone_at < agreement.valid_from:
        return True
    return row.gone_at - row.started_at >= agreement.retention_days * DAY - DELETED_EARLY


def _night_of(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.date:
    return (moment.astimezone(zone).replace(tzinfo=None) + DAY / 2).date()


def next_night(environment: Environment, at: dt.datetime) -> dt.datetime:
    """When the nights shown move on by one: the next noon in the customer's zone."""
    zone = zoneinfo.ZoneInfo(environment.customer.time_zone)
    noon = at.astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0)
    return noon if noon > at else noon + DAY


def nights(
    good: list[dt.datetime],
    failed: list[Backup],
    gone: list[Backup],
    zone: zoneinfo.ZoneInfo,
    at: dt.datetime,
    agreement: Agreement | None = None,
) -> list[Night]:
    """The last fortnight, oldest first; before the agreed days only what is there is judged, not what is not.

    `gone` are good backups that AWS no longer has: they show from when on there were any.
    """
    good_nights = {_night_of(moment, zone) for moment in good}
    failed_nights = {_night_of(backup.started_at, zone) for backup in failed}
    expired_nights = {_night_of(row.started_at, zone) for row in gone if _kept_its_time(row, agreement)}
    begun = min(good_nights | {_night_of(row.started_at, zone) for row in gone}, default=None)
    tonight = _night_of(at, zone)
    found = []
    for back in range(NIGHTS_SHOWN - 1, -1, -1):
        date = tonight - back * DAY
        if date in good_nights:
            state = "good"
        elif date in failed_nights:
            state = "failed"
        elif date in expired_nights:
            state = "expired"
        elif not good or date < begun or (agreement and back >= agreement.retention_days):
            state = "none"
        else:
            # After the last good one a night is missing only once its hour has passed, with grace.
            nights_later = (date - max(good_nights)).days
            late = nights_later <= 0 or at > good[-1] + nights_later * DAY + GRACE
            state = "missing" if late else "coming"
        found.append(Night(date, state))
    return found
