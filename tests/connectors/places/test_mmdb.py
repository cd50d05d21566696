"""A database of places is read as its format says, and anything else is told."""

from __future__ import annotations

import ipaddress
import struct
from pathlib import Path
from typing import Any

import pytest

from relata.connectors.places.mmdb import PlacesFile
from relata.engine.identity.alerts.locating import Place
from relata.foundation.errors import Invalid


def written(value: Any) -> bytes:
    """As the format writes it: maps, texts, doubles and numbers."""
    if isinstance(value, dict):
        return bytes([7 << 5 | len(value)]) + b"".join(written(key) + written(one) for key, one in value.items())
    if isinstance(value, str):
        text = value.encode()
        return (bytes([2 << 5 | len(text)]) if len(text) < 29 else bytes([2 << 5 | 29, len(text) - 29])) + text
    if isinstance(value, float):
        return bytes([3 << 5 | 8]) + struct.pack(">d", value)
    return bytes([6 << 5 | 4]) + struct.pack(">I", value)


def file_of(path: Path, places: dict[str, Any], bits: int) -> Path:
    """One with these networks, in a tree of IPv6."""
    nodes: list[list[int | bytes | None]] = [[None, None]]
    for network, place in places.items():
        one = ipaddress.ip_network(network)
        skipped = 96 if one.version == 4 else 0
        number, length = int(one.network_address), one.prefixlen + skipped
        node = 0
        for depth in range(length):
            side = number >> (127 - depth) & 1
            if depth == length - 1:
                nodes[node][side] = written(place)
            elif nodes[node][side] is None:
                nodes.append([None, None])
                nodes[node][side] = len(nodes) - 1
            below = nodes[node][side]
            node = below if isinstance(below, int) else node
    data, tree = b"", b""
    for pair in nodes:
        cells = []
        for cell in pair:
            if isinstance(cell, bytes):
                cells.append(len(nodes) + 16 + len(data))
                data += cell
            else:
                cells.append(len(nodes) if cell is None else cell)
        left, right = cells
        if bits == 28:
            middle = bytes([left >> 24 << 4 | right >> 24])
            tree += (left & 0xFFFFFF).to_bytes(3, "big") + middle + (right & 0xFFFFFF).to_bytes(3, "big")
        else:
            tree += left.to_bytes(bits // 8, "big") + right.to_bytes(bits // 8, "big")
    told = {"node_count": len(nodes), "record_size": bits, "ip_version": 6}
    path.write_bytes(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + written(told))
    return path


@pytest.mark.parametrize("bits", [24, 28, 32])
def test_addresses_have_their_places(tmp_path: Path, bits: int) -> None:
    berlin = {"city": {"names": {"en": "Berlin"}}, "location": {"latitude": 52.5, "longitude": 13.4}}
    oslo = {"country": {"names": {"en": "Kingdom of Norway, the whole of it"}}, "location": berlin["location"]}
    nowhere = {"city": {"names": {"en": "Nowhere"}}}
    file = file_of(tmp_path / "x.mmdb", {"9.9.0.0/16": berlin, "2001:db8::/32": oslo, "8.8.8.0/24": nowhere}, bits)
    found = PlacesFile(file)
    assert found.locate("9.9.1.2") == Place(52.5, 13.4, "Berlin")
    assert found.locate("2001:db8::7") == Place(52.5, 13.4, "Kingdom of Norway, the whole of it")
    assert [found.locate(one) for one in ("8.8.8.8", "10.0.0.1", "no address", "")] == [None] * 4


def test_what_is_no_such_file_is_told(tmp_path: Path) -> None:
    for content in (b"", b"nothing", b"\xab\xcd\xefMaxMind.com" + b"\xff" * 9):
        file = tmp_path / "x.mmdb"
        file.write_bytes(content)
        with pytest.raises(Invalid, match="no database of places"):
            PlacesFile(file)
    with pytest.raises(Invalid):
        PlacesFile(tmp_path / "missing.mmdb")
