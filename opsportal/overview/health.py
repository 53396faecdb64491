"""Whether the portal itself is well: the watchman's own pulse."""

import datetime as dt

from django.db.models import F
from django.db.models.functions import Now
from django.db.models.lookups import GreaterThan

from opsportal import work
from opsportal.models import Beat

# The clock beats each second and greets the queues every 20 s; silence beyond this is a fault.
SILENCE = dt.timedelta(seconds=60)


def silent_processes() -> list[str]:
    """The clock and the queues whose workers were not seen lately, by the database's clock.

    The clock greets the queues: once it is silent, of the workers only those are named that had fallen silent before.
    Raises DatabaseError when the database does not answer.
    """
    beats = Beat.objects.annotate(alive=GreaterThan(F("at"), Now() - SILENCE))
    seen = {beat.process: beat for beat in beats}
    clock = seen.get("clock")
    queues = sorted({kind.queue for kind in work.kinds().values()})
    if clock and clock.alive:
        return [name for name in queues if name not in seen or not seen[name].alive]
    return ["clock", *(name for name in queues if name not in seen or (clock and seen[name].at < clock.at - SILENCE))]
