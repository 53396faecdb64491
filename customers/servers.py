"""How servers, databases and what stands before them are."""

import datetime as dt

from customers import needs, resources
from customers.models import Duty, Environment, LoadBalancer, Need, Server

_CHANGING = {"pending", "stopping", "shutting-down"}


def judge(environment: Environment, at: dt.datetime) -> bool:
    """Raise a need for each server, database or target that is not in service; returns whether any differed."""
    wanted = [
        *_servers(environment),
        *_databases(environment),
        *_targets(environment),
    ]
    changed = needs.hold(environment, "servers", wanted, at)
    return needs.judge_response(environment, at) or changed


def _servers(environment: Environment) -> list[needs.Wanted]:
    found = []
    for server in Server.objects.filter(environment=environment, gone_at=None):
        facts = {"name": server.name or server.aws_id, "aws_id": server.aws_id, "state": server.state}
        if server.state == "stopped":
            found.append(_want(f"stopped-{server.aws_id}", "server-stopped", facts))
        elif "impaired" in (server.system_check, server.instance_check) and server.state not in _CHANGING:
            found.append(_want(f"impaired-{server.aws_id}", "server-impaired", facts))
    return found


def _databases(environment: Environment) -> list[needs.Wanted]:
    return [
        _want(f"database-{row.aws_id}", "database-down", {"name": row.name, "aws_id": row.aws_id, "state": row.state})
        for row in resources.databases_of(environment)
        if row.sign == "act"
    ]


def _targets(environment: Environment) -> list[needs.Wanted]:
    return [
        _want(
            f"target-{balancer.name}-{target['id']}",
            "target-unhealthy",
            {"name": balancer.name, "aws_id": target["id"], "state": target["state"]},
            Need.Urgency.SOON,
        )
        for balancer in LoadBalancer.objects.filter(environment=environment, gone_at=None)
        for target in balancer.targets
        if target["state"] in ("unhealthy", "unavailable")
    ]


def _want(key: str, kind: str, facts: dict, urgency: Need.Urgency = Need.Urgency.NOW) -> needs.Wanted:
    return needs.Wanted(key=key, duty=Duty.I3, kind=kind, urgency=urgency, facts=facts)
