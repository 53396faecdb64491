"""Whether the portal itself is well: the watchman's own pulse."""

import datetime as dt

from django.db.models.functions import Now

from opsportal import work
from opsportal.models import Beat

# The clock beats each second and greets the queues every 20 s; silence beyond this is a fault.
SILENCE = dt.timedelta(seconds=60)


def silent_processes() -> list[str]:
    """The clock and the queues whose workers were not seen lately, by the database's clock.

    Raises DatabaseError when the database does not answer.
    """
    beating = set(Beat.objects.filter(at__gte=Now() - SILENCE).values_list("process", flat=True))
    expected = ["clock", *sorted({kind.queue for kind in work.kinds().values()})]
    # The clock greets the queues: while it is silent, nothing can be said of the workers.
    return [name for name in expected if name not in beating] if "clock" in beating else ["clock"]
