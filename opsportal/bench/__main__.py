"""make bench: servers of its own, a large world, then each figure beside its limit."""

import os
import subprocess
import sys
from pathlib import Path

from opsportal.embedded.ports import free_port
from opsportal.embedded.postgres import DEMO, Postgres
from opsportal.embedded.processes import Register

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / ".opsportal"
PARTS = ("pages", "polling")


def main(wanted: list[str]) -> None:
    """Run the parts asked for, all by default; each in a process of its own, so that memory is its own too."""
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    register = Register(BASE / "bench" / "running.json")
    register.end_leftovers()
    postgres = Postgres(BASE, "bench", {**DEMO, "shared_buffers": "512MB"})
    postgres.start()
    register.note("postgres", postgres.process.pid)
    try:
        for part in wanted or PARTS:
            environment = {**os.environ, **_settings(postgres.make_database(_database_of(part)))}
            subprocess.run([sys.executable, "-m", f"opsportal.bench.{part}"], env=environment, cwd=ROOT, check=True)
    finally:
        postgres.stop()


def _database_of(part: str) -> str:
    """A database for each size of world: the portal lets nobody empty its logbook, to fill it anew."""
    return f"bench_polling_{os.environ.get('BENCH_ACCOUNTS', 1000)}" if part == "polling" else f"bench_{part}"


def _settings(database: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "opsportal.settings",
        "SECRET_KEY": "for-benchmarks-only-for-benchmarks-only-for-benchmarks-only",
        "SECRET_RING": "bench:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "DATABASE_URL": database,
        "DATABASE_POOL": "40",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "TLS": "0",
        "ALLOWED_HOSTS": "testserver,127.0.0.1",
        "LOG_LEVEL": "ERROR",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "SANDBOX_URL": "",
        "BUSINESS_CLOCK_FILE": "",
        "MALLOC_ARENA_MAX": "2",
    }


if __name__ == "__main__":
    main(sys.argv[1:])
