"""Systems Manager as the portal reads it."""

from dataclasses import dataclass

from opsportal.aws.account import Account


@dataclass(frozen=True)
class ManagedInstance:
    """A server whose agent reports; ping is "Online", "ConnectionLost" or "Inactive"."""

    aws_id: str
    agent_state: str
    os_name: str
    os_version: str


def managed_instances(account: Account) -> list[ManagedInstance]:
    """All EC2 instances whose agent has ever reported."""
    return [
        ManagedInstance(
            aws_id=row["InstanceId"],
            agent_state=row.get("PingStatus", ""),
            os_name=row.get("PlatformName", ""),
            os_version=row.get("PlatformVersion", ""),
        )
        for row in account.pages("ssm", "DescribeInstanceInformation", "InstanceInformationList")
    ]


@dataclass(frozen=True)
class Command:
    """One command that was sent to a server; status as AWS words it, such as "InProgress" or "Success"."""

    aws_id: str
    comment: str
    status: str


def commands(account: Account, server_aws_id: str) -> list[Command]:
    """The commands that were sent to one server in the last 30 days, the newest first."""
    rows = account.pages("ssm", "ListCommands", "Commands", InstanceId=server_aws_id)
    return [Command(row["CommandId"], row.get("Comment", ""), row["Status"]) for row in rows]
