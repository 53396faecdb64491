"""Regions that do not answer: asked seldom until they do, so that they hold up no reading of another region."""

import threading
import time

# So many different accounts must have found a region silent, with no answer between, before it counts as down.
ACCOUNTS = 3
# While a region is down one call in this many seconds is let through to see whether it is back.
PROBE_SECONDS = 5.0

_lock = threading.Lock()
_silent_for: dict[tuple[str, str], set[str]] = {}
_next_probe: dict[tuple[str, str], float] = {}


def may_ask(endpoint: str, region: str) -> bool:
    """Whether a call is worth its wait: always, unless the region is down and was tried a moment ago."""
    with _lock:
        if len(_silent_for.get((endpoint, region), ())) < ACCOUNTS:
            return True
        if time.monotonic() < _next_probe.get((endpoint, region), 0.0):
            return False
        _next_probe[endpoint, region] = time.monotonic() + PROBE_SECONDS
        return True


def answered(endpoint: str, region: str) -> None:
    """The region gave an answer, a refusal included: it is up."""
    if (endpoint, region) in _silent_for:
        with _lock:
            _silent_for.pop((endpoint, region), None)


def silent(endpoint: str, region: str, account_id: str) -> None:
    """The region gave one account no answer."""
    with _lock:
        _silent_for.setdefault((endpoint, region), set()).add(account_id)
