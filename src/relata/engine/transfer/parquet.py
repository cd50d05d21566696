"""Files in the format of Apache Parquet, written row group by row group as a stream: every column optional, plain
values, gzip. What this needs of the format is a page of code; the libraries that know all of it have 40 MB and more."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Literal

from relata import __version__

Kind = Literal["text", "whole", "decimal", "double", "boolean", "date", "moment"]
MAGIC = b"PAR1"
#: Digits of a decimal, and bytes that hold them.
_DIGITS, _WIDTH = 38, 16
_EPOCH_DAY, _EPOCH = date(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EXACT = Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN)
_BOOLEAN, _INT32, _INT64, _DOUBLE, _BYTES, _FIXED = 0, 1, 2, 5, 6, 7
_PLAIN, _RLE, _GZIP = 0, 3, 2
#: Physical type and converted type of each kind.
_TYPES: dict[str, tuple[int, int | None]] = {
    "text": (_BYTES, 0), "whole": (_INT64, None), "decimal": (_FIXED, 5), "double": (_DOUBLE, None),
    "boolean": (_BOOLEAN, None), "date": (_INT32, 6), "moment": (_INT64, 10),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParquetColumn:
    """places: decimals that a `decimal` keeps; it has 38 digits in all."""

    name: str
    kind: Kind
    places: int = 0


class ParquetWriter:
    """A file in the making. Each call gives the bytes that follow those before; None is an empty value."""

    def __init__(self, columns: Sequence[ParquetColumn]) -> None:
        self._columns = tuple(columns)
        self._groups: list[bytes] = []
        self._rows = 0
        self._at = 0

    def begin(self) -> bytes:
        """The first bytes."""
        return self._counted(MAGIC)

    def group(self, values: Sequence[Sequence[Any]]) -> bytes:
        """Rows, given column by column."""
        count, written, chunks = len(values[0]), [], []
        size = 0
        for column, cells in zip(self._columns, values, strict=True):
            page, plain_size = _page(column, cells)
            chunks.append(_chunk(column, count, self._at + size, plain_size, len(page)))
            written.append(page)
            size += len(page)
        self._groups.append(_struct((1, _list(12, chunks)), (2, _whole64(size)), (3, _whole64(count))))
        self._rows += count
        return self._counted(b"".join(written))

    def end(self) -> bytes:
        """The last bytes: what the file holds, and where."""
        root = _struct((4, _binary(b"record")), (5, _whole32(len(self._columns))))
        footer = _struct(
            (1, _whole32(1)), (2, _list(12, [root, *map(_element, self._columns)])), (3, _whole64(self._rows)),
            (4, _list(12, self._groups)), (6, _binary(f"Relata {__version__}".encode())),
        )  # fmt: skip
        return footer + struct.pack("<I", len(footer)) + MAGIC

    def _counted(self, piece: bytes) -> bytes:
        self._at += len(piece)
        return piece


def _page(column: ParquetColumn, cells: Sequence[Any]) -> tuple[bytes, int]:
    """A column's values with their header; its size before it was compressed, the header included."""
    filled = [cell for cell in cells if cell is not None]
    levels = _bits([cell is not None for cell in cells])
    levels = _varint((len(levels) << 1) | 1) + levels
    body = struct.pack("<I", len(levels)) + levels + _VALUES[column.kind](column, filled)
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    packed = packer.compress(body) + packer.flush()
    about = _struct((1, _whole32(len(cells))), (2, _whole32(_PLAIN)), (3, _whole32(_RLE)), (4, _whole32(_RLE)))
    header = _struct((1, _whole32(0)), (2, _whole32(len(body))), (3, _whole32(len(packed))), (5, (12, about)))
    return header + packed, len(header) + len(body)


def _chunk(column: ParquetColumn, count: int, offset: int, plain_size: int, size: int) -> bytes:
    about = _struct(
        (1, _whole32(_TYPES[column.kind][0])), (2, _list(5, [_zigzag(_PLAIN), _zigzag(_RLE)])),
        (3, _list(8, [_text(column.name)])), (4, _whole32(_GZIP)), (5, _whole64(count)), (6, _whole64(plain_size)),
        (7, _whole64(size)), (9, _whole64(offset)),
    )  # fmt: skip
    return _struct((2, _whole64(offset)), (3, (12, about)))


def _element(column: ParquetColumn) -> bytes:
    physical, converted = _TYPES[column.kind]
    parts = [(1, _whole32(physical))]
    if physical == _FIXED:
        parts.append((2, _whole32(_WIDTH)))
    parts += [(3, _whole32(1)), (4, _binary(column.name.encode()))]
    if converted is not None:
        parts.append((6, _whole32(converted)))
    if column.kind == "decimal":
        parts += [(7, _whole32(column.places)), (8, _whole32(_DIGITS))]
    return _struct(*parts)


def _texts(column: ParquetColumn, cells: Sequence[str]) -> bytes:
    return b"".join(piece for text in cells for piece in _counted_bytes(text))


def _counted_bytes(text: str) -> Iterator[bytes]:
    told = text.encode()
    yield struct.pack("<I", len(told))
    yield told


def _decimals(column: ParquetColumn, cells: Sequence[Decimal]) -> bytes:
    shift = Decimal(1).scaleb(-column.places)
    whole = (int(_EXACT.quantize(Decimal(cell), shift).scaleb(column.places, _EXACT)) for cell in cells)
    return b"".join(number.to_bytes(_WIDTH, "big", signed=True) for number in whole)


def _moments(column: ParquetColumn, cells: Sequence[datetime]) -> bytes:
    return struct.pack(f"<{len(cells)}q", *((cell - _EPOCH) // _MICROSECOND for cell in cells))


_VALUES: dict[str, Callable[[ParquetColumn, Sequence[Any]], bytes]] = {
    "text": _texts,
    "whole": lambda column, cells: struct.pack(f"<{len(cells)}q", *map(int, cells)),
    "decimal": _decimals,
    "double": lambda column, cells: struct.pack(f"<{len(cells)}d", *map(float, cells)),
    "boolean": lambda column, cells: _bits(cells),
    "date": lambda column, cells: struct.pack(f"<{len(cells)}i", *((cell - _EPOCH_DAY).days for cell in cells)),
    "moment": _moments,
}


def _bits(flags: Sequence[bool]) -> bytes:
    """Eight in a byte, the first lowest."""
    number = int("".join("1" if flag else "0" for flag in reversed(flags)) or "0", 2)
    return number.to_bytes((len(flags) + 7) // 8, "little")


# Thrift's compact protocol: what a value is, and its bytes.
_Value = tuple[int, bytes]


def _struct(*parts: tuple[int, _Value]) -> bytes:
    """Fields by their numbers, which rise."""
    written, last = [], 0
    for number, (kind, content) in parts:
        written += [bytes([(number - last) << 4 | kind]), content]
        last = number
    return b"".join((*written, b"\0"))


def _list(kind: int, items: Sequence[bytes]) -> _Value:
    head = bytes([len(items) << 4 | kind]) if len(items) < 15 else bytes([0xF0 | kind]) + _varint(len(items))
    return 9, head + b"".join(items)


def _whole32(number: int) -> _Value:
    return 5, _zigzag(number)


def _whole64(number: int) -> _Value:
    return 6, _zigzag(number)


def _binary(content: bytes) -> _Value:
    return 8, _varint(len(content)) + content


def _text(content: str) -> bytes:
    return _binary(content.encode())[1]


def _zigzag(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)
