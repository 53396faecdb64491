"""The roles that a customer makes for the portal: whom they trust, what they allow."""

import json

from opsportal.aws.permissions import act_policy, trust_policy
from opsportal.sandbox.world import PORTAL_ACCOUNT

READ_ACTIONS = (
    "ec2:DescribeAddresses",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSnapshots",
    "ec2:DescribeVolumes",
    "ec2:DescribeVolumesModifications",
    "rds:DescribeCertificates",
    "rds:DescribeDBEngineVersions",
    "rds:DescribeDBInstanceAutomatedBackups",
    "rds:DescribeDBInstances",
    "rds:DescribeDBMajorEngineVersions",
    "rds:DescribeDBSnapshots",
    "rds:DescribeEvents",
    "rds:DescribePendingMaintenanceActions",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "backup:ListBackupJobs",
    "backup:ListBackupVaults",
    "backup:ListRecoveryPointsByBackupVault",
    "ssm:DescribeInstanceInformation",
    "ssm:ListCommands",
)


def trust_document(external_id: str) -> str:
    """Trust in the portal's account, and only with the external id that the portal made for this environment."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{PORTAL_ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def act_trust_document(external_id: str) -> str:
    """The same for the role with which the portal acts, which must also say for whom; as the template makes it."""
    return json.dumps(trust_policy(f"arn:aws:iam::{PORTAL_ACCOUNT}:root", external_id, names_who_acts=True))


def act_document(account: str, region: str) -> str:
    """The right to act on the servers and databases of this account and region."""
    return json.dumps(act_policy(lambda service, end: f"arn:aws:{service}:{region}:{end.format(account=account)}"))


def read_document(withheld: tuple[str, ...]) -> str:
    """The right to read, without what this customer does not allow."""
    actions = [action for action in READ_ACTIONS if action not in withheld]
    statement = {"Sid": "OpsPortalRead", "Effect": "Allow", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
