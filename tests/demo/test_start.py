"""The one command, on a fresh copy of the checkout: everybody can log in, things happen, the end leaves nothing."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from opsportal.demo import place
from opsportal.demo.logins import PASSWORD, logins
from opsportal.embedded import homes
from tests.services import environment_of_a_user

_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".boot", ".opsportal", "node_modules", "__pycache__", "secrets")


class Started:
    """A demo started in a folder, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "opsportal.demo"],
                cwd=folder, env={**environment_of_a_user(), "PORT": "18400"}, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, words: str, *, seconds: float = 60) -> str:
        until = time.monotonic() + seconds
        while not (found := re.search(words, self.said())):
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)
        return found[0]

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(20)

    def parts(self) -> dict[str, psutil.Process]:
        """The parts that run at this moment; one that has just died is still noted until it is started again."""
        noted = json.loads((self.folder / ".opsportal" / "demo" / "running.json").read_text())
        alive = [(name, entry["pid"]) for name, entry in noted.items() if psutil.pid_exists(entry["pid"])]
        return {name: psutil.Process(pid) for name, pid in alive if name != "prepare"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A running demo in a copy of this checkout."""
    folder = tmp_path_factory.mktemp("a machine") / "opsportal"
    shutil.copytree(place.CHECKOUT, folder, ignore=_LEFT_OUT)
    started = Started(folder)
    try:
        started.wait_for(r"http://127\.0\.0\.1:\d+   ")
        yield started
    finally:
        started.end()
        if homes.runs_as_root():
            shutil.rmtree(homes.shared_folder(folder / ".opsportal"), ignore_errors=True)


@pytest.fixture
def address(demo):
    return re.search(r"http://127\.0\.0\.1:\d+", demo.said())[0]


# The two staff roles and the four roles of a customer; the other owners are like the first.
@pytest.mark.parametrize("email", [email for _role, _english, email in logins()[:6]])
def test_each_role_is_in_by_the_link_it_prints(demo, address, email):
    link = re.search(rf"{address}(/demo/log-in/{re.escape(email)}\.\w+/)", demo.said())[1]
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(link).text)[1]
        home = client.post(link, data={"csrfmiddlewaretoken": token}, headers={"Referer": f"{address}{link}"})
        assert home.status_code == 200
        assert home.url.path == "/"
        assert client.get(link, headers={"X-Forwarded-For": "203.0.113.5"}).status_code == 404


def test_a_customers_people_can_log_in_by_the_password_it_names(address, email="owner@aoba.example"):
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        page = client.get("/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        form = {"csrfmiddlewaretoken": token, "username": email, "password": PASSWORD}
        home = client.post("/login/", data=form, headers={"Referer": f"{address}/login/"})
        assert home.status_code == 200
        assert home.url.path == "/"


def test_manage_py_speaks_to_it(demo):
    done = subprocess.run(
        [sys.executable, "manage.py", "sandbox", "retire-instance", "--customer", "aoba"],
        cwd=demo.folder, env=environment_of_a_user(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "青葉書店" in done.stdout


def test_a_start_shows_no_trouble(demo):
    demo.wait_for("clock and workers are at work")
    assert not re.findall(r"^ +! .*", demo.said(), re.MULTILINE)


def is_well(address: str) -> bool:
    """Whether the portal says that its database, clock and workers are well."""
    try:
        return httpx.get(f"{address}/readyz", timeout=15).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("name", ["worker-read", "clock", "web", "valkey", "sandbox", "postgres"])
def test_a_killed_part_comes_back_and_the_portal_goes_on(demo, address, name):
    killed = demo.parts()[name]
    killed.kill()
    demo.wait_for(f"{name} +ended by signal 9; started again")
    if name not in ("worker-read", "clock"):
        demo.wait_for(f"{name} +is back")
    until = time.monotonic() + 30
    while not is_well(address):
        assert time.monotonic() < until, demo.said()
        time.sleep(0.2)
    assert demo.parts()[name].pid != killed.pid
    assert demo.process.poll() is None


def test_a_sandbox_that_came_back_lets_the_portal_in(demo):
    demo.wait_for(r"(?s)sandbox +is back.*prepare +sample world loaded")
    words = "from customers.environments import open_aws; from customers.models import *; "
    words += "print(open_aws(Environment.objects.first()).account_id)"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", words],
        cwd=demo.folder, env=environment_of_a_user(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert re.fullmatch(r"\d{12}\n", done.stdout), done.stderr


def test_settings_and_secrets_are_for_their_owner_only(demo):
    home = demo.folder / ".opsportal" / "demo"
    for name in ("environment", "secret-key", "secret-ring", "postgres-password", "valkey/valkey.conf"):
        assert (home / name).stat().st_mode & 0o077 == 0, name


def test_the_end_is_quick_and_leaves_no_process(demo):
    everybody = [process for part in demo.parts().values() for process in (part, *part.children(recursive=True))]
    assert len(everybody) >= 8
    began = time.monotonic()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(15) == 0
    assert time.monotonic() - began < 10
    assert not [process for process in everybody if process.is_running()]
    assert not (demo.folder / ".opsportal" / "demo" / "environment").exists()


def seconds_of(demo: Started) -> float:
    """How long the start took."""
    return float(re.search(r"the demo runs \((\d+\.\d) s\)", demo.said())[1])


def test_the_second_start_finds_its_data_and_is_quicker(demo):
    demo.end()
    first = seconds_of(demo)
    again = Started(demo.folder)
    try:
        again.wait_for(r"the demo runs \(\d+\.\d s\)")
        assert seconds_of(again) < max(10, first)
    finally:
        again.end()


def test_a_setting_that_is_wrong_is_named(demo):
    demo.end()
    wrong = subprocess.run(
        [sys.executable, "-m", "opsportal.demo"],
        cwd=demo.folder, env={**environment_of_a_user(), "PORT": "80000"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert wrong.returncode == 1
    assert "PORT=80000 is not a port" in wrong.stderr
