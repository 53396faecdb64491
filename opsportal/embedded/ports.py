"""Ports of this machine on the loopback address."""

import errno
import socket
from dataclasses import dataclass

HOST = "127.0.0.1"
_GUARD_HOST = "127.0.0.62"


def free_port() -> int:
    """A port on which nobody listens at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def is_free(port: int) -> bool:
    """Whether nobody listens on the port: some servers share one without complaint, so both sides are tried."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            # Binding alone succeeds beside another bound socket that does not listen yet.
            probe.listen(1)
        except OSError:
            return False
    return True


@dataclass(frozen=True)
class TakenPort:
    """A port promised to one process that has not opened it yet; the promise lasts as long as this object."""

    number: int
    guard: socket.socket | None


def take_port(preferred: int, *, tries: int = 50) -> TakenPort:
    """The preferred port, else the next free one above it, else any free one; nobody else who asks here gets it too."""
    for number in range(preferred, min(preferred + tries, 65_536)):
        guard = _guard(number)
        if guard and is_free(number):
            return TakenPort(number, guard)
    return TakenPort(free_port(), None)


def _guard(port: int) -> socket.socket | None:
    """Two starts at once would both find a port free, and a web server that shares ports would not complain.

    So whoever takes a port also binds it, exclusively, on a loopback address that nothing else uses (Linux has many;
    elsewhere an unbound socket stands in). The kernel lets go of it when the process ends.
    """
    guard = socket.socket()
    try:
        guard.bind((_GUARD_HOST, port))
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            return guard
        guard.close()
        return None
    return guard
