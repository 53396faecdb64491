"""What the short words of the actions mean to a person: steps, what is lost, how it is undone, costs, refusals."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Text = str | Promise

# Step → what it does, as a person would say it.
STEPS: dict[str, Text] = {
    "stop": gettext_lazy("Stop the server"),
    "start": gettext_lazy("Start the server"),
    "change-type": gettext_lazy("Change the instance type"),
    "change-type-back": gettext_lazy("Put the old instance type back"),
    "start-again": gettext_lazy("Start the server again"),
    "snapshot": gettext_lazy("Take the snapshot"),
    "image": gettext_lazy("Make the image"),
    "reboot": gettext_lazy("Reboot"),
    "restart": gettext_lazy("Restart the service"),
    "grow-volume": gettext_lazy("Make the disk bigger"),
    "grow-file-system": gettext_lazy("Let the file system use the new space"),
    "grow-storage": gettext_lazy("Make the disk of the database bigger"),
    "change-class": gettext_lazy("Change the class of the database"),
    "apply": gettext_lazy("Tell RDS when to apply it"),
    "move-window": gettext_lazy("Move the maintenance window"),
    "move-event": gettext_lazy("Move the AWS event"),
    "delete": gettext_lazy("Delete the backup"),
    "restore": gettext_lazy("Restore the backup beside what runs"),
    "allow": gettext_lazy("Allow what the rule says"),
    "take-away": gettext_lazy("Take the rule away"),
    "upgrade": gettext_lazy("Upgrade the engine"),
}
# What cannot be got back.
LOST: dict[str, Text] = {
    "instance-store": gettext_lazy("What lies on temporary disks of the hardware (instance store), if they are used"),
    "public-address": gettext_lazy("The present public address: AWS gives out another one"),
    "connections": gettext_lazy("Connections that are open at that moment; visitors load the page once more"),
    "no-shrinking": gettext_lazy("A disk cannot be made smaller again"),
    "the-backup": gettext_lazy("The backup itself, and every moment that only it could bring back"),
    "access-by-the-rule": gettext_lazy("Access from the addresses that the rule lets in"),
    "no-way-back": gettext_lazy("The way back to the old version: the engine cannot be downgraded"),
    "open-writes": gettext_lazy("What programs have not yet written to the disk is not in the image"),
}
# How it is undone.
UNDO: dict[str, Text] = {
    "none": gettext_lazy("It cannot be undone."),
    "start-again": gettext_lazy("The server can be started again at any time; nothing else is changed."),
    "old-type": gettext_lazy("When the server does not start, the old type is put back at once and it is started."),
    "opt-in": gettext_lazy("Until it begins it can be taken out of the window again."),
    "old-class": gettext_lazy("The old class can be put back, with the same downtime."),
    "old-window": gettext_lazy("The old window can be put back at any time."),
    "opposite-rule": gettext_lazy("The opposite rule can be set again at any time."),
    "remove-it": gettext_lazy("What was restored can simply be removed; what runs stays untouched."),
    "restore": gettext_lazy("Only by restoring the backup of before; what was written since is then lost."),
    "old-start": gettext_lazy("It can be moved again, up to AWS's deadline."),
}
# How the bill changes.
COSTS: dict[str, Text] = {
    "none": gettext_lazy("The AWS bill stays the same."),
    "snapshot": gettext_lazy("AWS bills the storage of the snapshot until it is deleted."),
    "other-type": gettext_lazy("AWS bills the price of the new type from the start on."),
    "less-storage": gettext_lazy("AWS no longer bills the storage of this backup."),
    "second-one": gettext_lazy("AWS bills what was restored as a second one until it is removed."),
    "bigger-disk": gettext_lazy("AWS bills the bigger disk from then on."),
}
# Why no plan can be made.
REFUSALS: dict[str, Text] = {
    "not-running": gettext_lazy("This works only on a running server. It is now: %(state)s. Start it first."),
    "instance-store-root": gettext_lazy(
        "The server's system disk is an instance store: stopping it would delete the server."
    ),
    "same-type": gettext_lazy("The server is of the type %(instance_type)s already. Choose another one."),
    "not-available": gettext_lazy("The database must be running for this. It is now: %(state)s."),
    "no-act-role": gettext_lazy(
        "The portal may only read in this AWS account. Name the role with which it acts, in the set-up of the customer."
    ),
    "gone": gettext_lazy("AWS no longer knows this server or database."),
    "already-so": gettext_lazy("It is so already. Choose something else."),
    "not-pending": gettext_lazy("RDS has no such maintenance pending any more."),
    "nothing-to-undo": gettext_lazy("It was not put into the next window, so there is nothing to take out."),
    "not-bigger": gettext_lazy("It has %(size_gb)s GiB already. Choose a bigger size."),
    "agent-silent": gettext_lazy(
        "The SSM agent of the server does not answer, so that no command reaches it. Look at the agent first."
    ),
    "takes-pending-along": gettext_lazy(
        "Other changes of this database wait for its window, and would be done at once as well. Settle those first."
    ),
    "not-attached": gettext_lazy("The disk belongs to no server at the moment."),
    "overlaps-backup-window": gettext_lazy("This overlaps the backup window of the database. Choose another time."),
    "window-is-now": gettext_lazy(
        "The new window begins too soon: what is pending would reboot the database at once. Choose another time."
    ),
    "not-movable": gettext_lazy("AWS does not let this event be moved."),
    "event-too-near": gettext_lazy("The event begins at %(starts_at)s; so shortly before, AWS moves it no more."),
    "start-too-near": gettext_lazy("The new start must be %(earliest)s or later."),
    "past-deadline": gettext_lazy("The new start lies after AWS's deadline, %(deadline)s."),
    "no-agreement": gettext_lazy("Nothing was agreed about how long backups are kept, so none is deleted."),
    "within-retention": gettext_lazy("The backup is younger than the agreed %(days)s days."),
    "newest-good": gettext_lazy("This is the newest good backup; it is never deleted."),
    "enough-for-a-day": gettext_lazy("No more than %(most)s backups are deleted in one day. Go on tomorrow."),
    "being-made": gettext_lazy("The backup is still being made."),
    "deletes-itself": gettext_lazy("This kind of backup is deleted by AWS itself when its time is over."),
    "open-to-the-world": gettext_lazy("The rule would be open to the whole internet, and is not set from here."),
    "zone-unknown": gettext_lazy("It is not known in which zone the disk stood. Restore it by hand."),
    "not-good": gettext_lazy("The backup is not good: nothing can be restored from it."),
    "restored-by-hand": gettext_lazy("This kind of backup is restored in the AWS console."),
    "not-a-target": gettext_lazy("RDS does not offer this version from %(version)s on."),
    "no-backups": gettext_lazy("The database has no automatic backups: after an upgrade there would be no way back."),
    "step-differs": gettext_lazy("A step would no longer be what was approved. Propose the change anew."),
}
# Why the value of one parameter is not taken.
PARAMETERS: dict[str, Text] = {
    "missing": gettext_lazy("Choose or write a value."),
    "not-offered": gettext_lazy("This is not offered any more. Choose another one."),
    "out-of-bounds": gettext_lazy("This lies outside of what is possible: %(least)s to %(most)s."),
    "not-understood": gettext_lazy("This could not be read. Write it once more."),
}
