"""A visit to a web site as a browser would make it, that never takes longer than it may."""

import time
from dataclasses import dataclass
from urllib.parse import urljoin

import httpcore

SECONDS = 10.0
READ_AT_MOST = 512 * 1024
REDIRECTS_AT_MOST = 5
# A page may say its encoding only inside itself; these are what Japanese sites are written in.
ENCODINGS = ("utf-8", "cp932", "euc_jp")

_HEADERS = [("User-Agent", "opsportal-probe"), ("Accept", "text/html,*/*"), ("Accept-Encoding", "identity")]


@dataclass(frozen=True)
class Met:
    """What a visitor met. `reason` is "", "no-answer", "timeout", "status", "text" or "address"."""

    up: bool
    status: int | None
    milliseconds: int | None
    reason: str


def visit(url: str, text: str, *, seconds: float = SECONDS) -> Met:
    """Ask for a page; up means an answer below 400 that holds the expected text. Never raises for what a site does."""
    began = time.monotonic()
    try:
        status, body = _fetch(url, began + seconds)
    except httpcore.TimeoutException:
        return Met(False, None, None, "timeout")
    except (httpcore.UnsupportedProtocol, UnicodeError, ValueError, _TooManyRedirects):
        return Met(False, None, None, "address")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return Met(False, None, None, "no-answer")
    milliseconds = round(1000 * (time.monotonic() - began))
    if status >= 400:
        return Met(False, status, milliseconds, "status")
    if text and not any(text.encode(encoding, errors="ignore") in body for encoding in ENCODINGS):
        return Met(False, status, milliseconds, "text")
    return Met(True, status, milliseconds, "")


class _TooManyRedirects(Exception):
    pass


def _fetch(url: str, ends: float) -> tuple[int, bytes]:
    with httpcore.ConnectionPool(network_backend=_TimedBackend(ends)) as pool:
        for _ in range(REDIRECTS_AT_MOST + 1):
            with pool.stream("GET", url, headers=_HEADERS) as answer:
                moved = dict(answer.headers).get(b"location") or dict(answer.headers).get(b"Location")
                if not (moved and 300 <= answer.status < 400):
                    return answer.status, _read(answer)
                url = urljoin(url, moved.decode("ascii"))
    raise _TooManyRedirects


def _read(answer: httpcore.Response) -> bytes:
    body = b""
    for chunk in answer.iter_stream():
        body += chunk
        if len(body) > READ_AT_MOST:
            break
    return body


class _TimedStream(httpcore.NetworkStream):
    """Every wait for the network ends at one moment, however the other side dribbles."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._ends))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context, server_hostname=None, timeout=None) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(self._ends)), self._ends)

    def get_extra_info(self, info: str):
        return self._stream.get_extra_info(info)


class _TimedBackend(httpcore.NetworkBackend):
    def __init__(self, ends: float) -> None:
        self._backend, self._ends = httpcore.SyncBackend(), ends

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None) -> httpcore.NetworkStream:
        stream = self._backend.connect_tcp(host, port, _left(self._ends), local_address, socket_options)
        return _TimedStream(stream, self._ends)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the visit took too long")
    return left
