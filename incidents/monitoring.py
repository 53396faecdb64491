"""Monitoring settings: which alarms watch what, and which of them ring (I1)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from customers import inventory, needs
from customers.models import Database, Duty, DutyState, Environment, Need, Poll, Server
from customers.polls import Look, Verdict, blind
from incidents.models import Alarm
from opsportal.aws import cloudwatch

_SUBJECTS = {"InstanceId": "server", "DBInstanceIdentifier": "database", "LoadBalancer": "balancer"}


def gather(look: Look) -> dict[str, Any]:
    """Every alarm of the account."""
    return {"alarms": look.part(cloudwatch.alarms)}


@dataclass(frozen=True)
class _Watching(cloudwatch.MetricAlarm):
    """An alarm together with the one thing of ours that it watches; both empty when it watches none."""

    subject: str
    subject_aws_id: str


def store(environment: Environment, seen: dict[str, Any], at: dt.datetime) -> bool:
    """Keep the alarms as CloudWatch tells them; returns whether anything differed."""
    if seen["alarms"] is None:
        return False
    return inventory.keep(Alarm, environment, [_watching(alarm) for alarm in seen["alarms"]], at)


def _watching(alarm: cloudwatch.MetricAlarm) -> _Watching:
    for dimension, subject in _SUBJECTS.items():
        if dimension in alarm.dimensions:
            return _Watching(**vars(alarm), subject=subject, subject_aws_id=alarm.dimensions[dimension])
    return _Watching(**vars(alarm), subject="", subject_aws_id="")


def judge(environment: Environment, failures: list[dict[str, str]], at: dt.datetime) -> Verdict:
    """Say which alarms ring, and which servers and databases nobody watches."""
    alarms = list(Alarm.objects.filter(environment=environment, gone_at=None))
    ringing = [_ringing(alarm) for alarm in alarms if alarm.state == "ALARM" and not _scales(alarm)]
    changed = needs.hold(environment, "alarms-ringing", ringing, at)
    changed |= needs.judge_response(environment, at)
    wanted = [*_unwatched(environment, alarms), *(_muted(alarm) for alarm in alarms if not alarm.actions_enabled)]
    changed |= needs.hold(environment, "alarms", wanted, at)
    if failures:
        return Verdict(blind(environment, Poll.Reading.ALARMS, failures, at) or changed)
    changed |= needs.judge(
        environment,
        Duty.I1,
        needs.worst(wanted) if alarms else DutyState.State.WATCH,
        "alarms-lacking" if wanted or not alarms else "alarms-good",
        reading=Poll.Reading.ALARMS,
        at=at,
        facts={"count": len(alarms), "lacking": len(wanted)},
    )
    return Verdict(changed)


def _scales(alarm: Alarm) -> bool:
    """Whether Auto Scaling made the alarm for itself: its low side rests in ALARM whenever there is little to do."""
    return alarm.name.startswith("TargetTracking-")


def _ringing(alarm: Alarm) -> needs.Wanted:
    return needs.Wanted(
        key=f"alarm-{alarm.aws_id}",
        duty=Duty.I3,
        kind="alarm-ringing",
        urgency=Need.Urgency.NOW,
        facts={"name": alarm.name, "description": alarm.description, "condition": alarm.condition},
    )


def _unwatched(environment: Environment, alarms: list[Alarm]) -> list[needs.Wanted]:
    watched = {alarm.subject_aws_id for alarm in alarms}
    things = [
        *Server.objects.filter(environment=environment, gone_at=None),
        *Database.objects.filter(environment=environment, gone_at=None),
    ]
    return [
        needs.Wanted(
            key=f"unwatched-{thing.aws_id}",
            duty=Duty.I1,
            kind="alarm-missing",
            urgency=Need.Urgency.PLAN,
            facts={"name": thing.name or thing.aws_id, "aws_id": thing.aws_id},
        )
        for thing in things
        if thing.aws_id not in watched
    ]


def _muted(alarm: Alarm) -> needs.Wanted:
    return needs.Wanted(
        key=f"muted-{alarm.aws_id}",
        duty=Duty.I1,
        kind="alarm-muted",
        urgency=Need.Urgency.PLAN,
        facts={"name": alarm.name},
    )
