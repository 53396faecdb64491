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


# Sizes of one family, from small to large; a step outside the family may need other drivers, and is planned by hand.
_BURSTABLE = ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")
_FIXED = ("medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge")


def facts(server: Any) -> Facts:
    """What a plan for a server depends on."""
    return {
        "state": server.state,
        "instance_type": server.instance_type,
        "root_device": server.root_device,
        "public_address": server.public_address,
    }


def around(server: Server, at: dt.datetime) -> Facts:
    """What besides the server decides what a stop loses: an address that AWS gave it for the time it runs."""
    if not server.public_address:
        return {}
    fixed = Address.objects.filter(environment=server.environment, address=server.public_address, gone_at=None).exists()
    return {"address_is_automatic": not fixed}


def other_types(server: Server) -> list[tuple[str, str]]:
    """The other sizes of the server's own family."""
    family, _, size = server.instance_type.partition(".")
    sizes = _BURSTABLE if family.startswith("t") else _FIXED
    return [(name, name) for name in (f"{family}.{other}" for other in sizes if other != size)]


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
    status = ec2.instance_status(account, change.aws_id)
    if status is None:
        return Seen(Course.FAILED, {"state": "gone"})
    told = {"state": status.state, "system_check": status.system_check, "instance_check": status.instance_check}
    well = (status.state, status.system_check, status.instance_check) == ("running", "ok", "ok")
    return Seen(Course.DONE if well else Course.UNDERWAY, told)
