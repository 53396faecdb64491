"""How long engines and certificates are supported, and which databases are near the end (N4)."""

import datetime as dt
from typing import Any

from customers import needs
from customers.models import Database, Duty, Environment, Need, Poll
from customers.polls import Look, Verdict, blind, unblind
from maintenance.models import EngineLifecycle, EngineTarget
from opsportal.aws import rds

PLAN_BEFORE = dt.timedelta(days=180)
SOON_BEFORE = dt.timedelta(days=60)


def gather(look: Look) -> dict[str, Any]:
    """Support dates of the engines that this environment runs, and what their versions can be upgraded to."""
    rows = Database.objects.filter(environment=look.environment, gone_at=None)
    versions = sorted(set(rows.values_list("engine", "engine_version")))
    support = [look.part(rds.engine_support, engine) for engine in sorted({engine for engine, _ in versions})]
    targets = [look.part(rds.upgrade_targets, engine, version) for engine, version in versions]
    return {
        "support": [line for lines in support if lines for line in lines],
        # A version that could not be asked about keeps what is known of it.
        "targets": {key: found for key, found in zip(versions, targets, strict=True) if found is not None},
    }


def store(environment: Environment, seen: dict[str, Any], at: dt.datetime) -> bool:
    """Keep the support dates; they are the same for every customer, and what they mean here is told by judge()."""
    EngineLifecycle.objects.bulk_create(
        [
            EngineLifecycle(
                engine=line.engine,
                major_version=line.major_version,
                standard_ends_at=line.standard_ends_at,
                extended_ends_at=line.extended_ends_at,
                read_at=at,
            )
            for line in seen["support"]
        ],
        update_conflicts=True,
        unique_fields=["engine", "major_version"],
        update_fields=["standard_ends_at", "extended_ends_at", "read_at"],
    )
    for (engine, version), found in seen["targets"].items():
        _keep_targets(engine, version, found, at)
    return False


def _keep_targets(engine: str, version: str, found: list[rds.UpgradeTarget], at: dt.datetime) -> None:
    rows = [
        EngineTarget(engine=engine, version=version, target=one.target, major=one.major, read_at=at) for one in found
    ]
    EngineTarget.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["engine", "version", "target"],
        update_fields=["major", "read_at"],
    )
    EngineTarget.objects.filter(engine=engine, version=version, read_at__lt=at).delete()


def lifecycle_of(database: Database, lifecycles: list[EngineLifecycle]) -> EngineLifecycle | None:
    """The support dates of a database's major version: 8.0.36 belongs to 8.0, PostgreSQL 16.3 to 16."""
    for line in lifecycles:
        if line.engine == database.engine and f"{database.engine_version}.".startswith(f"{line.major_version}."):
            return line
    return None


def judge(environment: Environment, failures: list[dict[str, str]], at: dt.datetime) -> Verdict:
    """Say how N4 stands for the databases; time alone makes an end more urgent."""
    databases = list(Database.objects.filter(environment=environment, gone_at=None))
    lifecycles = list(EngineLifecycle.objects.filter(engine__in={row.engine for row in databases}))
    wanted, ends = [], []
    for database in databases:
        line = lifecycle_of(database, lifecycles)
        if line:
            ends.append(line.standard_ends_at)
            wanted += _ending(database, "engine-support-ending", line.standard_ends_at, at)
        if database.certificate_ends_at:
            ends.append(database.certificate_ends_at)
            wanted += _ending(database, "certificate-ending", database.certificate_ends_at, at)
    changed = needs.hold(environment, "lifecycles", wanted, at)
    if failures:
        changed |= blind(environment, Poll.Reading.LIFECYCLES, failures, at)
    elif not ends:
        changed |= unblind(environment, Poll.Reading.LIFECYCLES)
    if ends and (wanted or not failures):
        changed |= needs.judge(
            environment,
            Duty.N4,
            needs.worst(wanted),
            "support-ending" if wanted else "support-good",
            reading=Poll.Reading.LIFECYCLES,
            at=at,
            facts={"count": len(wanted)},
            next_at=min(ends),
        )
    thresholds = [end - before for end in ends for before in (PLAN_BEFORE, SOON_BEFORE, dt.timedelta(0))]
    return Verdict(changed, min((moment for moment in thresholds if moment > at), default=None))


def _urgency(left: dt.timedelta) -> Need.Urgency:
    """What has ended costs or fails already."""
    if left <= dt.timedelta(0):
        return Need.Urgency.NOW
    return Need.Urgency.PLAN if left > SOON_BEFORE else Need.Urgency.SOON


def _ending(database: Database, kind: str, ends_at: dt.datetime, at: dt.datetime) -> list[needs.Wanted]:
    if ends_at - at > PLAN_BEFORE:
        return []
    return [
        needs.Wanted(
            key=f"{kind}-{database.aws_id}",
            duty=Duty.N4,
            kind=kind,
            urgency=_urgency(ends_at - at),
            facts={
                "name": database.name,
                "aws_id": database.aws_id,
                "engine": database.engine,
                "version": database.engine_version,
                "certificate": database.certificate,
                "over": ends_at <= at,
            },
            deadline_at=ends_at,
        )
    ]
