"""How often a part of the demo died lately, and what that means for starting it again."""

import time

# More often than this within the time, and starting it again does not help.
TOO_MANY = 5
WITHIN_SECONDS = 90.0
# A part that cannot even start should not keep the person at the screen waiting.
TOO_MANY_WHILE_STARTING = 2
_WAITS = (0.0, 1.0, 2.0, 4.0)


class Deaths:
    """The deaths of one part; those of long ago no longer count."""

    def __init__(self) -> None:
        self._at: list[float] = []

    def note(self) -> int:
        """Count a death; how many there were within the time, this one included."""
        now = time.monotonic()
        self._at = [at for at in self._at if now - at < WITHIN_SECONDS] + [now]
        return len(self._at)


def wait_after(deaths: int) -> float:
    """Seconds to wait before the part is started again, longer each time."""
    return _WAITS[min(deaths, len(_WAITS)) - 1]
