"""PostgreSQL and Valkey for one test session, on data of the tests' own; nothing of a running demo is touched."""

import atexit
import fcntl
import os
from pathlib import Path

from opsportal.embedded.postgres import TEST, Postgres
from opsportal.embedded.processes import Register
from opsportal.embedded.valkey import Valkey

BASE = Path(__file__).resolve().parent.parent / ".opsportal"
_SESSIONS_AT_ONCE = 16
_SETTINGS = {
    "SECRET_KEY": "for-tests-only-for-tests-only-for-tests-only-for-tests-only",
    "SECRET_RING": "tests:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "TLS": "0",
    "LOG_LEVEL": "WARNING",
    "PORTAL_URL": "http://127.0.0.1:8000",
    "OUTBOX": "1",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "AWS_ACCESS_KEY_ID": "sandbox",
    "AWS_SECRET_ACCESS_KEY": "sandbox",
    # Playwright's own event loop runs in the thread of a browser test, which Django takes for an async view.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}
# No test may reach the AWS account of whoever runs it.
_NEVER_INHERITED = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "SANDBOX_URL", "BUSINESS_CLOCK_FILE")


def provide() -> None:
    """Set the environment that Django's settings read; start the servers that were not given."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        # The session that started this worker has done all of it.
        return
    for name in _NEVER_INHERITED:
        os.environ.pop(name, None)
    os.environ.update(_SETTINGS)
    if not {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        _start_servers()


def environment_of_a_user() -> dict[str, str]:
    """What a user's shell would hand to a program: this session's environment without what the tests put into it."""
    ours = {*_SETTINGS, "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def _start_servers() -> None:
    name = _free_slot()
    register = Register(BASE / name / "running.json")
    register.end_leftovers()
    if "REDIS_URL" not in os.environ:
        valkey = Valkey(BASE, name)
        valkey.launch()
        atexit.register(valkey.stop)
        register.note("valkey", valkey.process.pid)
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(BASE, name, TEST)
        atexit.register(postgres.stop)
        postgres.start()
        register.note("postgres", postgres.process.pid)
        os.environ["DATABASE_URL"] = postgres.make_database("opsportal")
    if "REDIS_URL" not in os.environ:
        valkey.wait()
        os.environ["REDIS_URL"] = valkey.url


def _free_slot() -> str:
    """The first data folder that no other test session of this checkout uses; held until this process ends."""
    for number in range(_SESSIONS_AT_ONCE):
        name = f"test-{number}"
        (BASE / name).mkdir(parents=True, exist_ok=True)
        lock = (BASE / name / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        atexit.register(lock.close)
        return name
    raise SystemExit(f"{_SESSIONS_AT_ONCE} test sessions already run in this checkout")
