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
}
# What cannot be got back.
LOST: dict[str, Text] = {
    "instance-store": gettext_lazy("What lies on temporary disks of the hardware (instance store), if they are used"),
    "public-address": gettext_lazy("The present public address: AWS gives out another one"),
}
# How it is undone.
UNDO: dict[str, Text] = {
    "none": gettext_lazy("It cannot be undone."),
    "start-again": gettext_lazy("The server can be started again at any time; nothing else is changed."),
    "old-type": gettext_lazy("When the server does not start, the old type is put back at once and it is started."),
}
# How the bill changes.
COSTS: dict[str, Text] = {
    "none": gettext_lazy("The AWS bill stays the same."),
    "snapshot": gettext_lazy("AWS bills the storage of the snapshot until it is deleted."),
    "other-type": gettext_lazy("AWS bills the price of the new type from the start on."),
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
}
