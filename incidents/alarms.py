"""The alarms of an environment, as people look through them."""

from django.utils.translation import gettext_lazy as _

from customers.models import Environment
from incidents.models import Alarm

# State of CloudWatch → state on the screen and its word.
STATES = {
    "ALARM": ("act", _("Ringing")),
    "INSUFFICIENT_DATA": ("unknown", _("No data")),
    "OK": ("ok", _("Good")),
}
_ORDER = list(STATES)


def alarms_of(environment: Environment) -> list[Alarm]:
    """Every alarm that exists now, ringing ones first, each with its state for the screen."""
    alarms = list(Alarm.objects.filter(environment=environment, gone_at=None))
    for alarm in alarms:
        alarm.sign, alarm.word = STATES.get(alarm.state, ("unknown", alarm.state))
    return sorted(alarms, key=lambda alarm: (_ORDER.index(alarm.state) if alarm.state in STATES else 1, alarm.name))


def is_loud(alarm: Alarm) -> bool:
    """Whether the alarm wants to be looked at: it rings, lacks data, or would ring nobody."""
    return alarm.sign != "ok" or not alarm.actions_enabled or not alarm.actions
