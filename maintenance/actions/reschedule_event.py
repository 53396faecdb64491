"""Move the start of what AWS has scheduled for a server, where AWS allows it: up to the deadline that it names."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Server
from maintenance.actions.shape import Action, Call, Course, Facts, Parameter, Plan, Refusal, Seen, moment
from maintenance.models import Change, Notice, Step
from opsportal.aws import ec2
from opsportal.aws.account import Account

# EC2 User Guide, "Reschedule a scheduled event": not in its last five minutes, and not to the next hour.
TOO_LATE = dt.timedelta(minutes=5)
AHEAD = dt.timedelta(hours=1)


def movable(server: Server) -> list[Notice]:
    """The open events of a server that AWS lets one move: those with a deadline."""
    rows = Notice.objects.filter(
        environment=server.environment, origin=Notice.Origin.EC2_EVENT, status=Notice.Status.OPEN, aws_id=server.aws_id
    )
    return list(rows.exclude(deadline_at=None).exclude(starts_at=None).order_by("starts_at", "pk"))


def _events(server: Server) -> list[tuple[str, str]]:
    return [(notice.source_id, f"{notice.code} ({moment(notice.starts_at)[:16]}Z)") for notice in movable(server)]


def _bounds(server: Server) -> tuple[dt.datetime | None, dt.datetime | None]:
    return None, max((notice.deadline_at for notice in movable(server) if notice.deadline_at), default=None)


def facts(target: Any) -> Facts:
    """Every event of the server that can be moved, with its start and deadline."""
    if isinstance(target, Server):
        told = [(notice.source_id, notice.starts_at, notice.deadline_at) for notice in movable(target)]
    else:
        told = [(event.source_id, event.starts_at, event.deadline_at) for event in target.events if event.deadline_at]
    return {"events": {source_id: [moment(starts_at), moment(deadline)] for source_id, starts_at, deadline in told}}


def around(server: Server, parameters: Facts, at: dt.datetime) -> Facts:
    """Raise Refusal unless AWS would take the new start at that moment."""
    notice = next((notice for notice in movable(server) if notice.source_id == parameters["event"]), None)
    if notice is None or notice.starts_at is None or notice.deadline_at is None:
        raise Refusal("not-movable")
    wanted = dt.datetime.fromisoformat(parameters["new_start"])
    if at > notice.starts_at - TOO_LATE:
        raise Refusal("event-too-near", starts_at=moment(notice.starts_at))
    if wanted < at + AHEAD:
        raise Refusal("start-too-near", earliest=moment(at + AHEAD))
    if wanted > notice.deadline_at:
        raise Refusal("past-deadline", deadline=moment(notice.deadline_at))
    return {}


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call; nothing stops now, the downtime moves."""
    event = parameters["event"]
    if event not in facts["events"]:
        raise Refusal("not-movable")
    named = {"InstanceId": aws_id, "InstanceEventId": event, "NotBefore": parameters["new_start"]}
    return Plan(
        calls=(Call("move-event", "ec2", "ModifyInstanceEventStartTime", named, 900),),
        downtime_seconds=0,
        undo_word="old-start",
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """Whether the event has its new start; AWS shows it after minutes, so an old one proves nothing."""
    starts_at = _start_of(account, change)
    if starts_at is None:
        return Seen(Course.FAILED, {"event": "gone"})
    told = {"starts_at": moment(starts_at)}
    if starts_at == dt.datetime.fromisoformat(change.parameters["new_start"]):
        return Seen(Course.DONE, told)
    return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.UNCLEAR, told)


def works(account: Account, change: Change) -> Seen:
    """The event stands at its new start."""
    starts_at = _start_of(account, change)
    moved = starts_at == dt.datetime.fromisoformat(change.parameters["new_start"])
    return Seen(Course.DONE if moved else Course.UNDERWAY, {"starts_at": moment(starts_at)})


def _start_of(account: Account, change: Change) -> dt.datetime | None:
    status = ec2.instance_status(account, change.aws_id)
    events = status.events if status else ()
    return next((event.starts_at for event in events if event.source_id == change.parameters["event"]), None)


ACTION = Action(
    kind="reschedule-event",
    label=_("Move an AWS event to another time"),
    action_class=ActionClass.SCHEDULE,
    subject=Change.Subject.SERVER,
    facts=facts,
    plan=plan,
    read=ec2.instance_status,
    look=look,
    works=works,
    parameters=(
        Parameter("event", _("Event"), "choice", choices=_events),
        Parameter(
            "new_start",
            _("New start"),
            "moment",
            bounds=_bounds,
            help=_("At least an hour from when the change is made, and not after the deadline."),
        ),
    ),
    around=around,
)
