"""The alarms of an environment, as people look through them."""

from customers import codes
from customers.models import Environment, Server
from incidents.models import Alarm

# State of CloudWatch → sign on the screen, in the order of the list.
SIGNS = {"ALARM": "act", "INSUFFICIENT_DATA": "unknown", "OK": "ok"}
_ORDER = list(SIGNS)


def alarms_of(environment: Environment) -> list[Alarm]:
    """Every alarm that exists now, ringing ones first, each with its state for the screen."""
    alarms = list(Alarm.objects.filter(environment=environment, gone_at=None))
    names = dict(Server.objects.filter(environment=environment).values_list("aws_id", "name"))
    for alarm in alarms:
        alarm.subject_name = names.get(alarm.subject_aws_id) or alarm.subject_aws_id
        alarm.sign, alarm.word = SIGNS.get(alarm.state, "unknown"), codes.word("alarm", alarm.state)
    return sorted(alarms, key=lambda alarm: (_ORDER.index(alarm.state) if alarm.state in SIGNS else 1, alarm.name))


def is_loud(alarm: Alarm) -> bool:
    """Whether the alarm wants to be looked at: it rings, lacks data, or would ring nobody."""
    return alarm.sign != "ok" or not alarm.actions_enabled or not alarm.actions
