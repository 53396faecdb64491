"""Load balancers as the portal reads them."""

from dataclasses import dataclass
from typing import Any

from opsportal.aws.account import Account


@dataclass(frozen=True)
class Balancer:
    """One load balancer; each target is {"id", "port", "group", "state", "reason"}."""

    aws_id: str
    name: str
    state: str
    balancer_type: str
    dns_name: str
    targets: list[dict[str, Any]]


def balancers(account: Account) -> list[Balancer]:
    """All load balancers with the health of what stands behind them; one call a target group."""
    rows = account.pages("elbv2", "DescribeLoadBalancers", "LoadBalancers")
    if not rows:
        return []
    targets: dict[str, list[dict[str, Any]]] = {row["LoadBalancerArn"]: [] for row in rows}
    for group in account.pages("elbv2", "DescribeTargetGroups", "TargetGroups"):
        used_by = [arn for arn in group.get("LoadBalancerArns") or () if arn in targets]
        if used_by:
            healths = _target_health(account, group)
            for arn in used_by:
                targets[arn].extend(healths)
    return [
        Balancer(
            aws_id=row["LoadBalancerArn"],
            name=row["LoadBalancerName"],
            state=(row.get("State") or {}).get("Code", ""),
            balancer_type=row.get("Type", ""),
            dns_name=row.get("DNSName", ""),
            targets=sorted(targets[row["LoadBalancerArn"]], key=str),
        )
        for row in rows
    ]


def _target_health(account: Account, group: dict[str, Any]) -> list[dict[str, Any]]:
    answer = account.call("elbv2", "DescribeTargetHealth", TargetGroupArn=group["TargetGroupArn"])
    return [
        {
            "id": row["Target"]["Id"],
            "port": row["Target"].get("Port"),
            "group": group["TargetGroupName"],
            "state": row["TargetHealth"]["State"],
            "reason": row["TargetHealth"].get("Reason", ""),
        }
        for row in answer.get("TargetHealthDescriptions") or ()
    ]
