"""Give a server another instance type: it has to be stopped for it."""

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass
from maintenance.actions import servers
from maintenance.actions.shape import Action, Call, Course, Facts, Parameter, Plan, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import ec2
from opsportal.aws.account import Account


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """Stop, change the type, start; when it does not start (no capacity), the old type is put back and started."""
    servers.must_run(facts)
    wanted = parameters["instance_type"]
    if wanted == facts["instance_type"]:
        raise Refusal("same-type", instance_type=wanted)
    instance = {"InstanceIds": [aws_id]}
    return Plan(
        calls=(
            Call("stop", "ec2", "StopInstances", instance, servers.STOPPING),
            _typed("change-type", aws_id, wanted),
            Call("start", "ec2", "StartInstances", instance, servers.STARTING),
        ),
        downtime_seconds=420,
        lost=("instance-store", *(["public-address"] if parameters.get("address_is_automatic") else [])),
        undo=(
            _typed("change-type-back", aws_id, facts["instance_type"]),
            Call("start-again", "ec2", "StartInstances", instance, servers.STARTING),
        ),
        undo_word="old-type",
        cost_word="other-type",
    )


def _typed(name: str, aws_id: str, instance_type: str) -> Call:
    parameters = {"InstanceId": aws_id, "InstanceType": {"Value": instance_type}}
    return Call(name, "ec2", "ModifyInstanceAttribute", parameters, 60)


def look(account: Account, change: Change, step: Step) -> Seen:
    """How far a step has come; a type is changed at once or not at all."""
    server = ec2.instance(account, change.aws_id)
    if step.name == "stop":
        return servers.stopped(server, step)
    if step.name.startswith("start"):
        return servers.started(server, step)
    if server is None:
        return Seen(Course.FAILED, {"state": "gone"})
    reached = server.instance_type == step.parameters["InstanceType"]["Value"]
    told = {"instance_type": server.instance_type, "state": server.state}
    if reached:
        return Seen(Course.DONE, told)
    return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.NOTHING, told)


def works(account: Account, change: Change) -> Seen:
    """The server runs under the new type, and both status checks are good."""
    server = ec2.instance(account, change.aws_id)
    if server is None or server.instance_type != change.parameters["instance_type"]:
        return Seen(Course.FAILED, {"instance_type": server.instance_type if server else "gone"})
    return servers.is_well(account, change)


ACTION = Action(
    kind="resize-instance",
    label=_("Change the instance type"),
    action_class=ActionClass.RESIZE,
    subject=Change.Subject.SERVER,
    facts=servers.facts,
    plan=plan,
    read=ec2.instance,
    look=look,
    works=works,
    parameters=(Parameter("instance_type", _("New instance type"), "choice", choices=servers.other_types),),
    around=servers.around,
)
