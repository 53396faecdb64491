"""What every test stands on: real servers, and a browser for those that are marked so."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings

from opsportal import doorbell, holders
from tests import browsers

pytest_plugins = ["tests.world"]


def pytest_configure() -> None:
    """Hash passwords cheaply: the cast logs in hundreds of times."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The tests' database; connections of the portal's own must be gone before it is removed.

    Tests with real commits are cleaned up by TRUNCATE, which the logbook refuses elsewhere.
    """
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_logbookentry DISABLE TRIGGER logbook_is_not_emptied")
        cursor.execute("ALTER TABLE customers_logbookseal DISABLE TRIGGER logbook_seals_are_not_emptied")
    yield
    doorbell.hang_up()
    holders.leave()


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the session."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = browsers.launch(playwright)
        if launched is None:
            _no_browser()
        yield launched
        launched.close()


@pytest.fixture
def page(browser, request):
    """A fresh tab in Japanese and Tokyo time, with no cookie; a script error on the page fails the test."""
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    tab = context.new_page()
    errors = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    assert not errors, f"script errors on the page: {errors}"


def _no_browser() -> None:
    words = (
        "no Chromium on this machine: `make test` installs one through the system's packages; "
        "or install chromium or google-chrome, or name one in CHROME_PATH"
    )
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"the browser tests cannot run, and CI demands them: {words}", pytrace=False)
    pytest.skip(words)
