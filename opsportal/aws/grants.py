"""Whether a role really grants a permission: found out by making the call, as small as it can be made."""

import datetime as dt
from typing import Any

from opsportal.aws.account import Account
from opsportal.aws.errors import AwsError, Refused

_FIVE, _TWENTY = {"MaxResults": 5}, {"MaxRecords": 20}
_CPU = {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization"}

# Permission → service and parameters of the smallest page; the operation is the permission's own name.
SMALLEST: dict[str, tuple[str, dict[str, Any]]] = {
    "backup:ListBackupJobs": ("backup", {"MaxResults": 1}),
    "cloudwatch:DescribeAlarms": ("cloudwatch", {"MaxRecords": 1}),
    "cloudwatch:GetMetricData": (
        "cloudwatch",
        {
            "MetricDataQueries": [
                {"Id": "one", "MetricStat": {"Metric": _CPU, "Period": 300, "Stat": "Average"}, "ReturnData": True}
            ]
        },
    ),
    "cloudwatch:ListMetrics": ("cloudwatch", _CPU),
    "ec2:DescribeAddresses": ("ec2", {}),
    "ec2:DescribeImages": ("ec2", {"Owners": ["self"], **_FIVE}),
    "ec2:DescribeInstanceStatus": ("ec2", _FIVE),
    "ec2:DescribeInstances": ("ec2", _FIVE),
    "ec2:DescribeSecurityGroups": ("ec2", _FIVE),
    "ec2:DescribeSnapshots": ("ec2", {"OwnerIds": ["self"], **_FIVE}),
    "ec2:DescribeVolumes": ("ec2", _FIVE),
    "ec2:DescribeVolumesModifications": ("ec2", _FIVE),
    "elasticloadbalancing:DescribeLoadBalancers": ("elbv2", {"PageSize": 1}),
    "elasticloadbalancing:DescribeTargetGroups": ("elbv2", {"PageSize": 1}),
    "elasticloadbalancing:DescribeTargetHealth": ("elbv2", {}),
    "rds:DescribeDBEngineVersions": ("rds", {"Engine": "mysql", **_TWENTY}),
    "rds:DescribeDBInstanceAutomatedBackups": ("rds", _TWENTY),
    "rds:DescribeDBInstances": ("rds", _TWENTY),
    "rds:DescribeDBMajorEngineVersions": ("rds", {"Engine": "mysql", **_TWENTY}),
    "rds:DescribeDBSnapshots": ("rds", _TWENTY),
    "rds:DescribeEvents": ("rds", {"Duration": 60, **_TWENTY}),
    "rds:DescribePendingMaintenanceActions": ("rds", _TWENTY),
    "ssm:DescribeInstanceInformation": ("ssm", _FIVE),
    "ssm:ListCommands": ("ssm", {"MaxResults": 1}),
}
# AWS looks at the permission before it looks for the thing: not finding it is a yes.
_NOT_FOUND = {"TargetGroupNotFound", "TargetGroupNotFoundException"}


def lack(account: Account, permission: str, at: dt.datetime) -> AwsError | None:
    """Why a permission is not granted, or None when the call was let through."""
    service, parameters = SMALLEST[permission]
    operation = permission.partition(":")[2]
    try:
        account.call(service, operation, **parameters, **_moment(account, operation, at))
    except Refused as error:
        return None if error.code in _NOT_FOUND else error
    except AwsError as error:
        return error
    return None


def _moment(account: Account, operation: str, at: dt.datetime) -> dict[str, Any]:
    """What a call needs besides that depends on when and where it is made."""
    if operation == "GetMetricData":
        return {"StartTime": at - dt.timedelta(minutes=10), "EndTime": at}
    if operation == "DescribeTargetHealth":
        place = f"{account.region}:{account.account_id}"
        return {"TargetGroupArn": f"arn:aws:elasticloadbalancing:{place}:targetgroup/opsportal/0123456789abcdef"}
    return {}
