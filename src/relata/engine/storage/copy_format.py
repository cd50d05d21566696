"""Rows in the text format of COPY, in which PostgreSQL reads any type: made here, since psycopg asks anew for each cell
how its type is written, which was a tenth of an import."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from relata.foundation.errors import Bug

#: An empty cell.
EMPTY = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def line_of(cells: Sequence[Any]) -> str:
    """One row, without its line end. Bug for a value of a type that no column has."""
    return "\t".join([EMPTY if cell is None else _WRITERS.get(type(cell), _other)(cell) for cell in cells])


def writer_of(kind: str) -> Callable[[Any], str]:
    """How a cell that is not empty is written; kind: of its column, as `metadata.fields.Column` names it."""
    return _BY_KIND.get(kind, _any)


def _any(cell: Any) -> str:
    return _WRITERS.get(type(cell), _other)(cell)


def _text(value: str) -> str:
    if "\\" in value or "\n" in value or "\t" in value or "\r" in value:
        return value.translate(_ESCAPES)
    return value


def _boolean(value: bool) -> str:
    return "t" if value else "f"


def array_of(values: Iterable[Any]) -> str:
    """An array as the text of a parameter that the statement casts; each item in quotes, so that none is taken for a
    word of the format."""
    return "{" + ",".join(["null" if item is None else _quoted(_plain(item)) for item in values]) + "}"


def _list(value: Sequence[Any]) -> str:
    return _text(array_of(value)) if value else "{}"


def _plain(item: Any) -> str:
    """An item without the escapes of the line, which the whole array gets."""
    return item if isinstance(item, str) else _WRITERS.get(type(item), _other)(item)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _duration(value: timedelta) -> str:
    return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"


def _other(value: Any) -> str:
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    raise Bug(f"No column holds a {type(value).__name__}.")


#: Exact types first; an enumeration or a subclass is found by the one that it is of.
_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _text,
    UUID: lambda value: str(value.hex),
    bytes: lambda value: f"\\\\x{value.hex()}",
    bool: _boolean,
    int: str,
    float: repr,
    Decimal: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _duration,
    list: _list,
    tuple: _list,
}
#: Columns of which all values are of one type.
_BY_KIND: dict[str, Callable[[Any], str]] = {"text": _text, "boolean": _boolean, "id": _WRITERS[UUID]}
