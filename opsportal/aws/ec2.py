"""EC2 as the portal reads it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from opsportal.aws.account import Account


def tags_of(row: dict[str, Any], key: str = "Tags") -> dict[str, str]:
    """AWS's list of tags as a dictionary."""
    return {tag["Key"]: tag["Value"] for tag in row.get(key) or ()}


@dataclass(frozen=True)
class Instance:
    """One EC2 instance; addresses are empty when it has none."""

    aws_id: str
    name: str
    state: str
    instance_type: str
    zone: str
    private_address: str
    public_address: str
    image_id: str
    platform: str
    root_device: str
    launched_at: dt.datetime | None
    state_reason: str
    security_groups: list[str]
    tags: dict[str, str]


def instances(account: Account) -> list[Instance]:
    """All instances but the terminated ones, which AWS lists for about an hour more."""
    reservations = account.pages("ec2", "DescribeInstances", "Reservations")
    found = [_instance(row) for reservation in reservations for row in reservation["Instances"]]
    return [instance for instance in found if instance.state != "terminated"]


def _instance(row: dict[str, Any]) -> Instance:
    tags = tags_of(row)
    return Instance(
        aws_id=row["InstanceId"],
        name=tags.get("Name", ""),
        state=row["State"]["Name"],
        instance_type=row["InstanceType"],
        zone=row.get("Placement", {}).get("AvailabilityZone", ""),
        private_address=row.get("PrivateIpAddress", ""),
        public_address=row.get("PublicIpAddress", ""),
        image_id=row.get("ImageId", ""),
        platform=row.get("PlatformDetails", ""),
        root_device=row.get("RootDeviceType", ""),
        launched_at=row.get("LaunchTime"),
        state_reason=(row.get("StateReason") or {}).get("Message", ""),
        security_groups=sorted(group["GroupId"] for group in row.get("SecurityGroups") or ()),
        tags=tags,
    )


@dataclass(frozen=True)
class ScheduledEvent:
    """What AWS will do to an instance. Without `deadline_at` the start cannot be moved (EC2 User Guide, reschedule)."""

    source_id: str
    instance_id: str
    code: str
    description: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    deadline_at: dt.datetime | None


@dataclass(frozen=True)
class InstanceStatus:
    """The two status checks of an instance, "ok", "impaired", "initializing" or "not-applicable"."""

    aws_id: str
    state: str
    system_check: str
    instance_check: str
    events: tuple[ScheduledEvent, ...]


def instance_statuses(account: Account) -> list[InstanceStatus]:
    """Checks and open scheduled events of all instances, stopped ones included, terminated ones left out.

    Finished events stay listed for up to a week with "[Completed]" or "[Canceled]" before their description: left out.
    """
    rows = account.pages("ec2", "DescribeInstanceStatus", "InstanceStatuses", IncludeAllInstances=True)
    return [
        InstanceStatus(
            aws_id=row["InstanceId"],
            state=row["InstanceState"]["Name"],
            system_check=row.get("SystemStatus", {}).get("Status", ""),
            instance_check=row.get("InstanceStatus", {}).get("Status", ""),
            events=tuple(
                _event(row["InstanceId"], event)
                for event in row.get("Events") or ()
                if not event.get("Description", "").startswith(("[Completed]", "[Canceled]"))
            ),
        )
        for row in rows
        if row["InstanceState"]["Name"] != "terminated"
    ]


def _event(instance_id: str, row: dict[str, Any]) -> ScheduledEvent:
    # Old events bear no id; code and start are then all that tells two of them apart.
    starts_at = row.get("NotBefore")
    return ScheduledEvent(
        source_id=row.get("InstanceEventId") or f"{instance_id}/{row['Code']}/{starts_at and starts_at.isoformat()}",
        instance_id=instance_id,
        code=row["Code"],
        description=row.get("Description", ""),
        starts_at=starts_at,
        ends_at=row.get("NotAfter"),
        deadline_at=row.get("NotBeforeDeadline"),
    )


@dataclass(frozen=True)
class Volume:
    """One EBS volume; `server_aws_id` and `device` are empty when it is attached to nothing."""

    aws_id: str
    name: str
    state: str
    size_gb: int
    volume_type: str
    iops: int | None
    encrypted: bool
    server_aws_id: str
    device: str
    zone: str


def volumes(account: Account) -> list[Volume]:
    """All EBS volumes."""
    found = []
    for row in account.pages("ec2", "DescribeVolumes", "Volumes"):
        attached = (row.get("Attachments") or [{}])[0]
        found.append(
            Volume(
                aws_id=row["VolumeId"],
                name=tags_of(row).get("Name", ""),
                state=row["State"],
                size_gb=row["Size"],
                volume_type=row.get("VolumeType", ""),
                iops=row.get("Iops"),
                encrypted=row.get("Encrypted", False),
                server_aws_id=attached.get("InstanceId", ""),
                device=attached.get("Device", ""),
                zone=row.get("AvailabilityZone", ""),
            )
        )
    return found


