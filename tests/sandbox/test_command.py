"""The commands: `python -m opsportal.sandbox`, and `manage.py sandbox` in the operator's language."""

import io
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from opsportal.sandbox.management.commands.sandbox import Command
from tests.sandbox.conftest import Hand

CHECKOUT = Path(__file__).resolve().parents[2]


def say(hand: Hand, settings, *words: str, language: str = "ja") -> str:
    """What the command answers."""
    settings.SANDBOX_URL = hand.sandbox.url
    answer = io.StringIO()
    call_command(Command(), *words, "--lang", language, stdout=answer, no_color=True)
    return answer.getvalue()


def test_list_explains_every_scenario_in_the_language_asked_for(hand: Hand, settings) -> None:
    english, japanese = say(hand, settings, "--list", language="en"), say(hand, settings, "--list")
    for text in (english, japanese):
        assert "retire-instance [--days 10]" in text
        assert "clock +8h" in text
    assert "AWS announces that the host of a server is retired" in english
    assert english.isascii()
    assert "サーバーのホストのリタイア" in japanese
    assert not [line for line in japanese.splitlines() if line.startswith("    ") and line.isascii()]


def test_list_shows_what_must_be_given_without_brackets(hand: Hand, settings) -> None:
    text = say(hand, settings, "--list")
    assert "deny --operation OPERATION\n" in text
    assert "break-page [--operation OPERATION]\n" in text


@pytest.mark.parametrize(
    ("terminal", "told"),
    [
        ({"LANG": "en_US.UTF-8"}, "Clock:"),
        ({"LANG": "ja_JP.UTF-8"}, "時計:"),
        ({"LANG": "C.UTF-8"}, "時計:"),
        ({}, "時計:"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "Clock:"),
    ],
)
def test_it_speaks_the_language_of_the_terminal(hand: Hand, settings, monkeypatch, terminal, told) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in terminal.items():
        monkeypatch.setenv(name, value)
    settings.SANDBOX_URL = hand.sandbox.url
    answer = io.StringIO()
    call_command(Command(), "--status", stdout=answer, no_color=True)
    assert answer.getvalue().startswith(told)


def test_what_retired_a_server_is_told_in_one_language(hand: Hand, settings) -> None:
    say(hand, settings, "retire-instance", "--days", "1")
    say(hand, settings, "clock", "+3d")
    assert "完了" in say(hand, settings, "--status")
    assert "completed" in say(hand, settings, "--status", language="en")


def test_scenario_is_applied_shown_and_cleared(hand: Hand, settings) -> None:
    assert "リタイアが通知されました" in say(hand, settings, "retire-instance")
    assert "announced for" in say(
        hand, settings, "reboot-event", "--server", "web-2", "--customer", "shop", language="en"
    )
    assert "retire-instance shop production web-1 instance-retirement" in say(hand, settings, "--status")
    assert "retire-instance" in say(hand, settings, "retire-instance", "--clear")
    assert "reboot-event" in say(hand, settings, "clear", "--customer", "shop")
    assert "retire-instance" not in say(hand, settings, "--status")


def test_bare_values(hand: Hand, settings) -> None:
    assert "rds:DescribeDBSnapshots" in say(hand, settings, "deny", "rds:describedbsnapshots")
    assert "3" in say(hand, settings, "slow", "3", "--times", "1")
    before = hand.control("status")["offset_seconds"]
    say(hand, settings, "clock", "+90m")
    assert hand.control("status")["offset_seconds"] == before + 5400


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--list"),
        (["no-such"], "retire-instance"),
        (["clock", "back"], "clock +8h"),
        (["clock", "+99999999d"], "366日"),
        (["retire-instance", "web-1"], "--server web-1"),
        (["retire-instance", "--days", "-5"], "--days は0から365まで"),
        (["alarm", "--server", "web-1"], "--customer"),
    ],
)
def test_what_cannot_be_done_is_one_line(hand: Hand, settings, words: list[str], told: str) -> None:
    with pytest.raises(CommandError) as caught:
        say(hand, settings, *words)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_a_sandbox_it_says_what_to_do(settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="make demo"):
        call_command(Command(), "--status")


def test_process_starts_is_ready_refuses_a_taken_port_and_ends(tmp_path: Path) -> None:
    port, sites_port = free_port(), free_port()
    command = [sys.executable, "-m", "opsportal.sandbox", "--data", str(tmp_path)]
    places = ["--port", str(port), "--sites-port", str(sites_port)]
    first = subprocess.Popen([*command, *places], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    try:
        wait_until_ready(port, first)
        second = subprocess.run([*command, *places], cwd=CHECKOUT, capture_output=True, text=True, timeout=30)
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr == (
            f"sandbox: port {port} for the simulated AWS is taken or not allowed: choose another one\n"
        )
        first.send_signal(signal.SIGTERM)
        assert first.wait(10) == 0
    finally:
        first.kill()
        first.wait()


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_until_ready(port: int, process: subprocess.Popen) -> None:
    """Until the sandbox answers, or the process has ended."""
    for _ in range(200):
        assert process.poll() is None
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sandbox/ready", timeout=5) as reply:
                assert reply.status == 200
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the sandbox did not become ready")
