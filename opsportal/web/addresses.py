"""Where a request came from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# Where a network without IPv4 writes the IPv4 addresses of its callers (RFC 6052): they are not one caller.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def address_of(request: HttpRequest) -> str:
    """The caller's address: the one that the outermost of our own proxies saw; what callers add themselves is ignored.

    Empty when it is not an address at all, as behind a socket.
    """
    if not settings.PROXIES:
        return _address(request.META.get("REMOTE_ADDR", ""))
    passed = request.headers.get("X-Forwarded-For", "").split(",")
    return _address(passed[-settings.PROXIES] if len(passed) >= settings.PROXIES else "")


def network_of(address: str) -> str:
    """Who counts as one caller: an IPv4 address, or the /64 of IPv6 that a single connection is given whole."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 4:
        return str(known)
    if known.ipv4_mapped or known in _TRANSLATED:
        return str(known.ipv4_mapped or ipaddress.IPv4Address(int(known) & 0xFFFFFFFF))
    return str(ipaddress.IPv6Network((int(known) >> 64 << 64, 64)))


def is_loopback(request: HttpRequest) -> bool:
    """Whether caller and host are this very machine, with no proxy in between."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    caller = _address(request.META.get("REMOTE_ADDR", ""))
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"))
    here = host == "localhost" or _loopback(host)
    return here and _loopback(caller) and not forwarded


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip().strip("[]")))
    except ValueError:
        return ""


def _loopback(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False
