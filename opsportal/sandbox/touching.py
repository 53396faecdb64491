"""Which resources a call that changes something touches: IAM asks for a right on each of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from opsportal.sandbox.calls import Call

# Parameter → how the ARN of what it names is written. Snapshots, images and AWS's own documents belong to no account.
_EC2 = {
    "InstanceIds": "instance/{}",
    "InstanceId": "instance/{}",
    "VolumeId": "volume/{}",
    "GroupId": "security-group/{}",
}
_EC2_OF_NOBODY = {"SnapshotId": "snapshot/{}", "ImageId": "image/{}"}
_RDS = {
    "DBInstanceIdentifier": "db:{}",
    "DBSnapshotIdentifier": "snapshot:{}",
    "SourceDBInstanceIdentifier": "db:{}",
    "TargetDBInstanceIdentifier": "db:{}",
    "DBSubnetGroupName": "subgrp:{}",
}
# What a call makes, whose id nobody can know beforehand.
_MADE = {
    "CreateImage": ("ec2:{region}::image/*", "ec2:{region}::snapshot/*"),
    "CreateVolume": ("ec2:{region}:{account}:volume/*",),
    "CreateSnapshot": ("ec2:{region}::snapshot/*",),
}


def resources_of(call: Call) -> list[str]:
    """The ARNs that a call is about, as far as its parameters name them; otherwise everything."""
    parameters = call.parameters
    for name in ("ResourceIdentifier", "ResourceArn", "ResourceName", "RoleArn", "LoadBalancerArn", "TargetGroupArn"):
        if parameters.get(name):
            return [str(parameters[name])]
    if call.service == "rds":
        named = list(_named("rds", _RDS, parameters, call.region, call.account))
        return named or [f"arn:aws:rds:{call.region}:{call.account}:db:*"]
    if call.changes_something:
        return [*_touched(call), *_made(call)] or ["*"]
    return ["*"]


def _touched(call: Call) -> Iterator[str]:
    parameters = call.parameters
    if call.service == "ec2":
        yield from _named("ec2", _EC2, parameters, call.region, call.account)
        yield from _named("ec2", _EC2_OF_NOBODY, parameters, call.region, "")
    if call.service == "ssm" and call.operation == "SendCommand":
        yield f"arn:aws:ssm:{call.region}::document/{parameters.get('DocumentName')}"
        yield from _named("ec2", {"InstanceIds": "instance/{}"}, parameters, call.region, call.account)


def _made(call: Call) -> Iterator[str]:
    for ending in _MADE.get(call.operation, ()):
        yield "arn:aws:" + ending.format(region=call.region, account=call.account)


def _named(
    service: str, ways: Mapping[str, str], parameters: Mapping[str, Any], region: str, account: str
) -> Iterator[str]:
    for name, ending in ways.items():
        value = parameters.get(name)
        for one in value if isinstance(value, list) else [value] if value else []:
            yield f"arn:aws:{service}:{region}:{account}:{ending.format(one)}"
