"""A part that is a copy of the launcher behaves like one that was started: log, environment, end, farewell."""

import os
import signal
import subprocess
import sys
import time

import pytest

from opsportal.demo import forks
from tests.demo.test_crew import is_alive

pytestmark = pytest.mark.skipif(not forks.can_fork(), reason="only Linux copies processes")

# Copies are made by a process of one thread, which a test session is not.
LAUNCHER = """
import pathlib, sys, time
from opsportal.demo.forks import fork
log = pathlib.Path(sys.argv[1])
(log.parent / "part_of_the_portal.py").write_text(sys.argv[2])
sys.path.insert(0, str(log.parent))
made = fork([sys.executable, "-m", "part_of_the_portal", "--port", "1"],
            log=log, environment={"ONLY": "this"}, folder=log.parent)
print(made.pid, flush=True)
if sys.argv[3] == "wait":
    print(made.wait())
else:
    time.sleep(60)
"""


def launch(tmp_path, module: str, then: str = "wait") -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path / "part.log"), module, then], stdout=subprocess.PIPE, text=True
    )


def test_it_runs_the_module_with_its_own_arguments_environment_and_log(tmp_path):
    module = "import os, sys\nprint(sys.argv[1:], dict(os.environ), __name__, os.getcwd())\nsys.exit(3)"
    said, _ = launch(tmp_path, module).communicate(timeout=10)
    assert said.splitlines()[1] == "3"
    log = (tmp_path / "part.log").read_text()
    assert log == f"['--port', '1'] {{'ONLY': 'this'}} __main__ {tmp_path}\n"


def test_an_error_lands_in_its_log_and_not_in_the_launcher(tmp_path):
    launcher = launch(tmp_path, "raise ValueError('torn')")
    said, _ = launcher.communicate(timeout=10)
    assert (said.splitlines()[1], launcher.returncode) == ("1", 0)
    assert "ValueError: torn" in (tmp_path / "part.log").read_text()


def test_a_message_instead_of_a_code_is_a_failure(tmp_path):
    said, _ = launch(tmp_path, "raise SystemExit('DATABASE_URL is missing')").communicate(timeout=10)
    assert said.splitlines()[1] == "1"
    assert "DATABASE_URL is missing" in (tmp_path / "part.log").read_text()


def test_it_ends_when_the_launcher_is_killed(tmp_path):
    (tmp_path / "part.log").touch()
    launcher = launch(tmp_path, "import time\nprint('runs', flush=True)\ntime.sleep(60)", "stay")
    copy = int(launcher.stdout.readline())
    until = time.monotonic() + 10
    while "runs" not in (tmp_path / "part.log").read_text() and time.monotonic() < until:
        time.sleep(0.02)
    assert is_alive(copy)
    assert os.getsid(copy) == copy
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    while is_alive(copy) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_alive(copy)
