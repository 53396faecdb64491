"""The portal's processes as copies of one that has loaded the portal: they share its memory and start at once."""

import gc
import importlib
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from opsportal.demo.place import CHECKOUT
from opsportal.embedded.processes import end_with_parent

TEMPLATES = CHECKOUT / "templates"

# What workers, clock and web import, or most of them; loaded once, their pages are shared until one is written to.
_LOADED_AHEAD = (
    "celery.app.amqp",
    "celery.app.control",
    "celery.app.events",
    "celery.app.routes",
    "celery.apps.worker",
    "celery.backends.base",
    "celery.bin.celery",
    "celery.concurrency.thread",
    "celery.contrib.django.task",
    "celery.events.receiver",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.strategy",
    "django.core.handlers.wsgi",
    "django.db.migrations.executor",
    "django.middleware.common",
    "django.middleware.security",
    "kombu.pidbox",
    "kombu.transport.redis",
    "opsportal.aws.boto",
    "opsportal.clock",
    "psycopg_pool",
)


def can_fork() -> bool:
    """Only Linux: on macOS a copy of a process that used the system's libraries may crash."""
    return sys.platform.startswith("linux")


def load_portal(settings: dict[str, str]) -> None:
    """Load everything that several processes need, opening no connection and starting no thread."""
    os.environ.update(settings, DJANGO_SETTINGS_MODULE="opsportal.settings")
    import django
    from django.template.loader import get_template
    from django.urls import get_resolver

    django.setup()
    for module in _LOADED_AHEAD:
        importlib.import_module(module)
    from opsportal import work

    work.kinds()
    get_resolver().url_patterns  # noqa: B018  (reading it imports every view)
    for path in TEMPLATES.rglob("*.html"):
        get_template(str(path.relative_to(TEMPLATES)))
    gc.collect()
    # The collector would otherwise write to every object, and so copy its page.
    gc.freeze()


class Fork:
    """A copied process, with as much of Popen's manner as the crew uses."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended, or None while it runs; negative when by a signal."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float = 10.0) -> int:
        """Wait for the end."""
        until = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(0.01)
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it by force."""
        self.send_signal(signal.SIGKILL)


def fork(command: Sequence[str], *, log: Path, environment: dict[str, str], folder: Path) -> Fork:
    """Run `python -m module arguments` in a copy of this process; like `processes.start` in all else."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    end_with_launcher = end_with_parent(signal.SIGTERM)
    pid = os.fork()
    if not pid:
        _become(command, log, environment, folder, end_with_launcher)
    return Fork(pid)


def _become(
    command: Sequence[str], log: Path, environment: dict[str, str], folder: Path, end_with_launcher: Callable[[], None]
) -> NoReturn:
    """What the copy does: forget the launcher, then run the module. It never returns into the launcher's code."""
    try:
        os.setsid()
        end_with_launcher()
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _redirect(log)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
    except BaseException:  # no error may lead back
        traceback.print_exc()
        os._exit(1)
    _run(command)


def _redirect(log: Path) -> None:
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, encoding="utf-8")


def _run(command: Sequence[str]) -> NoReturn:
    code = 1
    try:
        _python, _option, module, *arguments = command
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        else:
            code = end.code or 0
    except BaseException:  # whatever it is belongs into this part's log, never into the launcher's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
