"""The rules of coming in: pure functions of a policy, a person's roles and an address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

#: In place of a role: everybody.
EVERYBODY = "*"
MAX_NETWORKS = 200
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Policy(msgspec.Struct, frozen=True, omit_defaults=True):
    """networks: by role or EVERYBODY, the addresses from which such people may come; a role that is missing may come
    from anywhere. factor_roles: whose people need a second factor. only_sign_on: whether passwords and passkeys open
    nothing here."""

    networks: dict[str, tuple[str, ...]] = {}
    factor_roles: tuple[str, ...] = ()
    only_sign_on: bool = False


def lists_for(policy: Policy, roles: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The lists that bind a person with these roles; an address must be in each of them."""
    names = {EVERYBODY, *roles}
    return tuple(networks for name, networks in sorted(policy.networks.items()) if name in names and networks)


def needs_factor(policy: Policy, roles: Iterable[str]) -> bool:
    """Whether a person with these roles must have a second factor."""
    return not {EVERYBODY, *roles}.isdisjoint(policy.factor_roles)


def admits(lists: Sequence[tuple[str, ...]], ip: str) -> bool:
    """Whether every list contains the address; an address that is unknown is in none."""
    return all(any(_contains(network, ip) for network in networks) for networks in lists)


def read_networks(text: str, field: str) -> tuple[str, ...]:
    """Networks as people type them, one a line or with commas; Invalid names the first that is none. A host's bits may
    be set: 192.0.2.7/24 is 192.0.2.0/24."""
    found = []
    for part in text.replace(",", "\n").split():
        try:
            found.append(str(ipaddress.ip_network(part, strict=False)))
        except ValueError as error:
            raise Invalid.of(
                [
                    Problem(
                        "network",
                        _("%(part)s is not a network.") % {"part": part[:60]},
                        field,
                        _("Write addresses or networks, such as 192.0.2.0/24 or 2001:db8::/32."),
                    )
                ]
            ) from error
    if len(found) > MAX_NETWORKS:
        raise Invalid.of(
            [
                Problem(
                    "too_many",
                    _("At most %(max_networks)s networks fit.") % {"max_networks": MAX_NETWORKS},
                    field,
                    _("Write wider networks."),
                )
            ]
        )
    return tuple(dict.fromkeys(found))


@lru_cache(2000)
def _network(text: str) -> Network:
    return ipaddress.ip_network(text)


def _contains(network: str, ip: str) -> bool:
    """An IPv4 address may come written as an IPv6 one."""
    try:
        address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address) in _network(network)
