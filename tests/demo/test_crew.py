"""The demo's processes: a dead one comes back, one that dies again and again is told of, none is left at the end."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from opsportal.demo import place
from opsportal.demo.crew import Crew, worth_showing
from opsportal.demo.deaths import TOO_MANY
from opsportal.demo.parts import Part
from opsportal.embedded.processes import Register, StartFailed


@pytest.fixture
def crew(tmp_path, monkeypatch):
    """A crew with its own logs; whatever it started is ended."""
    monkeypatch.setattr(place, "LOGS", tmp_path / "log")
    made = Crew(Register(tmp_path / "running.json"))
    yield made
    made.stop()


def part(name: str, script: str, **options) -> Part:
    return Part(name, [sys.executable, "-c", script], dict(os.environ), **options)


def look_until(crew: Crew, done, *, seconds: float = 5) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "nothing happened"
        crew.look()
        time.sleep(0.02)


SLEEP = "import time; time.sleep(60)"


@pytest.fixture
def running(crew, monkeypatch):
    """A crew whose demo has started; waits are short."""
    monkeypatch.setattr("opsportal.demo.deaths._WAITS", (0.0, 0.1))
    crew.starting = False
    return crew


def kill(crew: Crew, name: str) -> None:
    """Kill a part and wait until it was started again, or left the crew."""
    killed = crew.members[name].process
    killed.kill()
    look_until(crew, lambda: name not in crew.members or crew.members[name].process is not killed)


def test_a_part_that_dies_is_started_again_each_time(running, capsys):
    running.add(part("clock", SLEEP))
    for _ in range(TOO_MANY - 1):
        kill(running, "clock")
    assert running.members["clock"].process.poll() is None
    assert "ended by signal 9; started again." in capsys.readouterr().out


def test_deaths_of_long_ago_do_not_count(running, monkeypatch):
    monkeypatch.setattr("opsportal.demo.deaths.WITHIN_SECONDS", 0.01)
    running.add(part("clock", SLEEP))
    for _ in range(TOO_MANY + 2):
        kill(running, "clock")
    assert running.members["clock"].process.poll() is None


def test_a_vital_part_that_dies_again_and_again_ends_the_demo_and_says_what_to_do(running):
    running.add(part("clock", "raise SystemExit('no room left')"))
    with pytest.raises(StartFailed, match=r"(?s)clock ended with code 1, 5 times.*clock\.log.*no room left.*make demo"):
        look_until(running, lambda: False)


def test_a_worker_that_dies_again_and_again_stays_down_and_the_rest_goes_on(running, capsys):
    running.add(part("worker-act", SLEEP, vital=False))
    for _ in range(TOO_MANY):
        kill(running, "worker-act")
    assert "worker-act" not in running.members
    assert "stays down; the rest goes on" in capsys.readouterr().out


def test_while_starting_nobody_waits_long_for_a_part_that_cannot_start(crew):
    crew.add(part("web", "raise SystemExit('port is gone')"))
    with pytest.raises(StartFailed, match=r"(?s)web ended with code 1, 2 times.*port is gone"):
        look_until(crew, lambda: False)


def test_a_server_of_somebody_else_is_started_where_it_was_and_not_ended(running):
    def begin():
        return subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)

    running.watch("valkey", begin(), place.LOGS / "valkey.log", begin)
    kill(running, "valkey")
    server = running.members["valkey"].process
    running.stop()
    assert server.poll() is None
    server.kill()
    server.wait()


def test_a_part_that_ends_well_is_not_started_again(running):
    running.add(part("prepare", "print('done')", vital=False, ends=True))
    look_until(running, lambda: "prepare" not in running.members)


def test_a_part_that_should_end_is_waited_for(crew):
    crew.add(part("prepare", "print('done')"))
    crew.finish("prepare")
    assert crew.members == {}

    crew.add(part("prepare", "raise SystemExit('DATABASE_URL is missing')"))
    with pytest.raises(StartFailed, match=r"(?s)prepare failed.*DATABASE_URL is missing"):
        crew.finish("prepare")


def test_stopping_ends_children_of_children_and_those_who_do_not_listen(crew, monkeypatch):
    monkeypatch.setattr("opsportal.demo.crew._PATIENCE", 0.3)
    script = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    process = crew.add(part("web", script))
    log = place.LOGS / "web.log"
    look_until(crew, lambda: log.read_text().strip().isdigit())
    grandchild = int(log.read_text())
    crew.stop()
    assert process.returncode == -signal.SIGKILL
    look_until(crew, lambda: not is_alive(grandchild))


def test_warnings_are_shown_and_a_flood_is_cut(crew, capsys):
    line = json.dumps({"level": "WARNING", "message": "the broker does not answer"})
    crew.add(part("clock", f"print('''{line}''', flush=True)\nfor n in range(99): print({line!r})\n{SLEEP}"))
    look_until(crew, lambda: crew.followers["clock"].shown)
    shown = capsys.readouterr().out
    assert "clock" in shown
    assert "warning: the broker does not answer" in shown
    time.sleep(0.2)
    crew.look()
    assert (shown + capsys.readouterr().out).count("the broker does not answer") <= 8


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('{"level": "INFO", "message": "ordinary"}', ""),
        ('{"level": "ERROR", "message": "no room"}', "error: no room"),
        ("[2026-11-24 13:06:24: ERROR/MainProcess] consumer: Cannot connect", "Cannot connect"),
        ('{"level": "ERROR", "message": "Service Unavailable: /readyz"}', ""),
        ("[INFO] Starting granian", ""),
        ("{broken", ""),
    ],
)
def test_only_what_matters_reaches_the_screen(line, shown):
    assert shown in worth_showing(line)
    assert bool(worth_showing(line)) == bool(shown)


def test_what_a_killed_run_left_is_ended_by_the_next(tmp_path):
    register = Register(tmp_path / "running.json")
    left = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    register.note("clock", left.pid)
    assert Register(tmp_path / "running.json").end_leftovers() == ["clock"]
    left.wait()
    assert Register(tmp_path / "running.json").end_leftovers() == []


def test_a_pid_that_now_belongs_to_somebody_else_is_left_alone(tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", SLEEP])
    try:
        notes = {"clock": {"pid": stranger.pid, "began": psutil.Process(stranger.pid).create_time() - 3600}}
        (tmp_path / "running.json").write_text(json.dumps(notes))
        assert Register(tmp_path / "running.json").end_leftovers() == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
