"""Whether a port is free, and whether Relata answers there."""

from __future__ import annotations

import errno
import socket
import ssl
from contextlib import suppress

from relata.foundation.errors import Unavailable

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def check_port_is_free(host: str, port: int) -> None:
    """Raises Unavailable with a remedy when we could not listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise Unavailable(_why(error, port), code="port") from error


def _why(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use; stop what listens there, or set RELATA_PORT to another port."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than we have; set RELATA_PORT to one above 1023."
    return "RELATA_HOST is no address of this machine; 127.0.0.1 serves this machine, 0.0.0.0 all others too."


def answers(host: str, port: int, timeout_seconds: float = 1.0) -> bool:
    """Whether a web application of ours answers there that it is well, in plain HTTP or with TLS."""
    return any(_is_well(host, port, timeout_seconds, with_tls=with_tls) for with_tls in (False, True))


def _is_well(host: str, port: int, timeout_seconds: float, *, with_tls: bool) -> bool:
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with suppress(OSError), socket.create_connection((_ANYWHERE.get(host, host), port), timeout_seconds) as plain:
        talk = _unverified().wrap_socket(plain) if with_tls else plain
        talk.sendall(request)
        return b" 200 " in talk.recv(64)
    return False


def _unverified() -> ssl.SSLContext:
    """We ask our own machine by its number, which no certificate names, and tell it nothing."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
