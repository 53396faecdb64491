"""Make an image of a server while it runs on, under a name that can be taken only once."""

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass
from maintenance.actions import servers
from maintenance.actions.shape import Action, Call, Course, Facts, Plan, Seen
from maintenance.models import Change, Step
from opsportal.aws import ec2
from opsportal.aws.account import Account


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call; without a reboot the disks are caught as at a power cut, which databases and file systems survive."""
    servers.must_run(facts)
    named = {"InstanceId": aws_id, "Name": parameters["mark"], "NoReboot": True}
    return Plan(
        calls=(Call("image", "ec2", "CreateImage", named, 4 * 3600),),
        downtime_seconds=0,
        lost=("open-writes",),
        cost_word="snapshot",
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """The image under its name: there and whole, or being made, or not there."""
    image = next((image for image in ec2.images(account) if image.name == step.parameters["Name"]), None)
    if image is None:
        return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.NOTHING)
    told = {"image": image.aws_id, "state": image.state}
    failed = image.state in ("failed", "error", "invalid")
    return Seen(
        Course.DONE if image.state == "available" else Course.FAILED if failed else Course.UNDERWAY,
        told,
    )


ACTION = Action(
    kind="take-server-backup",
    label=_("Make an image of the server"),
    action_class=ActionClass.BACKUP,
    subject=Change.Subject.SERVER,
    facts=servers.facts,
    plan=plan,
    read=ec2.instance,
    look=look,
    works=servers.is_well,
)
