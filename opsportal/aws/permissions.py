"""What the portal must be allowed in a customer's account, and the policies that say so."""

from collections.abc import Callable, Mapping
from typing import Any

# One line for each operation that this package calls; a test compares.
READ = (
    "backup:ListBackupJobs",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "ec2:DescribeAddresses",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSnapshots",
    "ec2:DescribeVolumes",
    "ec2:DescribeVolumesModifications",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "rds:DescribeDBEngineVersions",
    "rds:DescribeDBInstanceAutomatedBackups",
    "rds:DescribeDBInstances",
    "rds:DescribeDBMajorEngineVersions",
    "rds:DescribeDBSnapshots",
    "rds:DescribeEvents",
    "rds:DescribePendingMaintenanceActions",
    "ssm:DescribeInstanceInformation",
    "ssm:ListCommands",
)
# Kind of change → the operations that it calls, each with the kinds of thing that it touches, in the environment's own
# region and account. The act role may do these and nothing else; a test compares with what the kinds of change call.
CHANGES: dict[str, dict[str, tuple[str, ...]]] = {
    "apply-database-maintenance": {"rds:ApplyPendingMaintenanceAction": ("rds:db",)},
    "change-database-class": {"rds:ModifyDBInstance": ("rds:db",)},
    "change-database-storage": {"rds:ModifyDBInstance": ("rds:db",)},
    "delete-backup": {
        "ec2:DeleteSnapshot": ("ec2:snapshot",),
        "ec2:DeregisterImage": ("ec2:image",),
        "rds:DeleteDBSnapshot": ("rds:snapshot",),
    },
    "grow-volume": {"ec2:ModifyVolume": ("ec2:volume",), "ssm:SendCommand": ("ec2:instance", "ssm:document")},
    "move-maintenance-window": {"rds:ModifyDBInstance": ("rds:db",)},
    "put-back-rule": {
        "ec2:AuthorizeSecurityGroupIngress": ("ec2:security-group",),
        "ec2:RevokeSecurityGroupIngress": ("ec2:security-group",),
    },
    "reboot-database": {"rds:RebootDBInstance": ("rds:db",)},
    "reboot-instance": {"ec2:RebootInstances": ("ec2:instance",)},
    "reschedule-event": {"ec2:ModifyInstanceEventStartTime": ("ec2:instance",)},
    "resize-instance": {
        "ec2:ModifyInstanceAttribute": ("ec2:instance",),
        "ec2:StartInstances": ("ec2:instance",),
        "ec2:StopInstances": ("ec2:instance",),
    },
    "restart-service": {"ssm:SendCommand": ("ec2:instance", "ssm:document")},
    "restore-backup": {
        "ec2:CreateVolume": ("ec2:snapshot", "ec2:volume"),
        "rds:RestoreDBInstanceFromDBSnapshot": ("rds:db", "rds:og", "rds:snapshot", "rds:subgrp"),
    },
    "stop-start": {"ec2:StartInstances": ("ec2:instance",), "ec2:StopInstances": ("ec2:instance",)},
    "take-database-backup": {"rds:CreateDBSnapshot": ("rds:db", "rds:snapshot")},
    "take-server-backup": {"ec2:CreateImage": ("ec2:image", "ec2:instance", "ec2:snapshot")},
    "upgrade-database": {"rds:ModifyDBInstance": ("rds:db",)},
}
# Operation → the rights that AWS asks for besides, on what it makes: a name is a tag.
BESIDES = {"ec2:CreateVolume": "ec2:CreateTags"}
# Kind of thing → how its ARNs end, account included: snapshots, images and AWS's own documents belong to none there.
ARNS = {
    "ec2:image": ":image/*",
    "ec2:instance": "{account}:instance/*",
    "ec2:security-group": "{account}:security-group/*",
    "ec2:snapshot": ":snapshot/*",
    "ec2:volume": "{account}:volume/*",
    "rds:db": "{account}:db:*",
    "rds:og": "{account}:og:*",
    "rds:snapshot": "{account}:snapshot:*",
    "rds:subgrp": "{account}:subgrp:*",
    "ssm:document": ":document/AWS-RunShellScript",
}
# Kind of thing → the parameters of a call that name one.
_NAMED_IN = {
    "ec2:image": ("ImageId",),
    "ec2:instance": ("InstanceIds", "InstanceId"),
    "ec2:security-group": ("GroupId",),
    "ec2:snapshot": ("SnapshotId",),
    "ec2:volume": ("VolumeId",),
    "rds:db": ("ResourceIdentifier", "DBInstanceIdentifier"),
    "rds:snapshot": ("DBSnapshotIdentifier",),
}

Text = str | dict[str, Any]


def read_policy() -> dict[str, Any]:
    """The permissions policy of the read role. These operations take no narrower resource, or gain nothing by one."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(READ), "Resource": "*"}]}


def act_policy(arn: Callable[[str, str], Text]) -> dict[str, Any]:
    """The permissions policy of the act role; `arn` makes a pattern of a service and the end of an ARN."""
    allowed: dict[str, set[str]] = {}
    for operations in CHANGES.values():
        for operation, things in operations.items():
            for thing in things:
                allowed.setdefault(thing, set()).add(operation)
                if operation in BESIDES and thing == "ec2:volume":
                    allowed[thing].add(BESIDES[operation])
    statements = [
        {"Effect": "Allow", "Action": sorted(allowed[thing]), "Resource": arn(thing.partition(":")[0], ARNS[thing])}
        for thing in sorted(allowed)
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def touched_by(operation: str, kind: str, parameters: Mapping[str, Any], region: str, account: str) -> list[str]:
    """The ARNs of just the things that one call of a kind of change names; a pattern for what AWS is to name itself."""
    return [
        _narrowed(f"arn:aws:{thing.partition(':')[0]}:{region}:{ARNS[thing].format(account=account)}", name)
        for thing in CHANGES[kind][operation]
        for name in _names(thing, parameters)
    ]


def _names(thing: str, parameters: Mapping[str, Any]) -> list[str]:
    """What the parameters call the thing; "*" when nothing does."""
    given = [parameters[name] for name in _NAMED_IN.get(thing, ()) if parameters.get(name)]
    return [name for value in given for name in (value if isinstance(value, list) else [value])] or ["*"]


def _narrowed(pattern: str, name: str) -> str:
    return name if name.startswith("arn:") else pattern.replace("*", name)


def trust_policy(portal_principal: Text, external_id: Text, *, names_who_acts: bool = False) -> dict[str, Any]:
    """Who may assume a role: the portal's principal (an ARN), and only with this environment's ExternalId.

    With `names_who_acts` a session must also say for whom it acts (SourceIdentity), as the act role demands.
    """
    conditions: dict[str, Any] = {"StringEquals": {"sts:ExternalId": external_id}}
    if not names_who_acts:
        return _trust(_may(portal_principal, "sts:AssumeRole", conditions))
    named = {"StringLike": {"sts:SourceIdentity": "?*"}}
    # Setting the identity is an operation of its own, which knows no ExternalId.
    return _trust(
        _may(portal_principal, "sts:AssumeRole", {**conditions, **named}),
        _may(portal_principal, "sts:SetSourceIdentity", named),
    )


def _may(principal: Text, action: str, conditions: dict[str, Any]) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Condition": conditions}


def _trust(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
