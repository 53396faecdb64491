"""Ports of this machine on the loopback address."""

import socket

HOST = "127.0.0.1"


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


def choose_port(preferred: int, *, tries: int = 50) -> int:
    """The preferred port, else the next free one above it, else any free one."""
    for port in range(preferred, min(preferred + tries, 65_536)):
        if is_free(port):
            return port
    return free_port()
