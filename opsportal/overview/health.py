"""Whether the portal itself is well: the watchman's own pulse."""

import datetime as dt

from django.db import connection

from opsportal import work
from opsportal.models import Beat

# The clock beats each second and greets the queues every 20 s; silence beyond this is a fault.
SILENCE = dt.timedelta(seconds=60)


def silent_processes() -> list[str]:
    """The clock and the queues whose workers were not seen lately, by the database's clock.

    Raises DatabaseError when the database does not answer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
    seen = dict(Beat.objects.values_list("process", "at"))
    expected = ["clock", *sorted({kind.queue for kind in work.kinds().values()})]
    return [name for name in expected if name not in seen or now - seen[name] > SILENCE]
