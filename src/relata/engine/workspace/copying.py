"""Many new rows at once: records and change rows by COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import Emails, Field, Phones, WebAddresses
from relata.engine.metadata.object import Object
from relata.engine.storage.copy_format import EMPTY, line_of, writer_of
from relata.engine.storage.planner import quoted
from relata.engine.workspace.unit import Unit

Row = list[Any]
_encode = msgspec.json.Encoder().encode


class RowWriter:
    """From values to the cells of a row, for the fields that some of many records have."""

    def __init__(self, one: Object, names: Iterable[str], *, json_as_text: bool = True) -> None:
        used = set(names)
        self.columns: list[str] = []
        self._cells: list[tuple[str, int, Callable[[Any], Sequence[Any]] | None]] = []
        for name, field in one.all_fields.items():
            if name in used and field.stored:
                parts = field.columns()
                self.columns.extend(part.name(name) for part in parts)
                self._cells.append((name, len(parts), _converter(field, json_as_text)))

    def row(self, values: Mapping[str, Any]) -> Row:
        """The cells in the order of `columns`."""
        cells: Row = []
        for name, width, convert in self._cells:
            value = values.get(name)
            if convert is None:
                cells.append(value)
            elif value is None:
                cells.extend([None] * width)
            else:
                cells.extend(convert(value))
        return cells


class LineWriter:
    """From values to the cells of a line for COPY, in the order of `columns`: for the fields that some of many records
    have."""

    def __init__(self, one: Object, names: Iterable[str]) -> None:
        used = set(names)
        self.columns: list[str] = []
        self._cells: list[tuple[str, Callable[[Any], str], str]] = []
        for name, field in one.all_fields.items():
            if name in used and field.stored:
                parts = field.columns()
                self.columns.extend(part.name(name) for part in parts)
                self._cells.append((name, _cell_writer(field), "\t".join([EMPTY] * len(parts))))

    def line(self, values: Mapping[str, Any]) -> str:
        """Without its line end."""
        get = values.get
        return "\t".join(
            [write(value) if (value := get(name)) is not None else empty for name, write, empty in self._cells]
        )


def _cell_writer(field: Field) -> Callable[[Any], str]:
    if isinstance(field, (Emails, Phones, WebAddresses)):  # their entries are kept as msgspec writes them
        return lambda value: line_of((value[0].value, _encode(value).decode()))
    convert = _converter(field, json_as_text=True)
    if convert is None:
        return writer_of(field.columns()[0].kind)
    return lambda value: line_of(convert(value))


def _converter(field: Field, json_as_text: bool) -> Callable[[Any], Sequence[Any]] | None:
    """None where the value is its only column's cell."""
    at = [index for index, part in enumerate(field.columns()) if part.kind == "json"]
    if not at or not json_as_text:
        is_plain = type(field).to_columns is Field.to_columns
        return None if is_plain else field.to_columns

    def with_json(value: Any) -> Sequence[Any]:
        cells = list(field.to_columns(value))
        for index in at:
            cells[index] = None if cells[index] is None else _encode(cells[index]).decode()
        return cells

    return with_json


async def copy_records(unit: Unit, one: Object, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY into the object's table."""
    named = ", ".join(quoted(name) for name in columns)
    target = f"{quoted(unit.context.schema)}.{quoted(one.name)}"
    await unit.connection.copy_lines(f"copy {target} ({named}) from stdin", lines)


def created_lines(unit: Unit, one: Object, rows: Iterable[tuple[UUID, Mapping[str, Any], bytes]]) -> Iterator[str]:
    """The change rows of new records, for `copy_log`. rows: id, source, values as JSON."""
    actor = unit.actor
    start = line_of((one.name, "created", actor.user, actor.via))
    return (f"{start}\t{_source(source)}\t{record.hex}\t{_escaped(after)}" for record, source, after in rows)


async def copy_log(unit: Unit, lines: Iterable[str]) -> None:
    """COPY into the log."""
    target = f"{quoted(unit.context.schema)}._change"
    await unit.connection.copy_lines(
        f"copy {target} (object, action, actor, via, source, record, after) from stdin", lines
    )


def _source(source: Mapping[str, Any]) -> str:
    return _escaped(_encode(source)) if source else EMPTY


def _escaped(document: bytes) -> str:
    """JSON holds no raw tab or line end, so the backslash alone needs a second one."""
    return document.decode().replace("\\", "\\\\")
