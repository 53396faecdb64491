"""Restore a backup: always into something new, under the change's own name; what runs is not touched."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Server, Volume
from maintenance import backups
from maintenance.actions import saved
from maintenance.actions.shape import Action, Call, Course, Facts, Plan, Refusal, Seen
from maintenance.models import Backup, Change, Step
from opsportal.aws import ec2, rds
from opsportal.aws.account import Account

_BROKEN = ("failed", "incompatible-restore", "incompatible-network", "error")


def around(backup: Backup, parameters: Facts, at: dt.datetime) -> Facts:
    """Where a disk has to be so that its server can use it."""
    if backup.kind != saved.SNAPSHOT:
        return {}
    here = {"environment": backup.environment}
    volume = Volume.objects.filter(**here, aws_id=backup.volume_aws_id).first()
    server = Server.objects.filter(**here, aws_id=backup.subject_aws_id or "-").first()
    zone = (volume.zone if volume else "") or (server.zone if server else "")
    if not zone:
        raise Refusal("zone-unknown")
    return {"zone": zone}


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call, which makes a database or a disk; it costs from then on until somebody removes it."""
    if facts["state"] != Backup.State.GOOD:
        raise Refusal("not-good", state=facts["state"])
    mark = parameters["mark"]
    if facts["kind"] in saved.OF_DATABASES:
        named = {
            "DBInstanceIdentifier": mark,
            "DBSnapshotIdentifier": facts["name"],
            "PubliclyAccessible": False,
            "MultiAZ": False,
        }
        call = Call("restore", "rds", "RestoreDBInstanceFromDBSnapshot", named, 4 * 3600)
    elif facts["kind"] == saved.SNAPSHOT:
        named = {
            "SnapshotId": aws_id,
            "AvailabilityZone": parameters["zone"],
            "VolumeType": "gp3",
            "ClientToken": mark,
            "TagSpecifications": [{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": mark}]}],
        }
        call = Call("restore", "ec2", "CreateVolume", named, 3600, token="ClientToken")
    else:
        raise Refusal("restored-by-hand", kind=facts["kind"])
    return Plan(calls=(call,), downtime_seconds=0, undo_word="remove-it", cost_word="second-one")


def look(account: Account, change: Change, step: Step) -> Seen:
    """The new thing under the change's name."""
    state = _state_of_new(account, change)
    told = {"name": change.mark, "state": state or "none"}
    if not state:
        return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.NOTHING, told)
    if state in _BROKEN:
        return Seen(Course.FAILED, told)
    return Seen(Course.DONE if state == "available" else Course.UNDERWAY, told)


def works(account: Account, change: Change) -> Seen:
    """It is there and whole."""
    state = _state_of_new(account, change)
    return Seen(Course.DONE if state == "available" else Course.UNDERWAY, {"state": state or "none"})


def _state_of_new(account: Account, change: Change) -> str:
    if change.based_on["kind"] in saved.OF_DATABASES:
        database = rds.instance(account, change.mark)
        return database.state if database else ""
    return next((volume.state for volume in ec2.volumes(account) if volume.name == change.mark), "")


ACTION = Action(
    kind="restore-backup",
    label=_("Restore a backup into something new"),
    action_class=ActionClass.RESTORE,
    subject=Change.Subject.BACKUP,
    facts=saved.facts,
    plan=plan,
    read=backups.one,
    look=look,
    works=works,
    around=around,
)
