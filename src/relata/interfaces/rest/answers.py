"""What is sent back: JSON, encoded once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from relata.interfaces.http.answers import Answer

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_JSON = ("content-type", "application/json")


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose body comes piece by piece."""

    status: int
    headers: list[tuple[str, str]]
    chunks: AsyncIterator[bytes]


def encoded(value: object) -> bytes:
    """Decimals become JSON numbers, ids and moments texts."""
    return _ENCODER.encode(value)


def json(value: object, status: int = 200, *headers: tuple[str, str]) -> Answer:
    """A JSON answer."""
    return Answer(status, [_JSON, *headers], _ENCODER.encode(value))


def raw(body: bytes) -> Answer:
    """A JSON answer that was encoded before."""
    return Answer(200, [_JSON], body)


def empty(*headers: tuple[str, str]) -> Answer:
    """204."""
    return Answer(204, list(headers), b"")


def page(rows: list[Any], following: str, before: str = "", **more: object) -> Answer:
    """A list: rows, and the cursors of the pages after and before."""
    return json({"data": rows, "next": following or None, "previous": before or None, **more})


def record(shown: Mapping[str, Any], status: int = 200, *headers: tuple[str, str]) -> Answer:
    """One record; its version is its ETag."""
    version = shown.get("version")
    tags = (("etag", etag(version)),) if version is not None else ()
    return json(shown, status, *tags, *headers)


def etag(version: object) -> str:
    """A version as HTTP writes it."""
    return f'"{version}"'
