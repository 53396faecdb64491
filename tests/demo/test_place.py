"""What the demo keeps: one run at a time, a reset that spares the rest, private secrets, no start on a full disk."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from opsportal.demo import place
from opsportal.embedded import homes
from opsportal.embedded.ports import is_free, take_port
from opsportal.embedded.processes import StartFailed


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A checkout of its own."""
    base = tmp_path / ".opsportal"
    monkeypatch.setattr(place, "BASE", base)
    for name, path in {
        "HOME": base / "demo",
        "LOGS": base / "demo" / "log",
        "ENVIRONMENT": base / "demo" / "environment",
        "_LOCK": base / "demo" / "lock",
        "_PORTS": base / "demo" / "ports.json",
    }.items():
        monkeypatch.setattr(place, name, path)
    (base / "demo").mkdir(parents=True)
    return base / "demo"


@contextlib.contextmanager
def held_elsewhere(lock):
    """Another process holds the lock, as a running demo does."""
    script = (
        "import fcntl, sys, time\n"
        "lock = open(sys.argv[1], 'ab')\n"
        "fcntl.lockf(lock, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, str(lock)], stdout=subprocess.PIPE)
    holder.stdout.readline()
    yield
    holder.kill()
    holder.wait()


def test_a_second_start_is_told_where_the_first_answers(home):
    place.note_address("http://127.0.0.1:8003")
    with (
        held_elsewhere(home / "lock"),
        pytest.raises(StartFailed, match=r"already runs: http://127.0.0.1:8003\n.*kill \d+"),
        place.only_one(),
    ):
        pass


def test_a_run_that_was_killed_does_not_block_the_next(home):
    with held_elsewhere(home / "lock"):
        pass
    with place.only_one():
        pass


def test_manage_py_adopts_the_settings_of_a_running_demo_only(home):
    shutil.copy(place.CHECKOUT / "manage.py", home.parent.parent)
    (home / "environment").write_text("DATABASE_URL=postgres://demo\nTLS=0\n")
    script = (
        "import os, sys\n"
        "sys.argv = ['manage.py', 'sandbox', '--list']\n"
        "import manage\n"
        "manage.adopt_running_demo()\n"
        "print(os.environ['DATABASE_URL'], os.environ['TLS'])\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TLS")}

    def adopted() -> subprocess.CompletedProcess:
        command = [sys.executable, "-c", script]
        return subprocess.run(
            command, cwd=home.parent.parent, env=environment, capture_output=True, text=True, check=False
        )

    assert "Start it with: make demo" in adopted().stderr
    with held_elsewhere(home / "lock"):
        assert adopted().stdout == "postgres://demo 0\n"


def test_starting_afresh_deletes_the_demo_and_nothing_beside_it(home, tmp_path):
    (home / "postgres").mkdir()
    (home / "secret-key").write_text("old")
    elsewhere = tmp_path / "precious"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("kept")
    (home / "link").symlink_to(elsewhere)
    (home.parent / "test-0").mkdir()
    if homes.runs_as_root():
        shared = homes.shared_folder(place.BASE)
        (shared / "demo").mkdir(parents=True)
        (shared / "test-0").mkdir()
    with place.only_one():
        place.start_afresh()
    assert [path.name for path in home.iterdir()] == ["lock"]
    assert (elsewhere / "file").read_text() == "kept"
    assert (home.parent / "test-0").exists()
    if homes.runs_as_root():
        assert [path.name for path in shared.iterdir()] == ["test-0"]
        shutil.rmtree(shared)


def test_a_nearly_full_disk_is_refused_before_anything_is_written(home, monkeypatch):
    monkeypatch.setattr(place.shutil, "disk_usage", lambda folder: SimpleNamespace(free=12 * 1024**2))
    with pytest.raises(StartFailed, match="Only 12 MB are free"):
        place.check_room()


def test_the_signing_key_is_made_once_and_for_its_owner_only(home):
    path = place.secret_key_file()
    key = path.read_text()
    assert len(key) >= 50
    assert path.stat().st_mode & 0o077 == 0
    assert place.secret_key_file().read_text() == key


def test_ports_are_remembered_and_a_broken_note_is_ignored(home):
    place.remember_ports({"web": 8001})
    assert place.remembered_ports() == {"web": 8001}
    (home / "ports.json").write_text("half a fi")
    assert place.remembered_ports() == {}


def test_the_log_of_the_start_before_is_kept_beside(home):
    place.fresh_log("web").write_text("first")
    assert place.fresh_log("web").read_text() == ""
    assert (place.LOGS / "web.log.1").read_text() == "first"


def test_a_busy_port_is_passed_over_even_when_its_owner_would_share_it():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert take_port(port).number > port


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has loopback addresses to spare")
def test_two_starts_at_once_do_not_get_the_same_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        wish = probe.getsockname()[1]
    first, second = take_port(wish), take_port(wish)
    assert first.number != second.number
    first.guard.close()
    second.guard.close()
    third = take_port(wish)
    assert third.number == wish
    third.guard.close()
