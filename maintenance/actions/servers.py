"""What the actions on servers have in common."""

import datetime as dt
from typing import Any

from customers.models import Address, Server
from maintenance.actions.shape import Course, Facts, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import ec2
from opsportal.aws.account import Account

# Seconds that stopping and starting may take; EC2 gives up waiting for the guest after minutes (EC2 User Guide).
STOPPING, STARTING = 600, 600


# Families that share drivers (Nitro) and processor, so that a server boots under each; sizes from small to large.
_KINDRED = (("t3", "t3a", "m5", "m6i", "m7i", "c6i", "r6i"), ("t4g", "m6g", "m7g", "c7g", "r7g"))
_SMALL = ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")
_LARGE = ("large", "xlarge", "2xlarge", "4xlarge")


def facts(server: Any) -> Facts:
    """What a plan for a server depends on."""
    return {
        "state": server.state,
        "instance_type": server.instance_type,
        "root_device": server.root_device,
        "public_address": server.public_address,
    }


def around(server: Server, parameters: Facts, at: dt.datetime) -> Facts:
    """What besides the server decides what a stop loses: an address that AWS gave it for the time it runs."""
    if not server.public_address:
        return {}
    fixed = Address.objects.filter(environment=server.environment, address=server.public_address, gone_at=None).exists()
    return {"address_is_automatic": not fixed}


def other_types(server: Server) -> list[tuple[str, str]]:
    """The other sizes of the server's family, and those of its kindred."""
    own = server.instance_type.partition(".")[0]
    families = next((kindred for kindred in _KINDRED if own in kindred), (own,))
    names = [
        f"{family}.{size}"
        for family in sorted(families, key=lambda family: family != own)
        for size in (_SMALL if family.startswith("t") else _LARGE)
    ]
    return [(name, name) for name in names if name != server.instance_type]


def must_run(found: Facts) -> None:
    """Raise Refusal unless the server runs from a volume that outlives a stop."""
    if found["state"] != "running":
        raise Refusal("not-running", state=found["state"])
    if found["root_device"] != "ebs":
        raise Refusal("instance-store-root")


def stopped(server: ec2.Instance | None, step: Step) -> Seen:
    """How far a stop has come."""
    if server is None or server.state in ("terminated", "shutting-down"):
        return Seen(Course.FAILED, {"state": server.state if server else "gone"})
    told = {"state": server.state}
    if server.state == "stopped":
        return Seen(Course.DONE, told)
    if server.state == "stopping" or step.state == Step.State.ACCEPTED:
        return Seen(Course.UNDERWAY, told)
    return Seen(Course.NOTHING, told)


def started(server: ec2.Instance | None, step: Step) -> Seen:
    """How far a start has come."""
    if server is None or server.state in ("terminated", "shutting-down"):
        return Seen(Course.FAILED, {"state": server.state if server else "gone"})
    told = {"state": server.state, "state_reason": server.state_reason}
    if server.state == "running":
        return Seen(Course.DONE, told)
    if server.state == "pending":
        return Seen(Course.UNDERWAY, told)
    if step.state == Step.State.ACCEPTED:
        # A start that fails on AWS's side (Server.InternalError, capacity) falls back to stopped.
        return Seen(Course.FAILED if server.state_reason.startswith("Server.") else Course.UNDERWAY, told)
    return Seen(Course.NOTHING, told)


def is_well(account: Account, change: Change) -> Seen:
    """Whether the server runs and AWS's two checks of it are good."""
    return health(account, change.aws_id)


def health(account: Account, aws_id: str) -> Seen:
    """The same of any server."""
    status = ec2.instance_status(account, aws_id)
    if status is None:
        return Seen(Course.FAILED, {"state": "gone"})
    told = {"state": status.state, "system_check": status.system_check, "instance_check": status.instance_check}
    well = (status.state, status.system_check, status.instance_check) == ("running", "ok", "ok")
    return Seen(Course.DONE if well else Course.UNDERWAY, told)
