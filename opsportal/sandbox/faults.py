"""What can go wrong between the portal and AWS: per account, operation, share of calls or number of times."""

import random
import time

from opsportal.sandbox.calls import Call
from opsportal.sandbox.conditions import Condition
from opsportal.sandbox.loopback import ConnectionDropped, Reply
from opsportal.sandbox.principals import unknown_key
from opsportal.sandbox.replies import refuse
from opsportal.sandbox.simulation import Simulation


def strike(simulation: Simulation, call: Call, account: str) -> Reply | None:
    """Let the faults of that account act on the call: wait, drop the connection, or answer with an error."""
    with simulation.lock:
        faults = [fault for fault in simulation.conditions.open("fault", account) if _hits(simulation, fault, call)]
    for fault in faults:
        how = fault.facts["how"]
        if how == "slow":
            time.sleep(float(fault.facts["seconds"]))
        elif how == "dropped":
            raise ConnectionDropped
        else:
            return refuse(call, how, _words(how, call, simulation))
    return None


def _hits(simulation: Simulation, fault: Condition, call: Call) -> bool:
    facts = fault.facts
    if fault.region and call.region != fault.region and call.service not in ("sts", "iam"):
        return False
    if facts.get("regional") and call.service in ("sts", "iam"):
        return False
    if facts.get("action") and facts["action"].lower() not in (call.action.lower(), call.operation.lower()):
        return False
    if facts.get("second_page") and not _asks_for_more(call):
        return False
    if random.random() >= float(facts.get("rate", 1)):
        return False
    if "times" in facts:
        if facts["times"] < 1:
            return False
        facts["times"] -= 1
        simulation.conditions.save()
    return True


def _asks_for_more(call: Call) -> bool:
    return bool(call.parameters.get("NextToken") or call.parameters.get("Marker"))


def _words(how: str, call: Call, simulation: Simulation) -> str:
    if how == "throttled":
        return "Request limit exceeded." if call.service == "ec2" else "Rate exceeded"
    if how == "skewed":
        now = simulation.clock.real_now()
        if call.service == "ec2":
            sent = call.incoming.headers.get("X-Amz-Date", "")
            return f"Request has expired. Timestamp date is {sent}. Current date is {now:%Y-%m-%dT%H:%M:%SZ}."
        sent = call.incoming.headers.get("X-Amz-Date", "")
        return f"Signature expired: {sent} is now earlier than {now:%Y%m%dT%H%M%SZ} ({now:%Y%m%dT%H%M%SZ} - 5 min.)"
    if how == "unknown-key":
        return unknown_key(call)
    if how == "unavailable":
        return "The service is unavailable. Please try again shortly."
    return "An internal error has occurred"
