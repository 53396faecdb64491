"""Every request that changes something, kept so that tests and people can read what the portal did."""

import datetime as dt
import json
import threading
from collections import deque
from pathlib import Path
from typing import Any

REMEMBERED = 2000


class Journal:
    """An append-only list of changes; the last ones are kept at hand, all of them in requests.jsonl."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / "requests.jsonl" if folder else None
        self._lock = threading.Lock()
        self._recent: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        if self._path and self._path.exists():
            with self._path.open(encoding="utf-8") as file:
                self._recent.extend(json.loads(line) for line in file if line.strip())

    def write(
        self, at: dt.datetime, account: str, caller: str, action: str, outcome: str, parameters: Any, for_whom: str = ""
    ) -> None:
        """Keep one request with its outcome: ok or the error code; `for_whom` is the session's SourceIdentity."""
        row = {
            "at": at.isoformat(),
            "account": account,
            "caller": caller,
            "action": action,
            "outcome": outcome,
            "parameters": parameters,
            "for_whom": for_whom,
        }
        line = json.dumps(row, ensure_ascii=False, default=str)
        with self._lock:
            self._recent.append(json.loads(line))
            if self._path:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")

    def recent(self, account: str = "", limit: int = 200) -> list[dict[str, Any]]:
        """The latest requests, newest last, of one account or of all."""
        with self._lock:
            rows = [row for row in self._recent if not account or row["account"] == account]
        return rows[-limit:]
