"""Makes the tables and loads the sample world, in one process: starting Django twice would cost seconds."""

import os
import time

import django
from django.core.management import CommandError, call_command

from opsportal.demo.crew import PROGRESS


def main() -> None:
    """Check the settings, migrate, and, with a sandbox, load the sample world."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsportal.settings")
    django.setup()
    _step("settings checked", "check")
    _reach_database()
    _step("tables ready", "migrate", verbosity=0, interactive=False)
    if os.environ.get("SANDBOX_URL"):
        _step("sample world loaded", "load_sample_world")


def _reach_database() -> None:
    """Tell at once why the database cannot be used; the portal's pool would only say that it waited."""
    from opsportal import database

    if why := database.trouble():
        raise SystemExit(why)


def _step(words: str, command: str, **options: object) -> None:
    began = time.monotonic()
    try:
        call_command(command, **options)
    except CommandError as error:
        raise SystemExit(str(error)) from error
    print(f"{PROGRESS}{words} ({time.monotonic() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
