"""Delete one backup that was kept for longer than agreed. Nothing brings it back.

Each kind of id has its own operation; the newest good backup of its subject is never touched, nor is more than a
part of them in a day; a day lies between the proposal, which everybody can see, and the deed.
"""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from customers import agreements
from customers.models import ActionClass
from maintenance import backups
from maintenance.actions import saved
from maintenance.actions.shape import Action, Call, Course, Facts, Plan, Refusal, Seen
from maintenance.models import Backup, Change, Step
from opsportal.aws.account import Account

WAIT = dt.timedelta(days=1)
# At most one in so many of an environment's backups in a day, and one at least.
SHARE = 5
DAY = dt.timedelta(days=1)


def around(backup: Backup, parameters: Facts, at: dt.datetime) -> Facts:
    """Raise Refusal unless the agreement lets it go and a newer good one of the same thing stays."""
    agreement = agreements.agreement_at(backup.environment, at)
    if agreement is None:
        raise Refusal("no-agreement")
    if backup.started_at > at - dt.timedelta(days=agreement.retention_days):
        raise Refusal("within-retention", days=agreement.retention_days)
    others = _of_the_same(backup)
    if not others.filter(started_at__gt=backup.started_at).exists():
        raise Refusal("newest-good")
    most = max(1, Backup.objects.filter(environment=backup.environment, gone_at=None).count() // SHARE)
    if _begun_since(backup, at - DAY) >= most:
        raise Refusal("enough-for-a-day", most=most)
    return {"days": agreement.retention_days}


def _of_the_same(backup: Backup):
    """The other good backups of the same disk, or of the same server or database as a whole."""
    good = Backup.objects.filter(environment=backup.environment, gone_at=None, state=Backup.State.GOOD)
    good = good.exclude(pk=backup.pk).exclude(kind=Backup.Kind.BACKUP_JOB)
    if backup.volume_aws_id:
        return good.filter(volume_aws_id=backup.volume_aws_id)
    if not backup.subject_aws_id:
        return good.none()
    return good.filter(subject=backup.subject, subject_aws_id=backup.subject_aws_id, volume_aws_id="")


def _begun_since(backup: Backup, since: dt.datetime) -> int:
    return (
        Change.objects.filter(environment=backup.environment, action=ACTION.kind, started_at__gt=since)
        .exclude(aws_id=backup.aws_id)
        .count()
    )


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """The one operation for its kind of id."""
    if facts["state"] == Backup.State.RUNNING:
        raise Refusal("being-made")
    if facts["kind"] == saved.SNAPSHOT and aws_id.startswith("snap-"):
        call = Call("delete", "ec2", "DeleteSnapshot", {"SnapshotId": aws_id}, 600)
    elif facts["kind"] == saved.IMAGE and aws_id.startswith("ami-"):
        call = Call("delete", "ec2", "DeregisterImage", {"ImageId": aws_id}, 600)
    elif facts["kind"] == Backup.Kind.RDS_MANUAL and ":snapshot:" in aws_id:
        call = Call("delete", "rds", "DeleteDBSnapshot", {"DBSnapshotIdentifier": facts["name"]}, 1800)
    else:
        # RDS and AWS Backup delete their own at the end of the retention that is set there.
        raise Refusal("deletes-itself", kind=facts["kind"])
    return Plan(calls=(call,), downtime_seconds=0, lost=("the-backup",), cost_word="less-storage")


def look(account: Account, change: Change, step: Step) -> Seen:
    """Gone is done; a deletion that AWS took may be seen a little later."""
    if backups.one(account, change.aws_id) is None:
        return Seen(Course.DONE, {"state": "gone"})
    return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.NOTHING, {"state": "there"})


def works(account: Account, change: Change) -> Seen:
    """It is gone, and stays so."""
    gone = backups.one(account, change.aws_id) is None
    return Seen(Course.DONE if gone else Course.FAILED, {"state": "gone" if gone else "there"})


ACTION = Action(
    kind="delete-backup",
    label=_("Delete a backup"),
    action_class=ActionClass.BACKUP_DELETION,
    subject=Change.Subject.BACKUP,
    facts=saved.facts,
    plan=plan,
    read=backups.one,
    look=look,
    works=works,
    around=around,
    lead=WAIT,
)
