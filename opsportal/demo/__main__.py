"""Starts the portal with everything it needs, says where it is, keeps it running, and ends it without a trace."""

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial

from opsportal.demo import parts, place, screen
from opsportal.demo.crew import Crew
from opsportal.demo.logins import PASSWORD, logins
from opsportal.demo_links import token_for
from opsportal.embedded.ports import HOST, TakenPort, take_port
from opsportal.embedded.postgres import DEMO, Postgres
from opsportal.embedded.processes import Register, StartFailed
from opsportal.embedded.valkey import Valkey

_PREFERRED = {"web": 8000, "sandbox": 5600, "sites": 5700}


class Stopped(BaseException):
    """Ctrl-C, a closed terminal, or a request to end."""


class Demo:
    """One run from start to end."""

    def __init__(self) -> None:
        self.register = Register(place.RUNNING)
        self.crew = Crew(self.register)
        self.postgres = Postgres(place.BASE, place.HOME.name, DEMO)
        self.valkey = Valkey(place.BASE, place.HOME.name)
        self.had_started = False
        self.all_work = False
        self.address = ""
        # How to see that a part answers; who was started again and does not yet.
        self.doors: dict[str, Callable[[], bool]] = {}
        self.awaited: set[str] = set()

    def run(self) -> None:
        """Start everything, then watch it until somebody ends it."""
        screen.progress("demo", f"starting; data and logs are kept in {place.HOME.relative_to(place.CHECKOUT)}")
        try:
            self._clear_the_ground()
            self._start()
            self.had_started = True
            while True:
                self.awaited.update(self.doors.keys() & self.crew.look())
                self._welcome_back()
                self._tell_when_all_work()
                time.sleep(0.25)
        finally:
            self._stop()

    def _clear_the_ground(self) -> None:
        left = self.register.end_leftovers()
        if left:
            screen.progress("clean-up", f"ended what a killed start left behind: {', '.join(left)}")
        place.forget_run()
        wanted = os.environ.get("RESET", "0")
        if wanted not in ("", "0", "1"):
            # Whoever writes RESET=no must not lose the data.
            raise StartFailed(f"RESET={wanted} is not understood: give RESET=1 to delete the demo's data.")
        if wanted == "1":
            place.start_afresh()
            screen.progress("clean-up", "starting afresh: the data of the last demo is deleted")
        place.check_room()

    def _start(self) -> None:
        self.taken = _take_ports()
        ports = {name: taken.number for name, taken in self.taken.items()}
        self.address = address = f"http://{HOST}:{ports['web']}"
        simulated = "AWS_ENDPOINT_URL" not in os.environ
        self.credentials = credentials = parts.aws_credentials(simulated=simulated)
        place.fresh_log("postgres")
        place.fresh_log("valkey")
        self._launch_valkey()
        if simulated:
            self.crew.add(parts.sandbox(ports["sandbox"], ports["sites"]))
        database = self._start_postgres()
        redis = self._wait_for_valkey()
        self.settings = settings = parts.portal_settings(
            address=address,
            database=database,
            redis=redis,
            aws=f"http://{HOST}:{ports['sandbox']}" if simulated else "",
            sandbox=f"http://{HOST}:{ports['sandbox']}" if simulated else "",
        )
        self.crew.load(settings)
        if simulated:
            self._wait_for("sandbox", f"http://{HOST}:{ports['sandbox']}/sandbox/ready", seconds=60)
        self.crew.add(parts.preparation(settings, credentials))
        self.crew.add(parts.web(ports["web"], settings))
        self.crew.finish("prepare")
        self._wait_for("web", f"{address}/login/", seconds=60)
        self.crew.add(parts.clock(settings, credentials))
        for queue in ("read", "act", "speak"):
            self.crew.add(parts.worker(queue, settings, credentials))
        _write_environment(settings, credentials)
        self.crew.starting = False
        place.note_address(address)
        place.remember_ports(ports)
        links = {email: f"{address}/demo/log-in/{token_for(email, settings['DEMO_KEY'])}/" for *_, email in logins()}
        screen.announce(address, logins() if simulated else [], links, PASSWORD, _hints(simulated))

    def _launch_valkey(self) -> None:
        if {"REDIS_URL", "REDIS_URL_FILE"} & os.environ.keys():
            self.valkey = None
            return
        self.valkey.launch()
        self.register.note("valkey", self.valkey.process.pid)

    def _wait_for_valkey(self) -> str:
        if self.valkey is None:
            screen.progress("valkey", "not started: REDIS_URL is given")
            return ""
        self.valkey.wait()
        self.crew.watch("valkey", self.valkey.process, self.valkey.log, self.valkey.launch_again)
        self.doors["valkey"] = self.valkey.answers
        screen.progress("valkey", f"answers on port {self.valkey.port}")
        return self.valkey.url

    def _start_postgres(self) -> str:
        if {"DATABASE_URL", "DATABASE_URL_FILE"} & os.environ.keys():
            self.postgres = None
            screen.progress("postgres", "not started: DATABASE_URL is given")
            return ""
        self.postgres.start()
        self.crew.watch("postgres", self.postgres.process, self.postgres.log, self.postgres.launch_again)
        self.doors["postgres"] = self.postgres.answers
        database = self.postgres.make_database("opsportal")
        screen.progress("postgres", f"answers on port {self.postgres.port}")
        return database

    def _wait_for(self, part: str, url: str, *, seconds: float) -> None:
        until = time.monotonic() + seconds
        self.doors[part] = partial(_answers, url)
        while not _answers(url):
            self.crew.look()
            if time.monotonic() > until:
                log = place.LOGS / f"{part}.log"
                raise StartFailed(f"{part} does not answer at {url} after {seconds:.0f} s. Look into {log}.")
            time.sleep(0.1)
        screen.progress(part, "answers")

    def _tell_when_all_work(self) -> None:
        if not self.all_work and _answers(f"{self.address}/readyz"):
            self.all_work = True
            screen.progress("demo", "clock and workers are at work: AWS is being read")

    def _welcome_back(self) -> None:
        for name in [name for name in self.awaited if self.doors[name]()]:
            self.awaited.discard(name)
            screen.progress(name, "is back")
            if name == "sandbox" and "prepare" not in self.crew.members:
                # What the customers made in their accounts, as at every start: a simulated AWS may have forgotten it.
                self.crew.add(parts.preparation(self.settings, self.credentials))

    def _stop(self) -> None:
        _ignore_further(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        place.forget_run()
        self.crew.stop()
        for server in (self.valkey, self.postgres):
            if server:
                server.stop()
        self.register.clear()


def _take_ports() -> dict[str, TakenPort]:
    # The simulated sites stay where the portal's rows say they are; the portal itself goes back to its usual port.
    preferred = {**_PREFERRED, **place.remembered_ports(), "web": _PREFERRED["web"]}
    wanted = os.environ.get("PORT", "")
    if wanted:
        if not wanted.isdecimal() or not 1024 <= int(wanted) <= 65_535:
            raise StartFailed(f"PORT={wanted} is not a port: give a number from 1024 to 65535.")
        preferred["web"] = int(wanted)
    taken = {name: take_port(port) for name, port in preferred.items()}
    if taken["web"].number != preferred["web"]:
        screen.trouble("web", f"port {preferred['web']} is in use by something else: taking {taken['web'].number}")
    return taken


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _write_environment(settings: dict[str, str], credentials: dict[str, str]) -> None:
    lines = [f"{name}={value}" for name, value in {**settings, **credentials}.items()]
    place.write_private(place.ENVIRONMENT, "\n".join(lines) + "\n")


def _hints(simulated: bool) -> list[tuple[str, str]]:
    hints = [
        ("止める · stop", "Ctrl-C"),
        ("最初からやり直す · start afresh", "make demo RESET=1"),
        ("ログ · logs", str(place.LOGS.relative_to(place.CHECKOUT))),
    ]
    if simulated:
        hints[:0] = [
            ("AWS で何かを起こす · make things happen", "./manage.py sandbox --list"),
            ("たとえば · for example", "./manage.py sandbox retire-instance --customer aoba"),
        ]
    return hints


def _raise_stopped(_number: int, _frame: object) -> None:
    raise Stopped


def _on(handler: Callable | signal.Handlers, *numbers: signal.Signals) -> None:
    for number in numbers:
        signal.signal(number, handler)


def _ignore_further(*numbers: signal.Signals) -> None:
    _on(signal.SIG_IGN, *numbers)


def _begin_lean() -> None:
    """Start again with the C library told to be thrifty: the parts that are copies of this process inherit it."""
    if not parts.LEAN_MEMORY.items() <= os.environ.items():
        command = [sys.executable, "-m", "opsportal.demo"]
        os.execve(sys.executable, command, {**os.environ, **parts.LEAN_MEMORY})


def main() -> int:
    """The exit code: 0 after Ctrl-C, 1 when something failed."""
    _begin_lean()
    _on(_raise_stopped, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    demo = Demo()
    try:
        with place.only_one():
            demo.run()
    except Stopped:
        screen.progress("demo", "ended")
    except StartFailed as failure:
        screen.failure(str(failure), had_started=demo.had_started)
        return 1
    return 0


sys.exit(main())
