"""A portal that answers over HTTP, read once, and tabs that are already logged in."""

import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, Page

OpenTab = Callable[..., Page]


@pytest.fixture
def open_tab(browser, live_server, read) -> OpenTab:
    """Opens a tab as a user; a script error, a refused inline style or script, or a lost file fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(user=None, *, language: str = "ja", theme: str = "light", width: int = 1280, **options) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="ja-JP" if language == "ja" else "en-GB",
            timezone_id="Asia/Tokyo",
            color_scheme=theme,
            reduced_motion="reduce",
            viewport={"width": width, "height": 900},
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if user is not None:
            _log_in(context, user, language, live_server.url)
        tab = context.new_page()
        tab.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        return tab

    opened.complaints = complaints
    yield opened
    for context in contexts:
        context.close()
    _let_requests_end()
    assert complaints == []


def _let_requests_end() -> None:
    """Wait for requests that no tab waits for any more: they would hold their tables while the test empties them."""
    quiet = 0
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            )
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
        # One that was sent but has not begun its transaction yet shows itself a moment later.
        if quiet == 6:
            return
        time.sleep(0.05)


def _log_in(context: BrowserContext, user, language: str, url: str) -> None:
    type(user).objects.filter(pk=user.pk).update(language=language)
    client = Client()
    client.force_login(user)
    # As if logged in a moment ago, with a second factor.
    session = client.session
    session.update({"factor": "app", "proven_at": int(time.time())})
    session.save()
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
