"""Make a disk bigger while it is in use, then the file system on it. A disk never shrinks again."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Server, Volume
from maintenance.actions import commands, servers
from maintenance.actions.shape import Action, Call, Course, Facts, Parameter, Plan, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import ec2
from opsportal.aws.account import Account

# The most that a gp2 or gp3 volume has, in GiB.
LARGEST = 16_384
# The biggest mounted file system of the volume, wherever the guest put it; growpart says 1 where nothing is to be done.
_GROW = """set -eu
disk=$(readlink -e /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{volume})
device=$(lsblk -lnbpo SIZE,NAME,MOUNTPOINT "$disk" | awk '$3 ~ /^\\//' | sort -rn | awk 'NR == 1 {{print $2}}')
if [ "$device" != "$disk" ]; then
  growpart "$disk" "$(cat "/sys/class/block/${{device##*/}}/partition")" || [ $? -eq 1 ]
fi
target=$(findmnt -nfo TARGET "$device")
case $(findmnt -nfo FSTYPE "$device") in
  xfs) xfs_growfs -d "$target" ;;
  ext4) resize2fs "$device" ;;
  *) exit 3 ;;
esac"""


def facts(volume: Any) -> Facts:
    """What growing depends on: where it is, and how big."""
    return {
        "state": volume.state,
        "size_gb": volume.size_gb,
        "volume_type": volume.volume_type,
        "server_aws_id": volume.server_aws_id,
    }


def around(volume: Volume, parameters: Facts, at: dt.datetime) -> Facts:
    """Raise Refusal unless the server that uses it can grow its file system."""
    server = Server.objects.filter(
        environment=volume.environment, aws_id=volume.server_aws_id or "-", gone_at=None
    ).first()
    if server is None:
        raise Refusal("not-attached")
    if server.state != "running":
        raise Refusal("not-running", state=server.state)
    commands.must_listen(server.agent_state)
    return {}


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """Two calls, both while everything runs."""
    if facts["state"] != "in-use":
        raise Refusal("not-attached", state=facts["state"])
    wanted = parameters["size_gb"]
    if wanted <= facts["size_gb"]:
        raise Refusal("not-bigger", size_gb=facts["size_gb"])
    lines = _GROW.format(volume=aws_id.replace("-", "")).splitlines()
    named = commands.parameters(facts["server_aws_id"], parameters["mark"], "grow-file-system", lines)
    return Plan(
        calls=(
            Call("grow-volume", "ec2", "ModifyVolume", {"VolumeId": aws_id, "Size": wanted}, 3600),
            Call("grow-file-system", "ssm", "SendCommand", named, commands.PATIENCE),
        ),
        downtime_seconds=0,
        lost=("no-shrinking",),
        cost_word="bigger-disk",
    )


def look(account: Account, change: Change, step: Step) -> Seen:
    """The volume's last modification; from "optimizing" on, the new size can be used (EBS User Guide)."""
    if step.operation == "SendCommand":
        return commands.course(account, change, step)
    volume = ec2.volume(account, change.aws_id)
    if volume is None:
        return Seen(Course.FAILED, {"state": "gone"})
    state, target = ec2.volume_modification(account, change.aws_id)
    told = {"size_gb": volume.size_gb, "modification": state}
    if volume.size_gb >= change.parameters["size_gb"] and state in ("", "optimizing", "completed"):
        return Seen(Course.DONE, told)
    if target == change.parameters["size_gb"]:
        return Seen(Course.FAILED if state == "failed" else Course.UNDERWAY, told)
    return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.NOTHING, told)


def works(account: Account, change: Change) -> Seen:
    """The disk has its size, and the server that uses it is well."""
    volume = ec2.volume(account, change.aws_id)
    if volume is None or volume.size_gb < change.parameters["size_gb"]:
        return Seen(Course.FAILED, {"size_gb": volume.size_gb if volume else "gone"})
    return servers.health(account, volume.server_aws_id)


ACTION = Action(
    kind="grow-volume",
    label=_("Make a disk bigger"),
    action_class=ActionClass.STORAGE,
    subject=Change.Subject.VOLUME,
    facts=facts,
    plan=plan,
    read=ec2.volume,
    look=look,
    works=works,
    parameters=(
        Parameter(
            "size_gb",
            _("New size in GiB"),
            "number",
            bounds=lambda volume: (volume.size_gb + 1, LARGEST),
            start=lambda volume: -(-volume.size_gb * 3 // 2),
        ),
    ),
    around=around,
)
