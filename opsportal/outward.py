"""The only way out to addresses that people give: it leads to the internet, never into a network.

A name is resolved once, every address that it gives is judged, and one of exactly those is connected to: what a name
server says a moment later changes nothing. The host stays what is asked for and what the certificate must name.
"""

import ipaddress
import re
import socket
import time
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpcore
from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

WEB_PORTS = (80, 443)
READ_AT_MOST = 512 * 1024
TRIED_AT_MOST = 4
INSIDE = (".local", ".internal", ".localdomain", ".localhost", ".arpa")

_NUMBERS = re.compile(r"[0-9a-fx.]+", re.IGNORECASE)
_UNICAST = ipaddress.IPv6Network("2000::/3")
# Where a network translates for machines without IPv4; the last four bytes are the address that is reached.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
# What an address holds as it is; all else, and every letter that is not Latin, goes out percent-encoded.
_AS_IT_IS = "%/:@!$&'()*+,;=?"


class Barred(Exception):
    """The portal does not go there; `word` is "address", "credentials", "port" or "inside"."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class TooManyRedirects(Exception):
    """The answers sent the portal on and on."""


def refuse(url: str) -> None:
    """Raise Barred for an address that can never be gone to, as far as it tells without asking for its name."""
    host, port = _host_and_port(sent(url))
    written = _written_address(host)
    if written is not None:
        _judge([written], port)
    elif f".{host.rstrip('.').lower()}".endswith(INSIDE):
        raise Barred("inside")
    elif port not in _ports():
        raise Barred("port")


def sent(url: str) -> str:
    """An address as it is asked for: its name in IDNA, its path and query percent-encoded. Raises Barred."""
    host, _port = _host_and_port(url)
    parts = urlsplit(url)
    try:
        # Also a number in wide digits becomes what it is here, so that it is judged as one.
        name = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
        path, query = quote(parts.path, _AS_IT_IS), quote(parts.query, _AS_IT_IS)
    except UnicodeError:
        raise Barred("address") from None
    return urlunsplit((parts.scheme, f"{name}:{parts.port}" if parts.port else name, path, query, ""))


def fetch(
    method: str,
    url: str,
    *,
    ends: float,
    headers: Sequence[tuple[str, str]] = (),
    content: bytes = b"",
    redirects: int = 0,
) -> tuple[int, bytes]:
    """Status and beginning of the page of an answer that has come before `ends`, a moment of the monotonic clock.

    Without `redirects` an answer that sends elsewhere is the answer. Raises Barred, TooManyRedirects, ValueError for
    what is no address, OSError and httpcore's errors.
    """
    with httpcore.ConnectionPool(network_backend=_Way(ends)) as pool:
        for _ in range(redirects + 1):
            url = sent(url)
            with pool.stream(method, url, headers=list(headers), content=content or None) as answer:
                target = _target(answer) if redirects else ""
                if not target:
                    return answer.status, _beginning(answer)
                url = urljoin(url, target)
    raise TooManyRedirects


def is_public(address: Address) -> bool:
    """Whether an address is of the internet, also one that is written inside of an IPv6 address."""
    if isinstance(address, ipaddress.IPv6Address):
        reached = _reached(address)
        if isinstance(reached, ipaddress.IPv4Address):
            return is_public(reached)
        if address not in _UNICAST or address.sixtofour or address.teredo:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _reached(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address
    return address


def _judge(addresses: Iterable[Address], port: int) -> None:
    """Raise Barred unless each address may be gone to; one that is inside spoils the others."""
    for address in addresses:
        if any(_reached(address) in network for network in settings.OUTWARD_NETWORKS):
            continue
        if not is_public(address):
            raise Barred("inside")
        if port not in _ports():
            raise Barred("port")


def _ports() -> tuple[int, ...]:
    return (*WEB_PORTS, *settings.OUTWARD_PORTS)


def _host_and_port(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Barred("address") from None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise Barred("address")
    if parts.username is not None or parts.password is not None:
        raise Barred("credentials")
    return host, port or (443 if parts.scheme == "https" else 80)


def _written_address(host: str) -> Address | None:
    """The address that a host is by itself, in any way of writing it that a machine understands: 127.1, 0x7f000001."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    if not _NUMBERS.fullmatch(host):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _resolved(host: str, port: int) -> list[Address]:
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_rest, place in places))


def _target(answer: httpcore.Response) -> str:
    moved = next((value for name, value in answer.headers if name.lower() == b"location"), b"")
    # Sites write it in UTF-8 too; what is neither that nor ASCII is no address that could be followed.
    return moved.decode("utf-8") if 300 <= answer.status < 400 else ""


def _beginning(answer: httpcore.Response) -> bytes:
    body = b""
    for chunk in answer.iter_stream():
        body += chunk
        if len(body) > READ_AT_MOST:
            break
    return body


class _Way(httpcore.NetworkBackend):
    """Connects to addresses that were judged, and to those alone."""

    def __init__(self, ends: float) -> None:
        self._backend, self._ends = httpcore.SyncBackend(), ends

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None) -> httpcore.NetworkStream:
        addresses = _resolved(host, port)
        _judge(addresses, port)
        addresses = addresses[:TRIED_AT_MOST]
        for number, address in enumerate(addresses, start=1):
            # An address that swallows packets leaves time for the next one.
            seconds = _left(self._ends) / (len(addresses) - number + 1)
            try:
                stream = self._backend.connect_tcp(str(address), port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return _TimedStream(stream, self._ends)
        raise httpcore.ConnectError("the name has no address")


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


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("it took too long")
    return left
