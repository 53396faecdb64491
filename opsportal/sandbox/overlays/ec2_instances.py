"""EC2 instances: states that take time, status checks, scheduled events, all fields that AWS gives."""

import datetime as dt
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.instances import Instance, StateReason

from opsportal.sandbox.conditions import Condition
from opsportal.sandbox.ids import public_address
from opsportal.sandbox.overlays.answering import Answering, AwsError, moment
from opsportal.sandbox.states import STATE_CODES

# How long it takes until a moved event is shown with its new start.
SHOWN_AFTER = dt.timedelta(seconds=70)
BY_USER = StateReason("Client.UserInitiatedShutdown: User initiated shutdown", "Client.UserInitiatedShutdown")
BY_AWS = StateReason("Server.ScheduledStop: Stopped due to scheduled retirement", "Server.ScheduledStop")


class Ec2Instances(Answering):
    """The instance operations; the fields that moto leaves out are put on its own objects before each answer."""

    def describe_instances(self) -> ActionResult:
        """Instances by reservation."""
        self._bring_up_to_date()
        parameters = self.call.parameters
        filters = self._filters_from_querystring()
        if parameters.get("InstanceIds"):
            found = self.ec2_backend.get_reservations_by_instance_ids(parameters["InstanceIds"], filters=filters)
        else:
            found = self.ec2_backend.describe_instances(filters=filters)
        rows, token = self.page(list(found), size="MaxResults", token="NextToken", default=1000, least=5)
        return ActionResult({"Reservations": rows, "NextToken": token})

    def describe_instance_status(self) -> ActionResult:
        """Status checks and scheduled events; only running instances unless all are asked for."""
        self._bring_up_to_date()
        parameters = self.call.parameters
        wanted = parameters.get("InstanceIds")
        if wanted:
            self.ec2_backend.get_multi_instances_by_id(wanted)
        everything = parameters.get("IncludeAllInstances") in (True, "true")
        rows = [
            self._status(instance)
            for instance in self.ec2_backend.all_instances()
            if (not wanted or instance.id in wanted) and (everything or instance.state == "running")
        ]
        rows, token = self.page(rows, size="MaxResults", token="NextToken", default=1000, least=5)
        return ActionResult({"InstanceStatuses": rows, "NextToken": token})

    def stop_instances(self) -> ActionResult:
        """Begin to stop; the instance is stopped some 20 to 40 seconds later."""
        return self._move("StoppingInstances", "stopping")

    def start_instances(self) -> ActionResult:
        """Begin to start; the instance runs some 15 to 30 seconds later, on another host."""
        return self._move("StartingInstances", "pending")

    def reboot_instances(self) -> EmptyResult:
        """Reboot in place."""
        instances = self._named_instances()
        self.error_on_dryrun()
        for instance in instances:
            if instance.state != "running":
                raise _wrong_state(instance, "rebooted")
            self.simulation.states.reboot(instance.id, self.now)
        return EmptyResult()

    def modify_instance_event_start_time(self) -> ActionResult:
        """Move the start of an event that has a deadline; it is shown a minute later."""
        self._bring_up_to_date()
        instance_id, event_id = self.call.parameters["InstanceId"], self.call.parameters["InstanceEventId"]
        event = next(
            (row for row in self.simulation.states.events(instance_id) if row.facts["event_id"] == event_id), None
        )
        if event is None:
            raise AwsError("InvalidParameterValue", f"The event {event_id} does not exist for {instance_id}.")
        wanted, deadline = moment(self.call.parameters["NotBefore"]), event.facts.get("not_before_deadline")
        if wanted is None or not deadline:
            raise AwsError("InvalidParameterValue", "The event cannot be rescheduled: it has no deadline.")
        near = dt.datetime.fromisoformat(event.facts["not_before"]) - self.now < dt.timedelta(minutes=5)
        if near or wanted < self.now + dt.timedelta(hours=1) or wanted > dt.datetime.fromisoformat(deadline):
            raise AwsError("InvalidParameterValue", "The start time is not one that the event can be moved to.")
        event.facts |= {"moved_to": wanted.isoformat(), "moved_shown_at": (self.now + SHOWN_AFTER).isoformat()}
        self.simulation.conditions.save()
        return ActionResult({"Event": _event(event)})

    def _move(self, key: str, first: str) -> ActionResult:
        instances = self._named_instances()
        self.error_on_dryrun()
        rows = []
        for instance in instances:
            before = {"Code": instance.state_code, "Name": instance.state}
            if first == "stopping":
                if instance.state == "pending":
                    raise _wrong_state(instance, "stopped")
                self.simulation.states.stop(instance.id, self.now)
            else:
                if instance.state == "stopping":
                    raise _wrong_state(instance, "started")
                if any(self.simulation.conditions.open("no-capacity", self.call.account)):
                    words = f"We currently do not have sufficient {instance.instance_type} capacity in this zone."
                    raise AwsError("InsufficientInstanceCapacity", words)
                self.simulation.states.start(instance.id, self.now)
            self._bring_up_to_date()
            after = {"Code": instance.state_code, "Name": instance.state}
            rows.append({"InstanceId": instance.id, "CurrentState": after, "PreviousState": before})
        return ActionResult({key: rows})

    def _named_instances(self) -> list[Instance]:
        self._bring_up_to_date()
        return list(self.ec2_backend.get_multi_instances_by_id(self.call.parameters["InstanceIds"]))

    def _bring_up_to_date(self) -> None:
        at = self.now
        self.simulation.states.settle(at)
        for instance in self.ec2_backend.all_instances():
            if instance.state != "terminated":
                self._complete(instance, at)

    def _complete(self, instance: Instance, at: dt.datetime) -> None:
        state, _ = self.simulation.states.instance(instance.id, at)
        stopped = state in ("stopped", "stopping")
        reason = self.simulation.states.stop_reason(instance.id) if stopped else ""
        instance._state.name, instance._state.code = state, STATE_CODES[state]
        instance._reason = reason
        instance.state_reason = None if not stopped else BY_AWS if reason.startswith("Server") else BY_USER
        instance.usage_operation, instance.platform_details = "RunInstances", "Linux/UNIX"
        instance.boot_mode, instance.current_instance_boot_mode = "uefi-preferred", "uefi"
        instance.ena_support, instance.kernel_id = True, None
        instance.cpu_options = {"CoreCount": 1, "ThreadsPerCore": 2}
        instance.capacity_reservation_specification = {"CapacityReservationPreference": "open"}
        instance.maintenance_options = {"AutoRecovery": "default", "RebootMigration": "default"}
        interface = instance.nics[0]
        if interface.public_ip_auto_assign:
            starts = self.simulation.timelines.count(instance.id, "pending", at)
            interface.public_ip = None if stopped else public_address("auto", instance.id, starts)
        started = self.simulation.timelines.last(instance.id, "pending", at)
        if started:
            instance.launch_time = started

    def _status(self, instance: Instance) -> dict[str, Any]:
        checks = self.simulation.states.checks(instance.id, self.now)
        server = self.simulation.estate.server(instance.id)
        events = self.simulation.states.shown_events(server, self.now) if server else []
        return {
            "AvailabilityZone": instance.availability_zone,
            "InstanceId": instance.id,
            "InstanceState": {"Code": instance.state_code, "Name": instance.state},
            "InstanceStatus": _check(checks),
            "SystemStatus": _check("ok" if checks == "impaired" else checks),
            "AttachedEbsStatus": _check("ok" if checks == "impaired" else checks),
            "Events": [_event(event) for event in events] or None,
        }


def _check(status: str) -> dict[str, Any]:
    if status == "not-applicable":
        return {"Status": status}
    detail = {"ok": "passed", "impaired": "failed", "initializing": "initializing"}[status]
    return {"Status": status, "Details": [{"Name": "reachability", "Status": detail}]}


def _event(event: Condition) -> dict[str, Any]:
    facts = event.facts
    mark = "[Completed] " if facts.get("completed_at") else ""
    times = {
        name: dt.datetime.fromisoformat(facts[key])
        for name, key in (
            ("NotBefore", "not_before"),
            ("NotAfter", "not_after"),
            ("NotBeforeDeadline", "not_before_deadline"),
        )
        if facts.get(key)
    }
    return {
        "InstanceEventId": facts["event_id"],
        "Code": facts["code"],
        "Description": mark + facts["description"],
        **times,
    }


def _wrong_state(instance: Instance, wanted: str) -> AwsError:
    words = f"The instance '{instance.id}' is not in a state from which it can be {wanted}."
    return AwsError("IncorrectInstanceState", words)
