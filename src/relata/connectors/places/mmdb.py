"""Databases of places in the MaxMind DB format (GeoLite2 City, DB-IP City Lite), read where they lie.

Source: the MaxMind DB file format specification, version 2.0.
"""

from __future__ import annotations

import ipaddress
import mmap
import struct
from pathlib import Path
from typing import Any

from relata.engine.identity.alerts.locating import Place
from relata.foundation.errors import Invalid

_MARK, _MARK_WITHIN = b"\xab\xcd\xefMaxMind.com", 128 * 1024
_GAP = 16
_POINTER, _TEXT, _DOUBLE, _BYTES, _MAP, _SIGNED, _ARRAY, _BOOLEAN, _FLOAT = 1, 2, 3, 4, 7, 8, 11, 14, 15
_NUMBERS = frozenset({5, 6, 9, 10})
_MOST_DEPTH = 20


class PlacesFile:
    """One file, which the system keeps in memory as far as it is asked. Raises Invalid for a file that is none."""

    def __init__(self, file: Path) -> None:
        try:
            with file.open("rb") as opened:
                self._bytes = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
            mark = self._bytes.rfind(_MARK, max(0, len(self._bytes) - _MARK_WITHIN))
            if mark < 0:
                raise ValueError
            told, _end = self._value(mark + len(_MARK), mark + len(_MARK), 0)
            self._nodes, self._bits = int(told["node_count"]), int(told["record_size"])
            self._is_wide = told["ip_version"] == 6
            if self._bits not in (24, 28, 32):
                raise ValueError
        except (OSError, ValueError, LookupError, TypeError, struct.error) as error:
            raise Invalid(
                "The file of RELATA_PLACES is no database of places.", code="places",
                hint="Name a file that ends in .mmdb, such as GeoLite2-City.mmdb, and let Relata read it.",
            ) from error  # fmt: skip
        self._data = self._nodes * self._bits // 4 + _GAP

    def locate(self, ip: str) -> Place | None:
        """The place; None where it is not known, or what stands there can't be read."""
        try:
            found = self._found(ipaddress.ip_address(ip))
            where = found["location"]
            place = found.get("city") or found.get("country") or {}
            return Place(float(where["latitude"]), float(where["longitude"]), str(place["names"]["en"]))
        except (ValueError, LookupError, TypeError, struct.error, RecursionError):
            return None

    def _found(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> dict[str, Any]:
        if address.version == 6 and not self._is_wide:
            raise LookupError
        width = 128 if self._is_wide else 32
        node, number = 0, int(address)
        for bit in range(width - 1, -1, -1):
            if node >= self._nodes:
                break
            node = self._child(node, number >> bit & 1)
        if node <= self._nodes:
            raise LookupError
        value, _end = self._value(self._data + node - self._nodes - _GAP, self._data, 0)
        return dict(value)

    def _child(self, node: int, side: int) -> int:
        size = self._bits // 4
        pair = self._bytes[node * size : node * size + size]
        if self._bits == 28:
            high = pair[3] >> 4 if side == 0 else pair[3] & 15
            return high << 24 | int.from_bytes(pair[4 * side : 4 * side + 3], "big")
        half = size // 2
        return int.from_bytes(pair[half * side : half * side + half], "big")

    def _value(self, at: int, base: int, depth: int) -> tuple[Any, int]:
        """What is written there, and where it ends. base: from where pointers count."""
        if depth > _MOST_DEPTH:
            raise ValueError
        head = self._bytes[at]
        at, kind = at + 1, head >> 5
        if kind == _POINTER:
            return self._pointed(head, at, base, depth)
        if kind == 0:
            kind, at = self._bytes[at] + 7, at + 1
        size = head & 31
        if size > 28:
            more = size - 28
            size = (0, 29, 285, 65821)[more] + int.from_bytes(self._bytes[at : at + more], "big")
            at += more
        if kind == _MAP:
            return self._map(size, at, base, depth)
        if kind == _ARRAY:
            items = []
            for _item in range(size):
                item, at = self._value(at, base, depth + 1)
                items.append(item)
            return items, at
        return self._plain(kind, size, self._bytes[at : at + size]), at + (0 if kind == _BOOLEAN else size)

    def _pointed(self, head: int, at: int, base: int, depth: int) -> tuple[Any, int]:
        length = (head >> 3 & 3) + 1
        number = int.from_bytes(self._bytes[at : at + length], "big")
        if length < 4:
            number += ((head & 7) << 8 * length) + (0, 0, 2048, 526336)[length]
        value, _end = self._value(base + number, base, depth + 1)
        return value, at + length

    def _map(self, size: int, at: int, base: int, depth: int) -> tuple[dict[str, Any], int]:
        found = {}
        for _pair in range(size):
            key, at = self._value(at, base, depth + 1)
            found[str(key)], at = self._value(at, base, depth + 1)
        return found, at

    @staticmethod
    def _plain(kind: int, size: int, text: bytes) -> Any:
        if kind == _TEXT:
            return text.decode()
        if kind in _NUMBERS:
            return int.from_bytes(text, "big")
        if kind == _SIGNED:
            return int.from_bytes(text, "big", signed=size == 4)
        if kind == _DOUBLE:
            return struct.unpack(">d", text)[0]
        if kind == _FLOAT:
            return struct.unpack(">f", text)[0]
        if kind == _BOOLEAN:
            return bool(size)
        if kind == _BYTES:
            return text
        raise ValueError
