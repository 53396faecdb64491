"""Load balancers: the health of a target follows the state of its instance."""

from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.responses import ELBV2Response

from opsportal.sandbox.overlays.answering import Answering


class Elbv2(Answering, ELBV2Response):
    """Every Elastic Load Balancing (v2) operation."""

    def describe_load_balancers(self) -> ActionResult:
        """Load balancers, by ARN or name when given."""
        parameters = self.call.parameters
        found = self.elbv2_backend.describe_load_balancers(
            parameters.get("LoadBalancerArns") or [], parameters.get("Names") or []
        )
        rows, marker = self.page(list(found), size="PageSize", token="Marker", default=400)
        return ActionResult({"LoadBalancers": rows, "NextMarker": marker})

    def describe_target_groups(self) -> ActionResult:
        """Target groups, of one load balancer when given."""
        parameters = self.call.parameters
        found = self.elbv2_backend.describe_target_groups(
            parameters.get("LoadBalancerArn"), parameters.get("TargetGroupArns") or [], parameters.get("Names") or []
        )
        rows, marker = self.page(list(found), size="PageSize", token="Marker", default=400)
        return ActionResult({"TargetGroups": rows, "NextMarker": marker})

    def describe_target_health(self) -> ActionResult:
        """How each target of a group is."""
        parameters = self.call.parameters
        self.simulation.states.settle(self.now)
        found = self.elbv2_backend.describe_target_health(parameters["TargetGroupArn"], parameters.get("Targets") or [])
        rows = [
            {
                "Target": {"Id": target.instance_id, "Port": target.port},
                "HealthCheckPort": "80",
                "TargetHealth": self._health(target.instance_id),
            }
            for target in found
        ]
        return ActionResult({"TargetHealthDescriptions": rows})

    def _health(self, instance_id: str) -> dict[str, Any]:
        state, _ = self.simulation.states.instance(instance_id, self.now)
        checks = self.simulation.states.checks(instance_id, self.now)
        if state != "running":
            return {
                "State": "unused",
                "Reason": "Target.InvalidState",
                "Description": "Target is in the stopped state",
            }
        if checks == "initializing":
            return {
                "State": "initial",
                "Reason": "Elb.InitialHealthChecking",
                "Description": "Initial health checks in progress",
            }
        if checks == "impaired" or any(
            self.simulation.conditions.open("site-down", self.call.account, self.call.region)
        ):
            return {
                "State": "unhealthy",
                "Reason": "Target.FailedHealthChecks",
                "Description": "Health checks failed",
            }
        return {"State": "healthy"}
