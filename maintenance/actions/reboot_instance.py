"""Reboot a server where it is. AWS keeps no record of it: only its status checks, which start over, tell of one."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass
from maintenance.actions import servers
from maintenance.actions.shape import Action, Call, Course, Facts, Plan, Seen
from maintenance.models import Change, Step
from opsportal import business_time
from opsportal.aws import ec2
from opsportal.aws.account import Account

# Checks of a server that was launched a moment ago start over by themselves.
AFTER_A_LAUNCH = dt.timedelta(minutes=10)
# A request that AWS took is carried out within seconds; by then even a reboot that no look saw is over.
SURELY_BEGUN = dt.timedelta(minutes=3)


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call: the host, the addresses and the disks stay."""
    servers.must_run(facts)
    return Plan(
        calls=(Call("reboot", "ec2", "RebootInstances", {"InstanceIds": [aws_id]}, 900),),
        downtime_seconds=150,
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """Checks that start over prove it. Where AWS shows nothing, only its own yes to the request counts."""
    server, status = ec2.instance(account, change.aws_id), ec2.instance_status(account, change.aws_id)
    if server is None or status is None or status.state != "running":
        return Seen(Course.FAILED, {"state": server.state if server else "gone"})
    checks = {"system_check": status.system_check, "instance_check": status.instance_check}
    anew = "initializing" in checks.values() and not _just_launched(server, step)
    told = {**checks, "started_over": anew or bool(step.seen.get("started_over"))}
    if "initializing" in checks.values():
        return Seen(Course.UNDERWAY if anew else Course.UNCLEAR, told)
    if told["started_over"]:
        return Seen(Course.DONE, told)
    if step.state != Step.State.ACCEPTED:
        return Seen(Course.UNCLEAR, told)
    waited = business_time.now() - step.begun_at >= SURELY_BEGUN
    return Seen(Course.DONE if waited else Course.UNDERWAY, told)


def _just_launched(server: ec2.Instance, step: Step) -> bool:
    return server.launched_at is not None and server.launched_at > step.begun_at - AFTER_A_LAUNCH


ACTION = Action(
    kind="reboot-instance",
    label=_("Reboot the server"),
    action_class=ActionClass.SERVER_RESTART,
    subject=Change.Subject.SERVER,
    facts=servers.facts,
    plan=plan,
    read=ec2.instance,
    look=look,
    works=servers.is_well,
)
