"""Systems Manager: the agents that run on the world's servers."""

import datetime as dt
from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ssm.responses import SimpleSystemManagerResponse

from opsportal.sandbox.estate import ServerRecord
from opsportal.sandbox.overlays.answering import Answering, AwsError

PING_EVERY = dt.timedelta(minutes=5)


class Ssm(Answering, SimpleSystemManagerResponse):
    """Every Systems Manager operation."""

    def describe_instance_information(self) -> ActionResult:
        """Managed instances: operating system, agent, and when it was last heard of."""
        rows = [self._managed(server) for server in (self.place.servers if self.place else [])]
        rows, token = self.page(rows, size="MaxResults", token="NextToken", default=10, least=5)
        return ActionResult({"InstanceInformationList": rows, "NextToken": token})

    def send_command(self) -> ActionResult:
        """Run a document on servers whose agents report."""
        given = self.call.parameters
        self.simulation.states.settle(self.now)
        servers = [self.simulation.estate.server(instance_id) for instance_id in given.get("InstanceIds", [])]
        if given["DocumentName"] != "AWS-RunShellScript":
            raise AwsError("InvalidDocument", "The specified document does not exist.")
        for server in servers:
            if server is None or self._managed(server)["PingStatus"] != "Online":
                raise AwsError("InvalidInstanceId", "Instances not in a valid state for account")
        command_id = str(uuid4())
        rows = [self.simulation.agents.send(server, command_id, given, self.now) for server in servers if server]
        return ActionResult({"Command": _command(rows[0])})

    def list_commands(self) -> ActionResult:
        """What was sent to a server."""
        self.simulation.states.settle(self.now)
        places = self.place.servers if self.place else []
        wanted = self.call.parameters.get("InstanceId")
        found = [
            row
            for server in places
            if wanted in (None, server.instance_id)
            for row in self.simulation.agents.commands(server.instance_id)
        ]
        rows, token = self.page(found, size="MaxResults", token="NextToken", default=50)
        return ActionResult({"Commands": [_command(row) for row in rows], "NextToken": token})

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


def _command(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "CommandId": row["id"],
        "DocumentName": row["document"],
        "Comment": row["comment"],
        "InstanceIds": [row["instance"]],
        "Parameters": row["parameters"],
        "RequestedDateTime": dt.datetime.fromisoformat(row["at"]),
        "Status": row["status"],
        "StatusDetails": row["status"],
        "TargetCount": 1,
    }
