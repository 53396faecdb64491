"""python -m opsportal.sandbox --port P --sites-port S --data DIR"""

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path

from opsportal.sandbox.clock import SandboxClock
from opsportal.sandbox.loopback import PortBusyError
from opsportal.sandbox.running import start_sandbox


def main() -> int:
    """Run until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m opsportal.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="the simulated AWS and the control, on 127.0.0.1")
    parser.add_argument("--sites-port", type=int, required=True, help="the simulated web sites, on 127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="where the sandbox keeps what must survive a restart")
    options = parser.parse_args()
    clock_file = os.environ.get("BUSINESS_CLOCK_FILE", "")
    began = time.monotonic()
    try:
        sandbox = start_sandbox(
            options.data,
            SandboxClock(Path(clock_file) if clock_file else None),
            port=options.port,
            sites_port=options.sites_port,
        )
    except PortBusyError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    print(
        f"sandbox: ready in {time.monotonic() - began:.1f} s, AWS {sandbox.url}, sites {sandbox.sites_url}", flush=True
    )
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
