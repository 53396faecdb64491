"""The sandbox's own clock: real time plus an offset that only ever grows, shared with the portal through a file."""

import datetime as dt
import os
import threading
from pathlib import Path


class SandboxClock:
    """Business time of the simulated world, UTC and aware; the offset lives in `offset_file` (seconds, as text)."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file
        self._offset = 0.0
        self._read_at = 0.0
        self._lock = threading.Lock()

    def now(self) -> dt.datetime:
        """The present moment in the simulated world."""
        return self.real_now() + self.offset()

    def real_now(self) -> dt.datetime:
        """The present moment of the machine; tokens expire by this one, as the portal's client does."""
        return dt.datetime.now(dt.UTC)

    def offset(self) -> dt.timedelta:
        """How far the simulated world is ahead of the machine."""
        with self._lock:
            if self._file and self._file.exists() and self._file.stat().st_mtime != self._read_at:
                self._read_at = self._file.stat().st_mtime
                self._offset = max(self._offset, float(self._file.read_text(encoding="ascii").strip() or 0))
            return dt.timedelta(seconds=self._offset)

    def forward(self, by: dt.timedelta) -> None:
        """Move the world ahead; going back is refused, since deadlines that have passed cannot un-pass."""
        if by <= dt.timedelta(0):
            raise ValueError("the clock only moves forward")
        ahead = (self.offset() + by).total_seconds()
        with self._lock:
            self._offset = ahead
            if self._file:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                written = self._file.with_suffix(self._file.suffix + ".new")
                written.write_text(str(ahead), encoding="ascii")
                # A rename, so that no reader ever sees half a number.
                os.replace(written, self._file)
                self._read_at = self._file.stat().st_mtime
