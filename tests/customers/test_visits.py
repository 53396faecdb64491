"""Sites that dribble, redirect for ever, speak Shift_JIS or nonsense."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from customers.visits import visit


@pytest.fixture
def site() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Starts a server whose every connection is handled by the given function; gives its address."""
    open_sockets: list[socket.socket] = []

    def start(handle: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        open_sockets.append(listener)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=_handle, args=(handle, connection), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    for each in open_sockets:
        each.close()


def _handle(handle: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with connection:
        connection.recv(65536)
        try:
            handle(connection)
        except OSError:
            pass


def answer(body: bytes, head: str = "HTTP/1.1 200 OK\r\nContent-Type: text/html") -> Callable[[socket.socket], None]:
    whole = f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    return lambda connection: connection.sendall(whole)


def dribble(head: bytes) -> Callable[[socket.socket], None]:
    def handle(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(200):
            connection.sendall(b"x")
            time.sleep(0.1)

    return handle


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_site_that_dribbles_is_left_at_the_deadline(site, head):
    began = time.monotonic()
    met = visit(site(dribble(head)), "", seconds=1.0)
    assert (met.up, met.reason) == (False, "timeout")
    assert time.monotonic() - began < 5


def test_a_redirect_without_end_is_given_up(site):
    met = visit(site(answer(b"", "HTTP/1.1 302 Found\r\nLocation: /again")), "")
    assert (met.up, met.reason) == (False, "redirects")


def test_a_redirect_is_followed(site):
    target = site(answer("ようこそ".encode()))
    assert visit(site(answer(b"", f"HTTP/1.1 301 Moved\r\nLocation: {target}")), "ようこそ").up


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_the_expected_words_are_found_in_every_japanese_encoding(site, encoding):
    assert visit(site(answer("みなと水産 鮮魚便".encode(encoding))), "みなと水産").up


def test_words_that_are_not_there_are_missed(site):
    met = visit(site(answer("メンテナンス中".encode())), "みなと水産")
    assert (met.up, met.reason) == (False, "text")


@pytest.mark.parametrize(
    ("handle", "reason"),
    [
        (lambda connection: None, "no-answer"),
        (lambda connection: connection.sendall(b"SSH-2.0-nonsense\r\n"), "no-answer"),
        (answer(b"", "HTTP/1.1 503 Unavailable"), "status"),
    ],
)
def test_a_broken_answer_is_an_answer_too(site, handle, reason):
    met = visit(site(handle), "")
    assert (met.up, met.reason) == (False, reason)


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://127.0.0.1:1/", "no-answer"), ("ftp://127.0.0.1/", "address"), (f"http://{'a' * 70}.example/", "address")],
)
def test_an_address_that_cannot_be_visited_never_raises(url, reason):
    assert visit(url, "").reason == reason
