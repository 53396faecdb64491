"""Settings from outside: right ones are clean, wrong ones are named."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "kX9w2LqV7mB4tN8rZ1cY6pD3sF5gH0jAaQeWuIoPzXvTnMbRyK",
    "SECRET_RING": "a:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "portal.example.jp",
    "PORTAL_URL": "https://portal.example.jp",
    "SMTP_HOST": "smtp.example.jp",
    "MAIL_FROM": "ops@example.jp",
}


def run(*command: str, **settings: str) -> subprocess.CompletedProcess:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**kept, **PRODUCTION, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def check(*arguments: str, **settings: str) -> subprocess.CompletedProcess:
    return run("manage.py", "check", *arguments, **settings)


def test_production_settings_are_clean():
    result = check("--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr


def test_a_secret_may_come_from_a_file(tmp_path):
    secret = tmp_path / "key"
    secret.write_text(PRODUCTION["SECRET_KEY"] + "\n", encoding="utf-8")
    result = check("--deploy", "--fail-level", "WARNING", SECRET_KEY="", SECRET_KEY_FILE=str(secret))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE"),
        ({"SECRET_RING": ""}, "SECRET_RING is missing"),
        ({"SECRET_RING": "a:c2hvcnQ="}, "SECRET_RING: entry 1 is not NAME:KEY"),
        ({"PROXIES": "many"}, "PROXIES='many'"),
        ({"DATABASE_URL": "postgres:/broken"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://a:b@127.0.0.1/x"}, "DATABASE_URL must be a postgres:// URL"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL is not a database URL: give postgres://"),
        (
            {"DATABASE_URL": "postgres://portal:pass/word@db.example.jp/portal"},
            "special characters of the password written as %XX",
        ),
        ({"DATABASE_URL": f"{PRODUCTION['DATABASE_URL']}?sslmode=foo"}, "DATABASE_URL has sslmode='foo': give one of"),
        ({"DATABASE_URL": f"{PRODUCTION['DATABASE_URL']}?sslmod=require"}, '"sslmod"'),
        ({"REDIS_URL": "127.0.0.1:6379"}, "REDIS_URL is not a Redis URL"),
        ({"REDIS_URL": "redis:///0"}, "REDIS_URL is not a Redis URL"),
        ({"REDIS_URL": "redis://127.0.0.1:port/0"}, "REDIS_URL is not a Redis URL"),
        ({"REDIS_URL": "redis://127.0.0.1/zero"}, "REDIS_URL is not a Redis URL"),
        ({"REDIS_URL": "unix:///run/redis.sock"}, "REDIS_URL is not a Redis URL"),
        ({"AWS_REGION": "xx"}, "AWS_REGION='xx' is not an AWS region: give one like ap-northeast-1"),
        ({"TLS": "perhaps"}, "TLS='perhaps'"),
        ({"DATABASE_POOL": "many"}, "DATABASE_POOL='many'"),
        ({"OBSERVATIONS_KEPT_DAYS": "7"}, "OBSERVATIONS_KEPT_DAYS='7'"),
        ({"FRESH_STATUS_SECONDS": "0"}, "FRESH_STATUS_SECONDS='0'"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL='LOUD'"),
        ({"AWS_ENDPOINT_URL": "localhost"}, "AWS_ENDPOINT_URL='localhost'"),
        ({"SMTP_SECURITY": "perhaps"}, "SMTP_SECURITY='perhaps'"),
        ({"SMTP_PORT": "0"}, "SMTP_PORT='0'"),
        ({"OUTWARD_NETWORKS": "inside"}, "OUTWARD_NETWORKS: 'inside' is not a network"),
        ({"OUTWARD_NETWORKS": "10.0.0.0/8"}, "OUTWARD_NETWORKS is set without a sandbox"),
        ({"OUTWARD_PORTS": "8443,many"}, "OUTWARD_PORTS: 'many' is not a port"),
        ({"PORTAL_URL": "portal.example.jp"}, "PORTAL_URL='portal.example.jp'"),
        ({"PORTAL_URL": "https://[portal"}, "PORTAL_URL='https://[portal'"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_do(settings, named):
    result = check(**settings)
    assert result.returncode != 0
    assert named in result.stderr
    assert "Traceback" not in result.stderr


def test_several_wrong_values_are_named_at_once():
    result = check(SECRET_KEY="", TLS="perhaps", LOG_LEVEL="LOUD")
    assert all(name in result.stderr for name in ("SECRET_KEY", "TLS", "LOG_LEVEL"))


@pytest.mark.parametrize("name", ["SANDBOX_URL", "AWS_ENDPOINT_URL", "BUSINESS_CLOCK_FILE"])
def test_a_demos_toys_are_refused_in_production(name):
    result = check("--deploy", **{name: "http://127.0.0.1:5600"})
    assert result.returncode != 0
    assert f"{name} is set" in result.stderr


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS=* serves every host name"),
        ({"ALLOWED_HOSTS": "www.example.jp"}, "ALLOWED_HOSTS lacks portal.example.jp, the host of PORTAL_URL"),
        ({"AWS_REGION": "ap-northeast-9"}, "AWS_REGION='ap-northeast-9' is no region"),
        ({"COLLECTED_STATIC": "1"}, "run manage.py collectstatic"),
    ],
)
def test_what_would_only_fail_later_in_production_is_named(settings, named):
    if "COLLECTED_STATIC" in settings and (ROOT / "staticfiles").exists():
        pytest.skip("this checkout has collected its assets")
    result = check("--deploy", "--fail-level", "WARNING", **settings)
    assert result.returncode != 0
    assert named in result.stderr


@pytest.mark.parametrize(
    "settings",
    [
        {"ALLOWED_HOSTS": ".example.jp", "PORTAL_URL": "https://portal.example.jp:8443"},
        {"DATABASE_URL": f"{PRODUCTION['DATABASE_URL']}?sslmode=verify-full&sslrootcert=/etc/ssl/rds.pem"},
        {"OUTWARD_PORTS": "8080, 8443"},
        {"REDIS_URL": "rediss://:secret@doorbell.example.jp:6380", "AWS_REGION": "us-gov-west-1"},
    ],
)
def test_other_right_settings_are_clean_too(settings):
    result = check("--deploy", "--fail-level", "WARNING", **settings)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("command", [["migrate"], ["shell", "-c", "User.objects.count()"]])
def test_a_command_without_its_database_says_so_in_one_sentence_at_once(command):
    began = time.monotonic()
    result = run("manage.py", *command)
    assert result.returncode == 1
    (sentence,) = result.stderr.splitlines()
    assert "DATABASE_URL (127.0.0.1:1, portal) cannot be used" in sentence
    assert "Connection refused" in sentence
    assert time.monotonic() - began < 8


def test_the_web_tier_does_not_start_with_a_wrong_setting_and_names_it():
    result = run("-c", "import opsportal.wsgi", DATABASE_URL="nonsense")
    assert result.returncode == 1
    assert result.stderr.startswith("DATABASE_URL is not a database URL")
    assert len(result.stderr.splitlines()) == 1


def test_the_web_tier_waits_for_its_database_and_says_so():
    result = run("-c", "import opsportal.wsgi")
    assert result.returncode == 0
    assert "DATABASE_URL (127.0.0.1:1, portal) cannot be used" in result.stderr
