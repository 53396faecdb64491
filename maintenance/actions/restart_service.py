"""Restart a service on a server, such as Apache: the first help for a site that answers no more."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Server
from maintenance.actions import commands, servers
from maintenance.actions.shape import Action, Call, Facts, Parameter, Plan, Refusal
from maintenance.models import Change
from opsportal.aws import ec2

# What may be restarted, by its name in systemd; a name that is not here never reaches a command line.
SERVICES = (("httpd", "Apache (httpd)"), ("nginx", "nginx"), ("php-fpm", "PHP-FPM"))


def around(server: Server, parameters: Facts, at: dt.datetime) -> Facts:
    """Raise Refusal unless the server's agent takes commands."""
    commands.must_listen(server.agent_state)
    return {}


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One command: restart, and see that it is active after that."""
    if facts["state"] != "running":
        raise Refusal("not-running", state=facts["state"])
    service = parameters["service"]
    if service not in dict(SERVICES):
        raise Refusal("parameter", name="service", why="not-offered")
    lines = ["set -eu", f"systemctl restart {service}", f"systemctl is-active {service}"]
    named = commands.parameters(aws_id, parameters["mark"], "restart", lines)
    return Plan(
        calls=(Call("restart", "ssm", "SendCommand", named, commands.PATIENCE),),
        downtime_seconds=10,
        lost=("connections",),
    )


ACTION = Action(
    kind="restart-service",
    label=_("Restart a service"),
    action_class=ActionClass.SERVICE_RESTART,
    subject=Change.Subject.SERVER,
    facts=servers.facts,
    plan=plan,
    read=ec2.instance,
    look=commands.course,
    works=servers.is_well,
    parameters=(Parameter("service", _("Service"), "choice", choices=lambda server: list(SERVICES)),),
    around=around,
)
