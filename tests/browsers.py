"""Finds and starts a Chromium for the browser tests: the system's, else the one that Playwright brings along."""

import os
import shutil
import sys

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch(playwright: Playwright) -> Browser | None:
    """A headless browser, or None when none of this machine's starts."""
    named = os.environ.get("CHROME_PATH")
    candidates = [named] if named else [path for name in _NAMES if (path := shutil.which(name))]
    # The last try is Playwright's own.
    for path in [*candidates, None]:
        try:
            return playwright.chromium.launch(executable_path=path, args=_FLAGS)
        except Error:
            continue
    return None


if __name__ == "__main__":
    with sync_playwright() as started:
        found = launch(started)
        sys.exit(0 if found else 1)
