"""What must survive a restart of the sandbox, in one JSON file that is replaced whole at each change."""

import datetime as dt
import json
import os
import secrets
import threading
from pathlib import Path
from typing import Any


class Store:
    """The memory of the simulated world: `data` is plain JSON, `save` writes it; without a folder it forgets."""

    def __init__(self, folder: Path | None, born_at: dt.datetime) -> None:
        self._path = folder / "state.json" if folder else None
        self._lock = threading.Lock()
        self.data: dict[str, Any] = {
            "born_at": born_at.isoformat(),
            "token_key": secrets.token_hex(32),
            "conditions": [],
            "timelines": {},
            "roles": {},
            "events": [],
            "newcomers": 0,
            "opened": False,
        }
        if self._path and self._path.exists():
            self.data |= json.loads(self._path.read_text(encoding="utf-8"))

    @property
    def born_at(self) -> dt.datetime:
        """When this world began, in its own time."""
        return dt.datetime.fromisoformat(self.data["born_at"])

    def save(self) -> None:
        """Replace the file by what is known now."""
        if not self._path:
            return
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            written = self._path.with_suffix(".json.new")
            # The token key lies in it, so only the owner may read the file.
            descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(self.data, file, ensure_ascii=False)
            os.replace(written, self._path)
