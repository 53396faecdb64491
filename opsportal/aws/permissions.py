"""What the portal must be allowed in a customer's account, and the policies that say so."""

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
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "rds:DescribeDBInstanceAutomatedBackups",
    "rds:DescribeDBInstances",
    "rds:DescribeDBMajorEngineVersions",
    "rds:DescribeDBSnapshots",
    "rds:DescribeEvents",
    "rds:DescribePendingMaintenanceActions",
    "ssm:DescribeInstanceInformation",
)


def read_policy() -> dict[str, Any]:
    """The permissions policy of the read role. These operations take no narrower resource, or gain nothing by one."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(READ), "Resource": "*"}]}


def trust_policy(portal_principal: str, external_id: str) -> dict[str, Any]:
    """Who may assume the read role: the portal's principal (an ARN), and only with this environment's ExternalId."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": portal_principal},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }
