"""Which permission serves which duty, so that a plan asks a customer for no more than it needs."""

from customers.models import Duty, Plan

_ALL = tuple(Duty)
# Permission of the read role → the duties that cannot be done without it.
SERVES: dict[str, tuple[Duty, ...]] = {
    "backup:ListBackupJobs": (Duty.N5,),
    "cloudwatch:DescribeAlarms": (Duty.I1, Duty.I3),
    "cloudwatch:GetMetricData": (Duty.N2,),
    "cloudwatch:ListMetrics": (Duty.N2,),
    "ec2:DescribeAddresses": (Duty.N1, Duty.I3),
    "ec2:DescribeImages": (Duty.N5,),
    "ec2:DescribeInstanceStatus": (Duty.N1, Duty.I3),
    "ec2:DescribeInstances": _ALL,
    "ec2:DescribeSecurityGroups": (Duty.N3,),
    "ec2:DescribeSnapshots": (Duty.N5,),
    "ec2:DescribeVolumes": (Duty.N2, Duty.N5),
    "ec2:DescribeVolumesModifications": (Duty.N2,),
    "elasticloadbalancing:DescribeLoadBalancers": (Duty.I3,),
    "elasticloadbalancing:DescribeTargetGroups": (Duty.I3,),
    "elasticloadbalancing:DescribeTargetHealth": (Duty.I3,),
    "rds:DescribeDBEngineVersions": (Duty.N4,),
    "rds:DescribeDBInstanceAutomatedBackups": (Duty.N5,),
    "rds:DescribeDBInstances": _ALL,
    "rds:DescribeDBMajorEngineVersions": (Duty.N4,),
    "rds:DescribeDBSnapshots": (Duty.N5,),
    "rds:DescribeEvents": (Duty.I3,),
    "rds:DescribePendingMaintenanceActions": (Duty.N1, Duty.N4),
    "ssm:DescribeInstanceInformation": (Duty.N4,),
    "ssm:ListCommands": (Duty.N2, Duty.I3),
}
# Duties that the provider can only do by changing something in the customer's AWS.
ACTING = frozenset({Duty.N1, Duty.N2, Duty.N4, Duty.N5, Duty.I3})


def duties_served(permission: str, plan: Plan) -> list[Duty]:
    """The duties of the plan that need a permission; empty when the plan can do without it."""
    return [duty for duty in SERVES[permission] if duty in plan.provider_duties]


def needs_to_act(plan: Plan) -> bool:
    """Whether the plan makes the provider change anything in the customer's AWS."""
    return bool(ACTING & set(plan.provider_duties))
