"""Settings from outside: right ones are clean, wrong ones are named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "kX9w2LqV7mB4tN8rZ1cY6pD3sF5gH0jAaQeWuIoPzXvTnMbRyK",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "portal.example.jp",
    "PORTAL_URL": "https://portal.example.jp",
}


def check(*arguments: str, **settings: str) -> subprocess.CompletedProcess:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=ROOT,
        env={**kept, **PRODUCTION, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


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
        ({"DATABASE_URL": "postgres:/broken"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://a:b@127.0.0.1/x"}, "DATABASE_URL must be a postgres:// URL"),
        ({"REDIS_URL": "127.0.0.1:6379"}, "REDIS_URL is not a Redis URL"),
        ({"TLS": "perhaps"}, "TLS='perhaps'"),
        ({"DATABASE_POOL": "many"}, "DATABASE_POOL='many'"),
        ({"FRESH_STATUS_SECONDS": "0"}, "FRESH_STATUS_SECONDS='0'"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL='LOUD'"),
        ({"AWS_ENDPOINT_URL": "localhost"}, "AWS_ENDPOINT_URL='localhost'"),
        ({"PORTAL_URL": "portal.example.jp"}, "PORTAL_URL='portal.example.jp'"),
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
