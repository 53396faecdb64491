"""Systems Manager: the agents that run on the world's servers."""

import datetime as dt
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ssm.responses import SimpleSystemManagerResponse

from opsportal.sandbox.estate import ServerRecord
from opsportal.sandbox.overlays.answering import Answering

PING_EVERY = dt.timedelta(minutes=5)


class Ssm(Answering, SimpleSystemManagerResponse):
    """Every Systems Manager operation."""

    def describe_instance_information(self) -> ActionResult:
        """Managed instances: operating system, agent, and when it was last heard of."""
        rows = [self._managed(server) for server in (self.place.servers if self.place else [])]
        rows, token = self.page(rows, size="MaxResults", token="NextToken", default=10, least=5)
        return ActionResult({"InstanceInformationList": rows, "NextToken": token})

    def _managed(self, server: ServerRecord) -> dict[str, Any]:
        state, since = self.simulation.states.instance(server.instance_id, self.now)
        alive = state == "running"
        beat = dt.datetime.fromtimestamp(
            self.now.timestamp() // PING_EVERY.total_seconds() * PING_EVERY.total_seconds(), dt.UTC
        )
        backend = ec2_backends[server.place.account][server.place.region]
        address = backend.get_instance(server.instance_id).private_ip_address
        return {
            "InstanceId": server.instance_id,
            "PingStatus": "Online" if alive else "ConnectionLost",
            "LastPingDateTime": beat if alive or since is None else since,
            "AgentVersion": "3.3.3050.0",
            "IsLatestVersion": True,
            "PlatformType": "Linux",
            "PlatformName": "Amazon Linux",
            "PlatformVersion": server.spec.platform_version.split(".")[0],
            "ResourceType": "EC2Instance",
            "IPAddress": address,
            "ComputerName": f"ip-{address.replace('.', '-')}.{server.place.region}.compute.internal",
            "AssociationStatus": "Success",
            "SourceId": server.instance_id,
            "SourceType": "AWS::EC2::Instance",
        }
