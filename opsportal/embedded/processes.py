"""Child processes that end with the process which started them, and are recognised safely when they did not."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1


class StartFailed(Exception):
    """A part cannot run; the text says which part and what the user can do."""


@dataclass(frozen=True)
class Account:
    """The operating-system account that a child runs as."""

    user: int
    group: int


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: dict[str, str] | None = None,
    account: Account | None = None,
    folder: Path | str = "/",
    farewell: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen:
    """Start a child in a session of its own, writing to `log`; `farewell` is what it gets when this process dies.

    Call it from a thread that lives as long as the child should: Linux sends the farewell when that thread ends.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    run_as = {"user": account.user, "group": account.group, "extra_groups": []} if account else {}
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,
            preexec_fn=end_with_parent(farewell),
            **run_as,
        )


def end_with_parent(farewell: signal.Signals) -> Callable[[], None] | None:
    """What a child does before it becomes the program: ask the kernel for a signal at its parent's death (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(farewell))
        # The parent may have died before the kernel was asked.
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def stop(process: subprocess.Popen, *, by: signal.Signals = signal.SIGTERM, patience: float = 5.0) -> bool:
    """End a child: politely, after `patience` seconds by force with all of its session; true if polite was enough."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        process.wait(patience)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        end_session(process.pid)
        process.wait()


def end_session(leader: int) -> None:
    """Kill what is left of the session that `start` opened for a child."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, for a person who wants to know why a part stopped."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 16_384))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-count:])


class Register:
    """Which processes a run started, kept in a file so that the next run can end what a killed one left behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, name: str, pid: int) -> None:
        """Remember a running process together with the moment when it began."""
        entries = self._read()
        try:
            entries[name] = {"pid": pid, "began": psutil.Process(pid).create_time()}
        except psutil.NoSuchProcess:
            return
        self._write(entries)

    def clear(self) -> None:
        """Forget everything: all noted processes were ended."""
        self.path.unlink(missing_ok=True)

    def end_leftovers(self, *, patience: float = 5.0) -> list[str]:
        """End noted processes that still run, known by pid and beginning (a pid may be reused); their names."""
        left = {name: process for name, entry in self._read().items() if (process := _same_process(entry))}
        for process in left.values():
            _signal(process, signal.SIGINT)
            _signal(process, signal.SIGTERM)
        _gone, alive = psutil.wait_procs(list(left.values()), timeout=patience)
        for process in alive:
            end_session(process.pid)
            _signal(process, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=patience)
        self.clear()
        return sorted(left)

    def _read(self) -> dict[str, dict]:
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def _write(self, entries: dict[str, dict]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.new")
        draft.write_text(json.dumps(entries, indent=1), encoding="utf-8")
        draft.replace(self.path)


def _same_process(entry: dict) -> psutil.Process | None:
    try:
        process = psutil.Process(int(entry["pid"]))
        same = abs(process.create_time() - float(entry["began"])) < 2 and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, KeyError, ValueError):
        return None
    return process if same else None


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        pass


def wait_until(ready: Callable[[], bool], process: subprocess.Popen, *, seconds: float, step: float = 0.02) -> bool:
    """Wait until `ready()`; false when the process ended or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if ready():
            return True
        if process.poll() is not None:
            return False
        time.sleep(step)
    return False
