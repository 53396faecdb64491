"""The processes of a portal and what each is started with."""

import os
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

from opsportal.demo import place
from opsportal.embedded.ports import HOST

# The only key that the simulated AWS takes for the portal's own account.
_SANDBOX_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}
_SANDBOX_PRINCIPAL = "arn:aws:iam::123456789012:user/opsportal"
# Threads otherwise get an arena of their own each, and what AWS's large answers took is kept for good: together they
# double a worker's memory. The C library reads this when a process starts.
LEAN_MEMORY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}
_WORKER_THREADS = {"read": 16, "act": 4, "speak": 4}


@dataclass(frozen=True)
class Part:
    """One process: when it dies it is started again; `vital` ones for which that does not help end the demo.

    One that `shares` is part of the portal, and may be a copy of a process that has loaded it; one that `ends` is
    done when it ends well.
    """

    name: str
    command: list[str]
    environment: dict[str, str] = field(repr=False)
    vital: bool = True
    shares: bool = True
    ends: bool = False


def base_environment() -> dict[str, str]:
    """What every process inherits: the user's environment without what slows Python down or reaches a real account."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GRANIAN_"))}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**inherited, **LEAN_MEMORY, "DJANGO_SETTINGS_MODULE": "opsportal.settings", "PYTHONUNBUFFERED": "1"}


def portal_settings(*, address: str, database: str, redis: str, aws: str, sandbox: str) -> dict[str, str]:
    """The portal's settings for this machine; those which the user gave win."""
    chosen = {
        "PORTAL_URL": address,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "TLS": "0",
        # Fresh enough that a backup missed on purpose shows within a minute.
        "FRESH_BACKUPS_SECONDS": "30",
        "CHANGE_LOOK_SECONDS": "2",
        "CHANGE_VERIFY_SECONDS": "20",
        "DEBUG": "0",
        "LOG_LEVEL": "WARNING",
        "SECRET_KEY_FILE": str(place.secret_key_file()),
        "SECRET_RING_FILE": str(place.secret_ring_file()),
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "AWS_ENDPOINT_URL": aws,
        "SANDBOX_URL": sandbox,
        "OUTWARD_NETWORKS": "127.0.0.0/8" if sandbox else "",
        "DEMO_KEY": secrets.token_urlsafe(32) if sandbox else "",
        "PORTAL_PRINCIPAL": _SANDBOX_PRINCIPAL if sandbox else "",
        "BUSINESS_CLOCK_FILE": str(place.BUSINESS_CLOCK) if sandbox else "",
    }
    for name in chosen:
        if name in os.environ:
            chosen[name] = os.environ[name]
    for name in ("DATABASE_URL", "REDIS_URL"):
        if f"{name}_FILE" in os.environ:
            chosen[f"{name}_FILE"] = os.environ[f"{name}_FILE"]
            del chosen[name]
    for name in ("SECRET_KEY", "SECRET_RING"):
        if name in os.environ:
            del chosen[f"{name}_FILE"]
    return chosen


def aws_credentials(*, simulated: bool) -> dict[str, str]:
    """The portal's own AWS identity: invented for the sandbox, the user's for a real endpoint."""
    if simulated:
        return dict(_SANDBOX_CREDENTIALS)
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}


def sandbox(port: int, sites_port: int) -> Part:
    """The simulated AWS with the simulated customers' sites."""
    command = _python("opsportal.sandbox", "--port", port, "--sites-port", sites_port, "--data", place.HOME / "sandbox")
    environment = {**base_environment(), "BUSINESS_CLOCK_FILE": str(place.BUSINESS_CLOCK)}
    return Part("sandbox", command, environment, shares=False)


def preparation(settings: dict[str, str], credentials: dict[str, str]) -> Part:
    """Tables and sample world; ends by itself."""
    environment = {**base_environment(), **settings, **credentials}
    return Part("prepare", _python("opsportal.demo.prepare"), environment, vital=False, ends=True)


def web(port: int, settings: dict[str, str]) -> Part:
    """The web tier, which never talks to AWS and gets no credentials."""
    command = _python(
        "granian", "--interface", "wsgi", "opsportal.wsgi:application", "--host", HOST, "--port", port,
        "--workers", 2, "--blocking-threads", 4, "--no-ws", "--log-level", "warning",
    )  # fmt: skip
    return Part("web", command, {**base_environment(), **settings})


def clock(settings: dict[str, str], credentials: dict[str, str]) -> Part:
    """What finds due work and rings the workers; it does the work itself when nobody answers."""
    return Part("clock", _python("django", "clock"), {**base_environment(), **settings, **credentials})


def worker(queue: str, settings: dict[str, str], credentials: dict[str, str]) -> Part:
    """The workers of one queue."""
    command = _python(
        "celery", "-A", "opsportal", "worker", "-Q", queue, "-n", f"{queue}@%h", "--pool", "threads",
        "-c", _WORKER_THREADS[queue], "--without-gossip", "--without-mingle", "-l", "warning",
    )  # fmt: skip
    environment = {**base_environment(), **settings, **(credentials if queue != "speak" else {})}
    return Part(f"worker-{queue}", command, environment, vital=False)


def _python(module: str, *arguments: str | int | Path) -> list[str]:
    return [sys.executable, "-m", module, *(str(argument) for argument in arguments)]
