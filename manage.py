#!/usr/bin/env python3
"""The portal's command line; in a checkout where the demo runs, it talks to that demo."""

import fcntl
import os
import sys
from importlib.util import find_spec
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent
DEMO = CHECKOUT / ".opsportal" / "demo"


def use_own_python() -> None:
    """Start again with the checkout's Python when this one has no Django."""
    python = CHECKOUT / ".venv" / "bin" / "python"
    if find_spec("django"):
        return
    if not python.exists() or Path(sys.prefix) == CHECKOUT / ".venv":
        sys.exit("Django is not installed. Run scripts/bootstrap first, or `make demo`.")
    os.execv(python, [str(python), *sys.argv])


def adopt_running_demo() -> None:
    """Take over the settings of this checkout's demo while it runs and no database is named."""
    if {"DATABASE_URL", "DATABASE_URL_FILE"} & os.environ.keys():
        return
    if not demo_runs():
        if sys.argv[1:2] in (["sandbox"], ["load_sample_world"]):
            sys.exit("The demo of this checkout does not run. Start it with: make demo")
        return
    for line in (DEMO / "environment").read_text(encoding="utf-8").splitlines():
        name, _equals, value = line.partition("=")
        os.environ.setdefault(name, value)


def demo_runs() -> bool:
    """Whether the launcher of this checkout's demo holds its lock and has written the settings."""
    if not (DEMO / "environment").exists():
        return False
    with (DEMO / "lock").open("a+b") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def execute() -> None:
    """Run the command; a database that cannot be used is told in one sentence."""
    if sys.argv[1:2] != ["clock"]:
        # A single command needs one connection, and without a pool hears at once why there is none.
        os.environ.setdefault("DATABASE_POOL", "0")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError:
        from opsportal import database

        if why := database.trouble():
            sys.exit(why)
        raise


if __name__ == "__main__":
    use_own_python()
    adopt_running_demo()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsportal.settings")
    execute()
