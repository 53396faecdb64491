"""Keeps the demo's processes: starts them, starts again who dies, shows their warnings, ends all of them."""

import json
import signal
import subprocess
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from opsportal.demo import place, screen
from opsportal.demo.deaths import TOO_MANY, TOO_MANY_WHILE_STARTING, WITHIN_SECONDS, Deaths, wait_after
from opsportal.demo.forks import Fork, can_fork, fork, load_portal
from opsportal.demo.parts import Part
from opsportal.embedded.processes import Register, StartFailed, end_session, last_lines, start

# How a part says in its log that it got a step further.
PROGRESS = "> "
_LOUD = ("Traceback", "Error", "ERROR", "CRITICAL", "panicked")
_PATIENCE = 5.0
# More from one part in ten seconds says nothing new.
_LINES_SHOWN = 8


Process = subprocess.Popen | Fork


@dataclass
class Member:
    """A process and how it is begun anew; it is `ours` to end, or somebody else's who brought it."""

    name: str
    begin: Callable[[], Process]
    process: Process
    log: Path
    vital: bool = True
    ends: bool = False
    ours: bool = True
    # When it is started again, while it is dead.
    back_at: float | None = None
    deaths: Deaths = field(default_factory=Deaths)


class Crew:
    """The processes that this run started, in their order."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.members: dict[str, Member] = {}
        self.followers: dict[str, Follower] = {}
        self.loaded = False
        self.starting = True

    def load(self, settings: dict[str, str]) -> None:
        """Load the portal here, so that the parts added from now on share it."""
        if not can_fork():
            return
        try:
            load_portal(settings)
        except Exception as error:  # the part that fails is named like any other
            raise StartFailed(f"The portal's code cannot be loaded:\n{traceback.format_exc(-3)}") from error
        self.loaded = True

    def add(self, part: Part) -> Process:
        """Start a part with an empty log."""
        log = place.fresh_log(part.name)
        begin = fork if part.shares and self.loaded else start

        def begin_part() -> Process:
            return begin(part.command, log=log, environment=part.environment, folder=place.CHECKOUT)

        self.followers[part.name] = Follower(part.name, log)
        process = begin_part()
        self._enter(Member(part.name, begin_part, process, log, vital=part.vital, ends=part.ends))
        return process

    def watch(self, name: str, process: Process, log: Path, begin: Callable[[], Process]) -> None:
        """Look after a server that somebody else started and will end; `begin` starts it where it was."""
        self._enter(Member(name, begin, process, log, ours=False))

    def _enter(self, member: Member) -> None:
        self.members[member.name] = member
        self.register.note(member.name, member.process.pid)

    def finish(self, name: str) -> None:
        """Wait for a part that ends by itself; raise when it failed."""
        member = self.members[name]
        while member.process.poll() is None:
            self.look(expected=name)
            time.sleep(0.05)
        self._leave(member)
        if member.process.returncode:
            raise StartFailed(f"{name} failed. The end of its log:\n{last_lines(member.log)}")

    def _leave(self, member: Member) -> None:
        del self.members[member.name]
        if follower := self.followers.pop(member.name, None):
            follower.show()

    def look(self, *, expected: str = "") -> list[str]:
        """One look at everybody: show new warnings, start again who died, raise when that does not help.

        Returns who was started again.
        """
        for follower in self.followers.values():
            follower.show()
        back = []
        for member in list(self.members.values()):
            if member.back_at is None and member.process.poll() is not None and member.name != expected:
                end_session(member.process.pid)
                self._died(member)
            if member.back_at is not None and time.monotonic() >= member.back_at:
                self._start_again(member)
                back.append(member.name)
        return back

    def _start_again(self, member: Member) -> None:
        member.process, member.back_at = member.begin(), None
        self.register.note(member.name, member.process.pid)

    def _died(self, member: Member) -> None:
        code = member.process.returncode
        if member.ends and not code:
            self._leave(member)
            return
        how = f"ended by signal {-code}" if code < 0 else f"ended with code {code}"
        deaths = member.deaths.note()
        if deaths >= (TOO_MANY_WHILE_STARTING if self.starting else TOO_MANY):
            self._give_up(member, f"{how}, {deaths} times within {WITHIN_SECONDS:.0f} s")
            return
        wait = wait_after(deaths)
        again = f"started again in {wait:.0f} s" if wait else "started again"
        # Who was killed could not write why.
        words = f" Its last lines ({member.log}):\n{last_lines(member.log, 4)}" if code >= 0 else ""
        screen.trouble(member.name, f"{how}; {again}.{words}")
        member.back_at = time.monotonic() + wait

    def _give_up(self, member: Member, how: str) -> None:
        self._leave(member)
        if member.vital:
            raise StartFailed(
                f"{member.name} {how}. The end of its log ({member.log}):\n{last_lines(member.log)}\n"
                "Nothing is lost. Mend what the log names, then: make demo (or make demo RESET=1, on new data)"
            )
        screen.trouble(
            member.name,
            f"{how}, and stays down; the rest goes on. Mend what its log names, then end the demo and start it again.\n"
            f"Its last lines ({member.log}):\n{last_lines(member.log, 6)}",
        )

    def stop(self) -> None:
        """End every process of ours at once: politely, then by force."""
        processes = [member.process for member in self.members.values() if member.ours]
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and any(process.poll() is None for process in processes):
            time.sleep(0.05)
        for process in processes:
            end_session(process.pid)
            process.wait()
        self.members.clear()


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
