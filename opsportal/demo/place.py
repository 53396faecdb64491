"""What the demo keeps in the checkout: data, logs, settings, the lock that tells whether it runs."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from opsportal.embedded.homes import runs_as_root, shared_folder
from opsportal.embedded.processes import StartFailed

CHECKOUT = Path(__file__).resolve().parent.parent.parent
BASE = CHECKOUT / ".opsportal"
HOME = BASE / "demo"
LOGS = HOME / "log"
ENVIRONMENT = HOME / "environment"
BUSINESS_CLOCK = HOME / "business-clock"
RUNNING = HOME / "running.json"
_LOCK = HOME / "lock"
_PORTS = HOME / "ports.json"

# Program copies, an empty database and logs take about 150 MB.
_ROOM_NEEDED = 400 * 1024 * 1024


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold this checkout's demo; the kernel lets go of it however this process ends."""
    HOME.mkdir(parents=True, exist_ok=True)
    with _LOCK.open("ab") as lock:
        until = time.monotonic() + 1
        while True:
            try:
                # A record lock: copies of this process do not hold it too.
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                # manage.py holds it for a moment when it asks whether the demo runs.
                if time.monotonic() > until:
                    raise StartFailed(_already_runs()) from None
                time.sleep(0.05)
        yield


def _already_runs() -> str:
    try:
        running = json.loads((HOME / "address.json").read_text(encoding="utf-8"))
        return (
            f"The demo of this checkout already runs: {running['address']}\n"
            f"Stop it with Ctrl-C where it was started, or: kill {running['pid']}"
        )
    except (OSError, ValueError, KeyError):
        return "The demo of this checkout is being started elsewhere; wait for it there."


def note_address(address: str) -> None:
    """Let a second start say where the first one answers."""
    (HOME / "address.json").write_text(json.dumps({"address": address, "pid": os.getpid()}), encoding="utf-8")


def forget_run() -> None:
    """Take away what only holds while the demo runs."""
    for path in (ENVIRONMENT, HOME / "address.json"):
        path.unlink(missing_ok=True)


def start_afresh() -> None:
    """Delete the demo's data: only below .opsportal/demo and, for root, in this checkout's folder of /var/tmp."""
    for path in HOME.iterdir():
        if path == _LOCK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    if runs_as_root():
        shutil.rmtree(shared_folder(BASE) / HOME.name, ignore_errors=True)


def check_room() -> None:
    """Refuse to start on a nearly full disk, before anything is half-written."""
    for folder in (HOME, Path("/var/tmp")) if runs_as_root() else (HOME,):
        free = shutil.disk_usage(folder).free
        if free < _ROOM_NEEDED:
            raise StartFailed(
                f"Only {free // 1024**2} MB are free on the disk of {folder}, and the demo needs "
                f"{_ROOM_NEEDED // 1024**2} MB. Free some and start again."
            )


def remembered_ports() -> dict[str, int]:
    """The ports of the last start, by part, so that addresses stay the same when they can."""
    try:
        return {name: int(port) for name, port in json.loads(_PORTS.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def remember_ports(ports: dict[str, int]) -> None:
    """Keep the ports of this start for the next."""
    _PORTS.write_text(json.dumps(ports), encoding="utf-8")


def secret_key_file() -> Path:
    """The file with this checkout's own signing key, made at the first start."""
    path = HOME / "secret-key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(50))
    return path


def secret_ring_file() -> Path:
    """The file with this checkout's own key for secrets at rest, made at the first start."""
    path = HOME / "secret-ring"
    if not path.exists():
        write_private(path, f"demo:{base64.b64encode(secrets.token_bytes(32)).decode()}")
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def fresh_log(name: str) -> Path:
    """An empty log for a part; the one of the start before is kept beside it."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    log.touch()
    return log
