"""The door of the simulated AWS: who calls, may they, is anything broken, and then the service's answer."""

import sys
import traceback
from collections.abc import Callable
from typing import Any

from moto.core.utils import camelcase_to_underscores

from opsportal.sandbox.calls import Call, read_call
from opsportal.sandbox.faults import strike
from opsportal.sandbox.loopback import ConnectionDropped, Incoming, Reply
from opsportal.sandbox.overlays.answering import AwsError
from opsportal.sandbox.overlays.backup import AwsBackup
from opsportal.sandbox.overlays.cloudwatch import CloudWatch
from opsportal.sandbox.overlays.ec2 import Ec2
from opsportal.sandbox.overlays.elbv2 import Elbv2
from opsportal.sandbox.overlays.iam import Iam
from opsportal.sandbox.overlays.rds import Rds
from opsportal.sandbox.overlays.ssm import Ssm
from opsportal.sandbox.overlays.sts import Sts
from opsportal.sandbox.policies import Verdict
from opsportal.sandbox.principals import Caller, RefusedError, authorize, denial, session_ended
from opsportal.sandbox.replies import error_reply, refuse
from opsportal.sandbox.roles import keep_roles
from opsportal.sandbox.simulation import Simulation

ANSWERS: dict[str, Callable[[], Any]] = {
    "ec2": Ec2,
    "rds": Rds,
    "sts": Sts,
    "iam": Iam,
    "monitoring": CloudWatch,
    "elasticloadbalancing": Elbv2,
    "backup": AwsBackup,
    "ssm": Ssm,
}


class AwsDoor:
    """Answers signed requests as AWS would."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def answer(self, incoming: Incoming) -> Reply:
        """One call, from the request to the reply in the service's own protocol."""
        call = read_call(incoming)
        if call is None:
            return Reply(403, b"Missing Authentication Token")
        try:
            return self._answer(call)
        except RefusedError as refused:
            return refuse(call, refused.kind, refused.message)
        except AwsError as error:
            return error_reply(call, error.code, error.status, error.message)
        except NotImplementedError:
            return _not_simulated(call)
        except ConnectionDropped:
            raise
        except Exception:
            # moto falls over some parameters that AWS takes: a gap of the sandbox, told as one and shown to its owner.
            traceback.print_exc(file=sys.stderr)
            return _not_simulated(call, "with these parameters ")

    def _answer(self, call: Call) -> Reply:
        caller = self._simulation.principals.recognise(call)
        struck = strike(self._simulation, call, _account_struck(call, caller))
        if struck:
            return struck
        with self._simulation.lock:
            try:
                reply = self._admit(call, caller)
            except (AwsError, RefusedError) as refused:
                self._write_down(call, caller, refused.code)
                raise
        self._write_down(call, caller, "ok" if reply.status < 400 else f"refused {reply.status}")
        return reply

    def _as_seen(self, call: Call, caller: Caller) -> Caller:
        """The caller, or somebody in another account while the scenario of a mixed-up account is on."""
        for condition in self._simulation.conditions.open("wrong-account", caller.account):
            if not caller.role:
                continue
            # A session never changes its account: those from before the mix-up are over, new ones lead astray.
            if caller.issued_at < condition.facts["real_since"]:
                raise session_ended(call)
            other = condition.facts["account"]
            return Caller(other, caller.arn.replace(caller.account, other), caller.user_id)
        return caller

    def _admit(self, call: Call, caller: Caller) -> Reply:
        call.account = caller.account
        seen = self._as_seen(call, caller)
        call.account = seen.account
        authorize(call, seen)
        self._check_denials(call, seen)
        return self._serve(call, seen)

    def _check_denials(self, call: Call, caller: Caller) -> None:
        for condition in self._simulation.conditions.open("denied", caller.account):
            if caller.role and condition.facts["action"].lower() == call.action.lower():
                raise RefusedError("denied", denial(call, caller, Verdict.DENIED))

    def _serve(self, call: Call, caller: Caller) -> Reply:
        answering = ANSWERS.get(call.service)
        if call.model is None and answering is not None:
            words = f"The action {call.operation} is not valid for this web service."
            return refuse(call, "unknown-operation", words)
        method = camelcase_to_underscores(call.operation)
        if answering is None or not hasattr(answering, method):
            return _not_simulated(call)
        handler = answering()
        handler.simulation, handler.call, handler.caller = self._simulation, call, caller
        status, headers, body = handler._dispatch(call.request)
        content_type = headers.get("Content-Type") or headers.get("content-type") or "text/xml"
        if call.service == "iam" and call.changes_something and int(status) < 400:
            keep_roles(self._simulation, call.account)
        return Reply(int(status), body.encode() if isinstance(body, str) else body, content_type, _shown(headers))

    def _write_down(self, call: Call, caller: Caller, outcome: str) -> None:
        if call.changes_something:
            now = self._simulation.clock.now()
            self._simulation.journal.write(
                now, caller.account, caller.arn, call.action, outcome, call.parameters, caller.for_whom
            )


def _account_struck(call: Call, caller: Caller) -> str:
    if call.operation == "AssumeRole":
        parts = str(call.parameters.get("RoleArn", "")).split(":")
        return parts[4] if len(parts) > 4 else caller.account
    # The customer's own hand is not what breaks.
    return caller.account if caller.role else ""


def _not_simulated(call: Call, when: str = "") -> Reply:
    return refuse(call, "not-simulated", f"{call.action} {when}is not simulated")


def _shown(headers: dict[str, Any]) -> dict[str, str]:
    hidden = ("content-type", "content-length", "server", "date", "status", "connection")
    return {name: str(value) for name, value in headers.items() if name.lower() not in hidden}
