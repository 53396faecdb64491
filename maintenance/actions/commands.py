"""Commands on a server by Systems Manager: one document, words of our own, found again by the comment."""

from maintenance.actions.shape import Course, Facts, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import ssm
from opsportal.aws.account import Account

DOCUMENT = "AWS-RunShellScript"
# How long the agent may take to fetch a command, and how long the command may run.
FETCHED_WITHIN, RUNS_FOR = 120, 600
PATIENCE = FETCHED_WITHIN + RUNS_FOR + 60


def must_listen(agent_state: str) -> None:
    """Raise Refusal unless the server's agent reports."""
    if agent_state != "Online":
        raise Refusal("agent-silent", state=agent_state)


def parameters(server_aws_id: str, mark: str, step: str, lines: list[str]) -> Facts:
    """What SendCommand is given. It knows no token: the comment tells this one command from all others."""
    return {
        "InstanceIds": [server_aws_id],
        "DocumentName": DOCUMENT,
        "Comment": f"{mark} {step}",
        "TimeoutSeconds": FETCHED_WITHIN,
        "Parameters": {"commands": lines, "executionTimeout": [str(RUNS_FOR)]},
    }


def course(account: Account, change: Change, step: Step) -> Seen:
    """How far the command has come, by what Systems Manager keeps of it."""
    server, comment = step.parameters["InstanceIds"][0], step.parameters["Comment"]
    command = next((row for row in ssm.commands(account, server) if row.comment == comment), None)
    if command is None:
        return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.NOTHING, {"command": ""})
    told = {"command": command.aws_id, "status": command.status}
    if command.status == "Success":
        return Seen(Course.DONE, told)
    under_way = command.status in ("Pending", "InProgress", "Delayed", "Cancelling")
    return Seen(Course.UNDERWAY if under_way else Course.FAILED, told)
