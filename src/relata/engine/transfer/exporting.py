"""Exporting what a list shows, as CSV, page by page: the same query, the same rights, memory for one page."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import Address, Field, Formula, GeoPoint, PersonName, RollUp, Tags
from relata.engine.metadata.fields.contact import SeveralValues
from relata.engine.metadata.object import SYSTEM_FIELDS, Object
from relata.engine.query.lines import Lines, Place, Writing
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.query.result import MASK, Cell, Page, Shape
from relata.engine.transfer.csv_lines import csv_line
from relata.engine.transfer.formula_guard import guarded
from relata.engine.transfer.json_lines import json_line
from relata.engine.transfer.resuming import behind, check_resumable
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.lines import fetch_lines, shape_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

#: What a list can leave as; XLSX is made by `engine.ui.sheets`, ZIP by `transfer.packing`.
FORMATS = ("csv", "jsonl")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
#: Characters that a page has about, and its rows at first, at least and at most.
_PIECE, _FIRST, _FEWEST, _MOST = 1_000_000, 200, 20, 5_000
_SYSTEM = frozenset(field.name for field in SYSTEM_FIELDS)
#: Is told how many rows came with each page; what it raises ends the export.
Progress = Callable[[int], Awaitable[None]]


async def export_csv(
    door: Door, key: str, who: Who, query: Query, *, after: UUID | None = None, progress: Progress | None = None
) -> AsyncIterator[str]:
    """The records of a query, header first, in pieces of a page. fields: those asked for; for none the id and
    everything that an import can bring back. after: the last record of an export that broke off; what follows it comes,
    without a header. Raises Denied without the permission, Invalid for what the query can't
    be. The log says who exported what. Records that change meanwhile are shown as they are when their page is read."""
    query, shape = await door.run(key, who, lambda work: begin_export(work, query, after), via="export")
    if after is None:
        yield written([[cell.key for cell in shape.cells]])
    if query.as_on is None and csv_line(shape) is not None:
        async for piece in written_lines(door, key, who, query, csv_line, after, progress):
            yield piece
        return
    async for found in pages_of(door, key, who, query, progress):
        readers = [read_by(cell) for cell in found.shape.cells]  # of each page: rights may change meanwhile
        if found.rows:
            yield written([[read(row) for read in readers] for row in found.rows])


async def export_jsonl(
    door: Door, key: str, who: Who, query: Query, *, after: UUID | None = None, progress: Progress | None = None
) -> AsyncIterator[str]:
    """The same as JSON lines: each record as the API shows it, for no fields with all of them."""
    query, shape = await door.run(key, who, lambda work: begin_export(work, query, after, every=True), via="export")
    if query.as_on is None and json_line(shape) is not None:
        async for piece in written_lines(door, key, who, query, json_line, after, progress):
            yield piece
        return
    async for found in pages_of(door, key, who, query, progress):
        yield b"".join(_ENCODER.encode(row) + b"\n" for row in found.json()).decode()


def export_records(
    door: Door, key: str, who: Who, query: Query, form: str, *, after: UUID | None = None,
    progress: Progress | None = None,
) -> AsyncIterator[str]:  # fmt: skip
    """form: one of FORMATS. after: see `export_csv`."""
    return (export_jsonl if form == "jsonl" else export_csv)(door, key, who, query, after=after, progress=progress)


async def written_lines(
    door: Door, key: str, who: Who, query: Query, writing: Writing, after: UUID | None, progress: Progress | None
) -> AsyncIterator[str]:
    """Pages that PostgreSQL wrote, each in a transaction of its own. As many rows at a time as make about a megabyte:
    fewer of long ones."""
    place: Place | None = Place(0, (after,) if after else ())
    limit = _FIRST
    while place is not None:
        here, most = place, limit

        async def page(work: Workspace, here: Place = here, most: int = most) -> Lines:
            return await fetch_lines(work, query, writing, here, most)

        found = await door.run(key, who, page, via="export", read_only=True)
        if found.text:
            yield found.text
            each = len(found.text) / found.count
            limit = max(_FEWEST, min(_MOST, int(_PIECE / each)))
            if progress:
                await progress(found.count)
        place = found.next


async def pages_of(
    door: Door, key: str, who: Who, query: Query, progress: Progress | None = None
) -> AsyncIterator[Page]:
    """Pages of rows, for what only Python can write."""

    async def page(work: Workspace) -> Page:
        return await work.query(query)

    while True:
        found = await door.run(key, who, page, via="export", read_only=True)
        yield found
        if progress:
            await progress(len(found.rows))
        if not found.next:
            return
        query = replace(query, after=found.next)


async def begin_export(
    work: Workspace, query: Query, after: UUID | None = None, *, every: bool = False
) -> tuple[Query, Shape]:
    """The query with its fields, and the cells of its rows."""
    if not work.actor.rights.permits("export_records"):
        raise Denied(_("You may not export records."), code="denied_export")
    one = work.readable_object(query.object)
    fields = query.fields or (() if every else restorable_paths(work, one))
    query = replace(query, fields=fields, limit=MAX_LIMIT, after="")
    if after is not None:
        check_resumable(query)
        query = behind(query, after)
    shape = await shape_of(work, query)
    await work.log(one.name, UUID(int=0), "exported", after={"fields": list(fields) or ["*"]})
    return query, shape


def restorable_paths(work: Workspace, one: Object) -> tuple[str, ...]:
    """The id and every field that an import can write, values of several parts as their parts."""
    found = ["id"]
    for name, field in one.all_fields.items():
        if name in _SYSTEM - {"owner", "team"} or isinstance(field, (Formula, RollUp)):
            continue
        if not work.actor.readable(one, field):
            if work.actor.masked(one, field):
                found.append(name)
        elif isinstance(field, (Address, PersonName)):
            found.extend(f"{name}.{part}" for part in field.parts)
        else:
            found.append(name)
    return tuple(found)


def read_by(cell: Cell) -> Callable[[Any], str]:
    """A row's cell as harmless text. Most cells hold their text in their first column already; a million rows notice
    what is made of it on the way."""
    at, field, text = cell.start, cell.field, text_of(cell)

    def whole(row: Any) -> str:
        return _harmless(text(value)) if (value := cell.value(row)) is not None else ""

    def plain(row: Any) -> str:
        return "" if (value := row[at]) is None else _harmless(value if type(value) is str else text(value))

    def of_several(row: Any) -> str:
        entries = row[at + 1]
        if not entries:
            return ""
        only = entries[0]["value"] if len(entries) == 1 and not entries[0].get("label") else ""
        return whole(row) if not only or ";" in only or only[0] == "[" else _harmless(only)

    if cell.masked:
        return whole
    if isinstance(field, SeveralValues) and cell.width == 2:
        return of_several
    if isinstance(field, PersonName):
        return plain if cell.width == len(field.columns()) else whole
    is_plain = field is None or (
        cell.width == 1 and type(field).from_columns is Field.from_columns and type(field).to_text is Field.to_text
    )
    return plain if is_plain else whole


def _harmless(text: str) -> str:
    """Letters and digits begin no formula."""
    return text if text[:1].isalnum() else guarded(text)


def text_of(cell: Cell) -> Callable[[Any], str]:
    """How values become text that an import reads back."""
    field = cell.field
    if cell.masked:
        return lambda value: MASK
    if field is None:
        return plain_text
    if isinstance(field, SeveralValues):
        return lambda value: _several(field, value)
    if isinstance(field, Tags):
        return lambda value: _tags(field, value)
    if isinstance(field, GeoPoint):
        return lambda value: f"{value.lat!r}, {value.lng!r}"
    return field.to_text


def _several(field: Field, value: Any) -> str:
    """One address as it is; several, or one with a label, as JSON, since nothing else can't occur in an address."""
    if len(value) == 1 and not value[0].label and ";" not in value[0].value and value[0].value[:1] != "[":
        return field.to_text(value)
    return msgspec.json.encode(field.to_json(value)).decode()


def _tags(field: Field, value: Any) -> str:
    if any(mark in word for word in value for mark in ";,") or value[0][:1] == "[":
        return msgspec.json.encode(value).decode()
    return field.to_text(value)


def plain_text(value: Any) -> str:
    """A value without a field: an id, a part, the result of a formula or a roll-up."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, timedelta):
        return str(int(value.total_seconds()))
    if isinstance(value, (datetime, date)):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def written(rows: list[list[str]]) -> str:
    """Lines of CSV (RFC 4180)."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
