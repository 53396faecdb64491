"""The embedded PostgreSQL starts, comes back with its data, and recovers from whatever killed it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import psutil
import psycopg
import pytest

from opsportal.embedded import homes, ports, postgres
from opsportal.embedded.postgres import DEMO, TEST, Postgres
from opsportal.embedded.processes import StartFailed


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout's data folder, with a space in its path; what root keeps elsewhere is removed afterwards."""
    folder = tmp_path_factory.mktemp("a checkout") / ".opsportal"
    yield folder
    if homes.runs_as_root():
        shutil.rmtree(homes.shared_folder(folder), ignore_errors=True)


@pytest.fixture
def name(request):
    """Each test's data stands apart, beside one copy of the programs."""
    return request.node.name[5:30]


@pytest.fixture
def server(checkout, name):
    """A server that is ended whatever the test did to it."""
    made = Postgres(checkout, name, DEMO)
    yield made
    made.stop()


def rows(address: str) -> list:
    with psycopg.connect(address) as connection:
        return connection.execute("SELECT word FROM note ORDER BY word").fetchall()


def write(address: str, word: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (word text)")
        connection.execute("INSERT INTO note VALUES (%s)", [word])


def test_data_survives_a_stop_and_a_kill(server):
    server.start()
    address = server.make_database("portal")
    write(address, "東京")
    server.stop()

    server.start()
    address = server.make_database("portal")
    assert rows(address) == [("東京",)]
    write(address, "大阪")
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()

    server.start()
    assert rows(server.make_database("portal")) == [("大阪",), ("東京",)]


def test_after_a_kill_it_comes_back_where_it_was_with_everything_committed(server):
    server.start()
    address = server.make_database("portal")
    write(address, "東京")
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    until = time.monotonic() + 20
    while not server.answers():
        assert time.monotonic() < until
        if server.process.poll() is not None:
            # It refuses while the killed one's processes are still there.
            server.launch_again()
        time.sleep(0.1)
    assert rows(address) == [("東京",)]


def test_the_database_role_is_no_superuser_and_needs_its_password(server):
    server.start()
    address = server.make_database("portal")
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT usesuper FROM pg_user WHERE usename = current_user").fetchone() == (False,)
        connection.execute("CREATE EXTENSION pg_trgm")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgres://portal:guess@127.0.0.1:{server.port}/portal")


def test_a_server_left_on_the_data_is_ended_before_the_next_starts(server, checkout, name):
    server.start()
    write(server.make_database("portal"), "前夜")
    left = server.process.pid
    successor = Postgres(checkout, name, TEST)
    try:
        successor.start()
        assert rows(successor.make_database("portal")) == [("前夜",)]
        assert not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE
    finally:
        successor.stop()


def test_a_stale_note_naming_another_process_is_not_believed(server):
    server.start()
    server.stop()
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        note = server.data / "postmaster.pid"
        note.write_text(f"{other.pid}\n{server.data}\n1\n1\n\n127.0.0.1\n\nready\n")
        if server.account:
            os.chown(note, server.account.user, server.account.group)
        server.start()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_port_taken_in_between_is_exchanged(server, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        offers = iter([taken.getsockname()[1], ports.free_port(), ports.free_port()])
        monkeypatch.setattr(postgres, "free_port", lambda: next(offers))
        server.start()
        assert server.port != taken.getsockname()[1]


def test_data_of_another_version_is_refused_and_kept(server):
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(StartFailed, match=r"made by PostgreSQL 15, this is PostgreSQL 18.*\n.*RESET=1"):
        server.start()
    assert server.data.exists()


def test_an_interrupted_first_start_leaves_nothing_half_made(server):
    server.folder.mkdir(parents=True)
    server.account = homes.lesser_account()
    half_made = server._data_folder().with_name("postgres.new")
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    server.start()
    write(server.make_database("portal"), "初日")


def test_data_of_a_removed_checkout_is_not_taken_over(server):
    server.start()
    write(server.make_database("portal"), "他人")
    server.stop()
    (server.folder / "postgres-password").unlink()
    server.start()
    with pytest.raises(psycopg.errors.UndefinedTable):
        rows(server.make_database("portal"))


def test_two_checkouts_have_nothing_in_common(server, tmp_path):
    server.start()
    other = Postgres(tmp_path / "another checkout" / ".opsportal", "demo", TEST)
    try:
        other.start()
        assert other.port != server.port
        assert other.data != server.data
        write(server.make_database("portal"), "一")
        write(other.make_database("portal"), "二")
        assert rows(server.make_database("portal")) == [("一",)]
    finally:
        other.stop()
        if homes.runs_as_root():
            shutil.rmtree(homes.shared_folder(other.base))


def test_a_platform_without_the_wheel_is_told_which_setting_to_give(server, monkeypatch):
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    with pytest.raises(StartFailed, match=r"no embedded PostgreSQL for this platform.*DATABASE_URL"):
        server.start()


def test_a_full_disk_is_named(server):
    server.log.parent.mkdir(parents=True)
    server.data = server.folder
    server.log.write_text('FATAL:  could not write to file "pg_wal/xlogtemp.12": No space left on device\n')
    assert "no room left on the disk" in str(server._failure())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends children with their parent")
def test_the_server_ends_when_its_starter_is_killed(checkout, name):
    script = (
        "import sys, time, pathlib\n"
        "from opsportal.embedded.postgres import TEST, Postgres\n"
        "server = Postgres(pathlib.Path(sys.argv[1]), sys.argv[2], TEST)\n"
        "server.start()\n"
        "print(server.process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", script, str(checkout), name], stdout=subprocess.PIPE, text=True)
    server = psutil.Process(int(starter.stdout.readline()))
    starter.kill()
    starter.wait()
    until = time.monotonic() + 5
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
        time.sleep(0.05)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


@pytest.mark.skipif(not homes.runs_as_root(), reason="only root keeps its server in a shared folder")
def test_a_shared_folder_of_somebody_else_is_refused(tmp_path):
    folder = homes.shared_folder(tmp_path)
    folder.mkdir()
    try:
        os.chown(folder, 65534, 65534)
        with pytest.raises(StartFailed, match="nobody else can write to"):
            Postgres(tmp_path, "demo", TEST).start()
    finally:
        folder.rmdir()
