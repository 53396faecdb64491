"""Keeps the demo's processes: starts them, tells when one dies, shows their warnings, ends all of them."""

import json
import signal
import subprocess
import time
import traceback
from pathlib import Path

from opsportal.demo import place, screen
from opsportal.demo.forks import Fork, can_fork, fork, load_portal
from opsportal.demo.parts import Part
from opsportal.embedded.processes import Register, StartFailed, end_session, last_lines, start

# How a part says in its log that it got a step further.
PROGRESS = "> "
_LOUD = ("Traceback", "Error", "ERROR", "CRITICAL", "panicked")
_PATIENCE = 5.0
# More from one part in ten seconds says nothing new.
_LINES_SHOWN = 8


class Crew:
    """The processes that this run started, in their order."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.running: dict[str, tuple[Part, subprocess.Popen | Fork]] = {}
        self.restarted: set[str] = set()
        self.followers: dict[str, Follower] = {}
        self.loaded = False

    def load(self, settings: dict[str, str]) -> None:
        """Load the portal here, so that the parts added from now on share it."""
        if not can_fork():
            return
        try:
            load_portal(settings)
        except Exception as error:  # the part that fails is named like any other
            raise StartFailed(f"The portal's code cannot be loaded:\n{traceback.format_exc(-3)}") from error
        self.loaded = True

    def add(self, part: Part) -> subprocess.Popen | Fork:
        """Start a part with an empty log."""
        log = place.fresh_log(part.name)
        self.followers[part.name] = Follower(part.name, log)
        return self._start(part)

    def _start(self, part: Part) -> subprocess.Popen | Fork:
        begin = fork if part.shares and self.loaded else start
        log = place.LOGS / f"{part.name}.log"
        process = begin(part.command, log=log, environment=part.environment, folder=place.CHECKOUT)
        self.running[part.name] = (part, process)
        self.register.note(part.name, process.pid)
        return process

    def finish(self, name: str) -> None:
        """Wait for a part that ends by itself; raise when it failed."""
        part, process = self.running[name]
        while process.poll() is None:
            self.look(expected=name)
            time.sleep(0.05)
        self.followers.pop(name).show()
        del self.running[name]
        if process.returncode:
            raise StartFailed(f"{part.name} failed. The end of its log:\n{last_lines(place.LOGS / f'{name}.log')}")

    def look(self, *, expected: str = "") -> None:
        """One look at everybody: show new warnings, start again who died, raise when that does not help."""
        for name, (part, process) in list(self.running.items()):
            self.followers[name].show()
            if process.poll() is None or name == expected:
                continue
            end_session(process.pid)
            self._died(part, process.returncode)

    def _died(self, part: Part, code: int) -> None:
        log = place.LOGS / f"{part.name}.log"
        how = f"ended by signal {-code}" if code < 0 else f"ended with code {code}"
        if part.restart and part.name not in self.restarted:
            self.restarted.add(part.name)
            screen.trouble(part.name, f"{how}; started again. Its last lines ({log}):\n{last_lines(log, 4)}")
            self._start(part)
            return
        del self.running[part.name]
        if part.vital:
            raise StartFailed(f"{part.name} {how}. The end of its log ({log}):\n{last_lines(log)}")
        screen.trouble(
            part.name,
            f"{how} again and stays down; the rest goes on. Start everything anew to have it back.\n"
            f"Its last lines ({log}):\n{last_lines(log, 6)}",
        )

    def stop(self) -> None:
        """End every process at once: politely, then by force."""
        processes = [process for _part, process in self.running.values()]
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and any(process.poll() is None for process in processes):
            time.sleep(0.05)
        for process in processes:
            end_session(process.pid)
            process.wait()
        self.running.clear()


class Follower:
    """Reads what a part adds to its log and shows warnings and worse."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self.position = 0
        self.shown: list[float] = []

    def show(self) -> None:
        """Show what came since the last look."""
        if self.log.stat().st_size <= self.position:
            return
        with self.log.open("rb") as file:
            file.seek(self.position)
            text = file.read(262_144)
        # A line that is still being written waits for the next look.
        whole = text.rfind(b"\n") + 1
        self.position += whole
        for line in text[:whole].decode("utf-8", "replace").splitlines():
            if line.startswith(PROGRESS):
                screen.progress(self.name, line.removeprefix(PROGRESS))
            elif words := worth_showing(line):
                self._show(words)

    def _show(self, words: str) -> None:
        now = time.monotonic()
        self.shown = [at for at in self.shown if now - at < 10]
        if len(self.shown) < _LINES_SHOWN:
            screen.trouble(self.name, words)
        elif len(self.shown) == _LINES_SHOWN:
            screen.trouble(self.name, f"… more in {self.log}")
        self.shown.append(now)


def worth_showing(line: str) -> str:
    """What of a log line a person at the screen should see; empty for the ordinary."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line[:200] if any(word in line for word in _LOUD) else ""
    if not isinstance(entry, dict) or entry.get("level") not in ("WARNING", "ERROR", "CRITICAL"):
        return ""
    words = str(entry.get("message", ""))
    # The launcher's own question whether everybody is at work yet.
    if words.endswith(": /readyz"):
        return ""
    return f"{entry['level'].lower()}: {words[:200]}"