def volume(account: Account, aws_id: str) -> Volume | None:
    """One volume; None when AWS does not know it."""
    return next((volume for volume in volumes(account) if volume.aws_id == aws_id), None)


def volume_modification(account: Account, aws_id: str) -> tuple[str, int | None]:
    """State (modifying, optimizing, completed, failed; "" for none) and target size of a volume's last modification."""
    named = [{"Name": "volume-id", "Values": [aws_id]}]
    rows = account.pages("ec2", "DescribeVolumesModifications", "VolumesModifications", Filters=named)
    last = max(rows, key=lambda row: row["StartTime"], default=None)
    return (last["ModificationState"], last.get("TargetSize")) if last else ("", None)


@dataclass(frozen=True)
class Snapshot:
    """One EBS snapshot of this account; state is "pending", "completed" or "error"."""

    aws_id: str
    name: str
    state: str
    volume_aws_id: str
    started_at: dt.datetime
    size_gb: int | None
    reason: str


def snapshots(account: Account) -> list[Snapshot]:
    """The account's own EBS snapshots; public and shared ones are not backups."""
    return [
        Snapshot(
            aws_id=row["SnapshotId"],
            name=tags_of(row).get("Name", "") or row.get("Description", ""),
            state=row["State"],
            volume_aws_id=row.get("VolumeId", ""),
            started_at=row["StartTime"],
            size_gb=row.get("VolumeSize"),
            reason=row.get("StateMessage", ""),
        )
        for row in account.pages("ec2", "DescribeSnapshots", "Snapshots", OwnerIds=["self"])
    ]


@dataclass(frozen=True)
class Image:
    """One AMI of this account; `server_aws_id` is the instance that it was made from, when AWS tells."""

    aws_id: str
    name: str
    state: str
    server_aws_id: str
    started_at: dt.datetime


def images(account: Account) -> list[Image]:
    """The account's own AMIs."""
    found = []
    for row in account.pages("ec2", "DescribeImages", "Images", Owners=["self"]):
        found.append(
            Image(
                aws_id=row["ImageId"],
                name=row.get("Name", ""),
                state=row["State"],
                server_aws_id=row.get("SourceInstanceId", "") or tags_of(row).get("SourceInstanceId", ""),
                started_at=dt.datetime.fromisoformat(row["CreationDate"]),
            )
        )
    return found


@dataclass(frozen=True)
class SecurityGroup:
    """One security group; each inbound rule is {"protocol", "from", "to", "source"}."""

    aws_id: str
    name: str
    description: str
    vpc_id: str
    inbound: list[dict[str, Any]]


def security_groups(account: Account) -> list[SecurityGroup]:
    """All security groups with their inbound rules in a fixed order."""
    return [
        SecurityGroup(
            aws_id=row["GroupId"],
            name=row["GroupName"],
            description=row.get("Description", ""),
            vpc_id=row.get("VpcId", ""),
            inbound=sorted(
                (rule for permission in row.get("IpPermissions") or () for rule in _rules(permission)), key=str
            ),
        )
        for row in account.pages("ec2", "DescribeSecurityGroups", "SecurityGroups")
    ]


def _rules(permission: dict[str, Any]) -> list[dict[str, Any]]:
    sources = (
        [source["CidrIp"] for source in permission.get("IpRanges") or ()]
        + [source["CidrIpv6"] for source in permission.get("Ipv6Ranges") or ()]
        + [source["GroupId"] for source in permission.get("UserIdGroupPairs") or ()]
        + [source["PrefixListId"] for source in permission.get("PrefixListIds") or ()]
    )
    return [
        {
            "protocol": permission["IpProtocol"],
            "from": permission.get("FromPort"),
            "to": permission.get("ToPort"),
            "source": source,
        }
        for source in sources
    ]


@dataclass(frozen=True)
class Address:
    """One Elastic IP address."""

    aws_id: str
    name: str
    address: str
    server_aws_id: str


def addresses(account: Account) -> list[Address]:
    """All Elastic IP addresses; AWS answers them in one page."""
    return [
        Address(
            aws_id=row.get("AllocationId") or row["PublicIp"],
            name=tags_of(row).get("Name", ""),
            address=row["PublicIp"],
            server_aws_id=row.get("InstanceId", ""),
        )
        for row in account.call("ec2", "DescribeAddresses").get("Addresses") or ()
    ]


def instance(account: Account, aws_id: str) -> Instance | None:
    """One instance, a terminated one included; None when AWS does not know it."""
    reservations = account.pages(
        "ec2", "DescribeInstances", "Reservations", Filters=[{"Name": "instance-id", "Values": [aws_id]}]
    )
    rows = [row for reservation in reservations for row in reservation["Instances"]]
    return _instance(rows[0]) if rows else None


def instance_status(account: Account, aws_id: str) -> InstanceStatus | None:
    """The status checks and open events of one instance; None when AWS does not know it."""
    return next((status for status in instance_statuses(account) if status.aws_id == aws_id), None)
