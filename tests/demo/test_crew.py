"""The demo's processes: a dead one comes back once, a second death is told or ends everything, none is left."""

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


def test_a_part_that_dies_is_started_again_once(crew, capsys):
    first = crew.add(part("worker-act", SLEEP, vital=False))
    first.kill()
    look_until(crew, lambda: crew.running["worker-act"][1] is not first)
    assert "ended by signal 9; started again" in capsys.readouterr().out

    crew.running["worker-act"][1].kill()
    look_until(crew, lambda: "worker-act" not in crew.running)
    assert "stays down; the rest goes on" in capsys.readouterr().out


def test_a_vital_part_that_dies_twice_ends_the_demo_with_its_last_lines(crew):
    crew.add(part("web", "raise SystemExit('port is gone')"))
    with pytest.raises(StartFailed, match=r"(?s)web ended with code 1\..*port is gone"):
        look_until(crew, lambda: False)


def test_a_part_that_should_end_is_waited_for(crew):
    crew.add(part("prepare", "print('done')"))
    crew.finish("prepare")
    assert crew.running == {}

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
