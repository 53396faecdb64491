"""Stop a server and start it again: it mostly comes up on other hardware, which ends a retirement notice."""

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass
from maintenance.actions import servers
from maintenance.actions.shape import Action, Call, Facts, Plan, Seen
from maintenance.models import Change, Step
from opsportal.aws import ec2
from opsportal.aws.account import Account


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """Stop, then start. Instance-store data and an automatic public address do not outlive a stop (EC2 User Guide)."""
    servers.must_run(facts)
    instance = {"InstanceIds": [aws_id]}
    return Plan(
        calls=(
            Call("stop", "ec2", "StopInstances", instance, servers.STOPPING),
            Call("start", "ec2", "StartInstances", instance, servers.STARTING),
        ),
        downtime_seconds=300,
        lost=("instance-store", *(["public-address"] if parameters.get("address_is_automatic") else [])),
        undo_word="start-again",
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """How far the stop or the start has come; a start counts once the server was launched anew."""
    server = ec2.instance(account, change.aws_id)
    return servers.stopped(server, step) if step.name == "stop" else servers.started(server, step)


ACTION = Action(
    kind="stop-start",
    label=_("Stop and start the server"),
    action_class=ActionClass.SERVER_RESTART,
    subject=Change.Subject.SERVER,
    facts=servers.facts,
    plan=plan,
    read=ec2.instance,
    look=look,
    works=servers.is_well,
    around=servers.around,
)
