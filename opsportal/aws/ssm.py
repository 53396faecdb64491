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
