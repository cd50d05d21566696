"""Which addresses of the network a typed web address may lead to: public ones, and what an operator allows."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from relata.foundation.errors import Invalid, Unavailable
from relata.foundation.i18n import gettext as _

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
#: Host name and port to every address that it has, in the order in which they are to be tried.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

#: IANA's special-purpose registry, written out: `is_global` changed between releases of Python.
_CLOSED_4 = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24"
        " 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
    ).split()
)
#: Public by its number, and yet a cloud's own service on every machine there (Azure).
_METADATA_4 = frozenset({IPv4Address("168.63.129.16"), IPv4Address("169.254.169.254"), IPv4Address("100.100.100.200")})
_METADATA_6 = frozenset({IPv6Address("fd00:ec2::254"), IPv6Address("fd20:ce::254")})
_GLOBAL_6 = IPv6Network("2000::/3")
#: Protocol assignments with Teredo, documentation, 6to4: the last two could carry any IPv4 address.
_CLOSED_6 = tuple(IPv6Network(each) for each in "2001::/23 2001:db8::/32 2002::/16 3fff::/20".split())
#: How a network that speaks IPv6 alone names an IPv4 server (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")


def is_allowed(address: Address, allow: Sequence[Network] = ()) -> bool:
    """Whether a connection to it may be opened. allow: networks of the operator; services that hand out a machine's
    credentials are no part of any network."""
    if isinstance(address, IPv6Address):
        inner = _within(address)
        if inner is not None:
            return is_allowed(inner, allow)
        if address in _METADATA_6 or address.scope_id is not None:
            return False
        if _lies_in(address, allow):
            return True
        return address in _GLOBAL_6 and not any(address in closed for closed in _CLOSED_6)
    if address in _METADATA_4:
        return False
    return _lies_in(address, allow) or not any(address in closed for closed in _CLOSED_4)


def _lies_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that is really meant."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


def networks_of(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks as a setting names them."""
    return tuple(ip_network(each, strict=False) for each in texts)


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """What the operating system says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def checked(host: str, port: int, allow: Sequence[Network], resolve: Resolve) -> list[Address]:
    """The addresses behind a name. Invalid when a single one of them is closed, so that a name can't mix them."""
    try:
        texts = [host] if _is_literal(host) else await resolve(host, port)
    except (OSError, UnicodeError):
        texts = []
    if not texts:
        raise Unavailable(
            _("There is no server of this name."), code="no_such_server", hint=_("Check how the address is spelled.")
        )
    addresses = [ip_address(text) for text in texts]
    if not all(is_allowed(address, allow) for address in addresses):
        raise Invalid(
            _("This address can't be used: it leads into a network that is not public."),
            code="address_refused",
            hint=_("Use a public address, or ask an operator to name the network in RELATA_FETCH_NETWORKS."),
        )
    return addresses


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
