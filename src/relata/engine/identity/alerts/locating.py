"""Where an address is. Without a database of places nobody knows; then only networks can be told apart."""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from typing import Protocol

#: What a connection's address may wander within, as providers give them out.
_PREFIX = {4: 16, 6: 32}
_EARTH_KM = 6371.0
#: Faster than a plane, over a distance that no database of places gets wrong.
MAX_KM_PER_HOUR, MIN_KM = 1000.0, 500.0


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees north and east; name: for people, such as a city."""

    latitude: float
    longitude: float
    name: str = ""


class Locator(Protocol):
    """Port: a database of where addresses are."""

    def locate(self, ip: str) -> Place | None:
        """The place; None when it is not known."""


class NoPlaces:
    """No database: no address has a place."""

    def locate(self, ip: str) -> Place | None:
        """None."""
        return None


def network_of(ip: str) -> str:
    """The wider network that an address lies in, such as 203.0.0.0/16; "private" for a company's own, "" for none."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    if address.is_private or address.is_loopback or address.is_link_local:
        return "private"
    return str(ipaddress.ip_network((address, _PREFIX[address.version]), strict=False))


def kilometres(one: Place, other: Place) -> float:
    """The way over the earth's surface; haversine, good to half a percent."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    half = math.sin((south - north) / 2) ** 2
    across = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half + math.cos(north) * math.cos(south) * across))


def is_impossible(one: Place, other: Place, hours: float) -> bool:
    """Whether nobody travels from one to the other in the time."""
    distance = kilometres(one, other)
    return distance > MIN_KM and distance > MAX_KM_PER_HOUR * max(hours, 0.0)
