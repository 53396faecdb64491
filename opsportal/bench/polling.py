"""What reading a thousand accounts costs: CPU, time, memory, dollars."""

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402
from django.db.models import Sum  # noqa: E402

from customers import agreements, customers  # noqa: E402
from customers.models import Duty, Environment, Poll  # noqa: E402
from opsportal import business_time, work  # noqa: E402
from opsportal.bench.figures import show  # noqa: E402
from opsportal.embedded.ports import free_port  # noqa: E402
from opsportal.sandbox.sample import SAMPLE_WORLD  # noqa: E402

ACCOUNTS = int(os.environ.get("BENCH_ACCOUNTS", "1000"))
THREADS = 16
LATENCY_MS = 40
KINDS = {
    "status": "read-status",
    "alarms": "read-alarms",
    "inventory": "read-inventory",
    "backups": "read-backups",
    "lifecycles": "read-lifecycles",
}
MINUTE = (KINDS["status"], KINDS["alarms"])
ALL = (KINDS["inventory"], KINDS["backups"], KINDS["lifecycles"], *MINUTE)


def main() -> None:
    """Read everything once to fill the tables, then measure rounds in which nothing changed."""
    print(f"Polling: {ACCOUNTS} accounts, {THREADS} threads, one process, answers after {LATENCY_MS} ms", flush=True)
    # In a process of its own: what migrating and making take is no memory of reading.
    subprocess.run([sys.executable, "-m", "opsportal.bench.polling", "make"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        sandbox, replay = _start_aws(Path(folder))
        try:
            _round(ALL)
            _tell("all readings, nothing changed", _round(ALL), cpu_limit=80, wall_limit=90 * ACCOUNTS / 1000)
            _tell("one-minute readings", _round(MINUTE), cpu_limit=None, wall_limit=15 * ACCOUNTS / 1000)
            _tell_memory()
            _tell_cost()
        finally:
            replay.terminate()
            sandbox.terminate()


def _tell_memory() -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    show("memory of the reading process at its highest", peak, "MB", 150)


def _prepare() -> None:
    call_command("migrate", verbosity=0)
    if not Environment.objects.exists():
        _make_accounts()


@transaction.atomic
def _make_accounts() -> None:
    at = business_time.now()
    plan = agreements.add_plan(code="bench", name_ja="計測", name_en="Bench", provider_duties=list(Duty))
    customer = customers.onboard(name="計測", slug="bench", at=at, by=None)
    for number in range(ACCOUNTS):
        customers.add_environment(
            customer=customer,
            name=f"環境{number}",
            slug=f"e{number}",
            stage=Environment.Stage.PRODUCTION,
            account_id=str(100_000_000_000 + number),
            region="ap-northeast-1",
            plan=plan,
            retention_days=7,
            at=at,
            by=None,
        )


def _start_aws(folder: Path) -> tuple[subprocess.Popen, subprocess.Popen]:
    port, account = free_port(), SAMPLE_WORLD.customers[0].environments[0].account
    sandbox = subprocess.Popen(
        [sys.executable, "-m", "opsportal.sandbox", "--port", str(port), "--sites-port", str(free_port()),
         "--data", str(folder)],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    own = urlsplit(settings.AWS_ENDPOINT_URL).port
    replay = subprocess.Popen(
        [sys.executable, "-m", "opsportal.bench.replay", str(own), f"http://127.0.0.1:{port}", account, str(LATENCY_MS)]
    )
    time.sleep(8)
    return sandbox, replay


def _round(kinds: tuple[str, ...]) -> dict[str, float]:
    """Make every account's readings of these kinds due and read them; per account: CPU ms, calls; and seconds."""
    Poll.objects.update(due_at=business_time.now())
    calls, cpu, began = _calls(), time.process_time(), time.monotonic()
    threads = [threading.Thread(target=_drain, args=(kinds,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "cpu": 1000 * (time.process_time() - cpu) / ACCOUNTS,
        "calls": (_calls() - calls) / ACCOUNTS,
        "seconds": time.monotonic() - began,
    }


def _drain(kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        work.drain(kind, seconds=600)
    connections.close_all()


def _calls() -> int:
    return Poll.objects.aggregate(total=Sum("calls"))["total"]


def _tell(name: str, figures: dict[str, float], *, cpu_limit: float | None, wall_limit: float) -> None:
    show(f"{name}: CPU per account", figures["cpu"], "ms", cpu_limit, f"for {figures['calls']:.1f} calls")
    show(f"{name}: CPU per 14 calls", figures["cpu"] / figures["calls"] * 14, "ms", 80 if cpu_limit else None)
    show(f"{name}: all accounts", figures["seconds"], "s", wall_limit)
    failing = Poll.objects.exclude(failures=[]).count()
    if failing:
        print(f"  note: {failing} readings failed, for example {Poll.objects.exclude(failures=[]).first().failures}")


def _tell_cost() -> None:
    """Calls of one environment in a month at the set freshness; describing is free, metrics cost on view only."""
    for reading, seconds in settings.FRESHNESS_SECONDS.items():
        kind = KINDS.get(reading)
        if kind:
            month = 30 * 86_400 / seconds * _round((kind,))["calls"]
            print(f"  calls of one environment a month, {reading:<12} {month:>9,.0f}   USD 0.00", flush=True)
    print("  a chart on view: 4 metrics, USD 0.00004", flush=True)


if __name__ == "__main__":
    _prepare() if sys.argv[1:] == ["make"] else main()
