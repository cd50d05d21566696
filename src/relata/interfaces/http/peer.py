"""Where a request comes from, and by which name and scheme it reached us; proxies are believed only when trusted."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from relata.interfaces.http.asgi import Headers, Scope
from relata.interfaces.http.refusal import Refusal
from relata.interfaces.http.settings import LOCAL_HOSTS, HttpSettings, Network

_FORWARDED = frozenset({b"x-forwarded-for", b"x-forwarded-host", b"forwarded", b"x-real-ip", b"via"})
_HOST = re.compile(r"^(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::\d{1,5})?$")


@dataclass(slots=True)  # frozen would cost 2 µs a request
class Peer:
    """ip: of the person's side, "" when unknown. host: as the browser wrote it, lower case, with its port.
    is_proxied: a trusted proxy brought it. has_traces: of some other proxy."""

    ip: str
    host: str
    is_https: bool
    is_proxied: bool
    has_traces: bool

    @property
    def is_local(self) -> bool:
        """A program on this very machine, with no sign of a proxy that could be speaking for somebody else."""
        is_direct = not self.is_proxied and not self.has_traces
        return is_direct and _is_loopback(self.ip) and hostname(self.host) in LOCAL_HOSTS


def peer_of(scope: Scope, headers: Headers, settings: HttpSettings) -> Peer:
    """Reads it from the connection, and from the X-Forwarded headers of a trusted proxy."""
    client = scope.get("client")
    ip, is_https = (client[0] if client else ""), settings.is_https or scope.get("scheme") == "https"
    host = (headers.get(b"host") or "").lower()
    is_proxied = bool(settings.trusted_proxies) and _is_trusted(ip, settings.proxies)
    if is_proxied:
        chain = (headers.get(b"x-forwarded-for") or "").split(",")
        ip = _first_stranger(ip, [hop.strip() for hop in chain], settings.proxies)
        is_https = is_https or (headers.get(b"x-forwarded-proto") or "").strip().lower() == "https"
    return Peer(ip, host, is_https, is_proxied, headers.has_any(_FORWARDED))


#: Where signed links to files lie.
FILES_PLACE = "/f/"


def check_host(peer: Peer, headers: Headers, settings: HttpSettings, path: str = "/") -> None:
    """Refuses names that are not ours: they come from rebound DNS or poisoned links."""
    name = hostname(peer.host)
    if not name or b"host" in headers.repeated:
        raise Refusal(400, "host", "The request does not say, in one Host header, whom it is for.")
    if name == settings.files_host:
        if not path.startswith(FILES_PLACE):
            raise Refusal(404, "not_found", "There is nothing here but files.")
        return
    if name not in settings.allowed_hosts and "*" not in settings.allowed_hosts:
        hint = "Set RELATA_PUBLIC_URL to the address in use."
        raise Refusal(400, "host", "This server does not answer to that name.", hint=hint)


@lru_cache(256)
def hostname(host: str) -> str:
    """The name in a Host header without its port; "" when it is none."""
    found = _HOST.match(host)
    return (found["six"] or found["name"]).lower() if found else ""


def _is_loopback(ip: str) -> bool:
    return ip == "::1" or ip.startswith(("127.", "::ffff:127."))


def _is_trusted(ip: str, proxies: Sequence[Network]) -> bool:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip == ""  # a Unix socket: whoever may open it is on this machine
    return any(address in network for network in proxies)


def _first_stranger(ip: str, hops: list[str], proxies: Sequence[Network]) -> str:
    """Hops are written left to right; from the right, the first that no trusted proxy is, is the person's side."""
    for hop in reversed(hops):
        try:
            ip = str(ipaddress.ip_address(hop))
        except ValueError:
            return ip
        if not _is_trusted(ip, proxies):
            return ip
    return ip
