"""A list as a file: exactly the columns, filter and order that are shown, for people who go on in a spreadsheet. What
an import reads back is another export (`transfer.exporting`)."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import xlsxwriter

from relata.engine.formula import Node
from relata.engine.metadata.fields import Link
from relata.engine.metadata.object import Object
from relata.engine.query.lines import Writing
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.query.scope import FieldScope
from relata.engine.transfer.exporting import Progress, written, written_lines
from relata.engine.transfer.formula_guard import guarded
from relata.engine.ui.listing import Listing, ListState, asked_by, listing, shown_paths, shows_title
from relata.engine.ui.sheet_cells import columns_of, sheet_writing
from relata.engine.ui.values import Item
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.lines import shape_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.money import Money

#: Rows of a sheet, its head included (the format's own limit).
MAX_ROWS = 1_048_576
_MAX_TEXT = 32_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be exported. fixed: a condition beside the list's own. columns: paths; empty for the layout's."""

    object: str
    state: ListState
    fixed: Node | None = None
    columns: tuple[str, ...] = ()


async def check_and_log(work: Workspace, sheet: Sheet) -> None:
    """Denied without the right; the log says who exported what."""
    if not work.actor.rights.permits("export_records"):
        raise Denied(_("You may not export records."), code="denied_export")
    await listing(work, work.readable_object(sheet.object), replace(sheet.state, limit=1), fixed=sheet.fixed)
    await work.log(sheet.object, UUID(int=0), "exported", after={"fields": list(sheet.columns)})


@dataclass(frozen=True, slots=True)
class _Asked:
    """A list that PostgreSQL writes."""

    query: Query
    writing: Writing
    heads: list[str]


async def _asked(work: Workspace, sheet: Sheet, form: str) -> _Asked | None:
    """None where a column is of a kind that only Python writes, and for past days."""
    one, state = work.registry.get(sheet.object), replace(sheet.state, limit=MAX_LIMIT, after="")
    if state.as_on is not None or not shows_title(work, one):
        return None
    paths = shown_paths(work, one, sheet.columns or work.layout(one.name).columns)
    scope, links = FieldScope(work.registry, one, work.actor), dict[str, tuple[str, str]]()
    for path in paths:
        found = scope.find(tuple(path.split(".")))
        if isinstance(found.field, Link) and not found.part:
            links[path] = (f"{path}.{work.registry.get(found.field.to).title_field}", f"{path}.id")
    further = dict.fromkeys(place for places in links.values() for place in places if place not in paths)
    query = asked_by(work, one, state, sheet.fixed, (*paths, *further))
    try:
        shape = await shape_of(work, query)
    except (Denied, Invalid):  # what a link leads to is hidden: its title is told without reading it
        return None
    writing = sheet_writing(columns_of(one.title_field, paths, links), form, work.actor.zone)
    if writing(shape) is None:
        return None
    heads = await listing(work, one, replace(state, limit=1), fixed=sheet.fixed, columns=sheet.columns)
    return _Asked(query, writing, _heads(heads))


async def _pages(
    door: Door, key: str, who: Who, sheet: Sheet, progress: Progress | None = None
) -> AsyncIterator[tuple[Listing, str]]:
    """The list, page by page, each in a transaction of its own, with the reader's time zone."""
    state = replace(sheet.state, limit=MAX_LIMIT, after="")
    while True:

        async def page(work: Workspace, state: ListState = state) -> tuple[Listing, str]:
            one = work.registry.get(sheet.object)
            return await listing(work, one, state, fixed=sheet.fixed, columns=sheet.columns), work.actor.zone

        found, zone = await door.run(key, who, page, via="export", read_only=True)
        yield found, zone
        if progress:
            await progress(len(found.rows))
        if not found.next:
            return
        state = replace(state, after=found.next)


def _heads(found: Listing) -> list[str]:
    return [found.title_column.label, *(column.label for column in found.columns)]


async def csv_of(
    door: Door, key: str, who: Who, sheet: Sheet, *, progress: Progress | None = None
) -> AsyncIterator[str]:
    """The list as CSV, in pieces of a page. Call `check_and_log` first."""
    if asked := await door.run(key, who, lambda work: _asked(work, sheet, "csv"), via="export", read_only=True):
        yield written([[guarded(head) for head in asked.heads]])
        async for piece in written_lines(door, key, who, asked.query, asked.writing, None, progress):
            yield piece
        return
    is_first = True
    async for found, zone in _pages(door, key, who, sheet, progress):
        lines = [[guarded(head) for head in _heads(found)]] if is_first else []
        for row in found.rows:
            cells = [row.title, *(as_text(plain(cell.value, zone)) for cell in row.cells)]
            lines.append([guarded(cell) for cell in cells])
        is_first = False
        yield written(lines)


async def lines_of(
    door: Door, key: str, who: Who, sheet: Sheet, *, progress: Progress | None = None
) -> AsyncIterator[str]:
    """The list as JSON lines, an object for each record with its id, named by the columns' paths, in pieces of a page.
    Call `check_and_log` first."""
    if asked := await door.run(key, who, lambda work: _asked(work, sheet, "jsonl"), via="export", read_only=True):
        async for piece in written_lines(door, key, who, asked.query, asked.writing, None, progress):
            yield piece
        return
    async for found, zone in _pages(door, key, who, sheet, progress):
        names = [found.title_column.path, *(column.path for column in found.columns)]
        lines = []
        for row in found.rows:
            cells = [row.title, *(_said(cell.value, zone) for cell in row.cells)]
            lines.append(msgspec.json.encode({"id": row.id, **dict(zip(names, cells, strict=True))}).decode())
        yield "".join(f"{line}\n" for line in lines)


def _said(value: Any, zone: str) -> Any:
    """A value as JSON says it: numbers and booleans as such, money with its currency, everything else as text."""
    if isinstance(value, tuple):
        return [_said(one, zone) for one in value]
    told = plain(value, zone)
    if isinstance(told, date):  # and a moment
        return told.isoformat()
    if told is None or isinstance(told, (bool, int, float, str)):
        return told
    if isinstance(told, Money):
        return {"amount": str(told.amount), "currency": told.currency}
    return as_text(told)


async def xlsx_of(door: Door, key: str, who: Who, sheet: Sheet, *, progress: Progress | None = None) -> Path:
    """The list as a workbook in a temporary file, which the caller removes; memory for one row. Texts are texts,
    whatever they begin with."""
    place = _place()
    try:
        await _write(place, _pages(door, key, who, sheet, progress))
    except BaseException:
        _remove(place)
        raise
    return place


def _place() -> Path:
    with tempfile.NamedTemporaryFile(prefix="relata-", suffix=".xlsx", delete=False) as place:
        return Path(place.name)


def _remove(place: Path) -> None:
    place.unlink(missing_ok=True)


async def _write(path: Path, pages: AsyncIterator[tuple[Listing, str]]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), {**options, "strings_to_numbers": False})
    writer: _Writer | None = None
    async for found, zone in pages:
        if writer is None:
            writer = _Writer(book, found, zone)
        if not await asyncio.to_thread(writer.add_all, found):
            break
    await asyncio.to_thread(book.close)


class _Writer:
    """Rows into the only sheet of a workbook."""

    def __init__(self, book: Any, found: Listing, zone: str) -> None:
        self._book = book
        self._zone = zone
        self._formats: dict[str, Any] = {}
        self._sheet = book.add_worksheet(_sheet_name(found.object))
        self._sheet.freeze_panes(1, 1)
        self._row = 1
        bold = book.add_format({"bold": True})
        self._sheet.set_column(0, 0, 32)
        self._sheet.set_column(1, max(1, len(found.columns)), 18)
        for at, head in enumerate(_heads(found)):
            self._sheet.write_string(0, at, head, bold)

    def add_all(self, found: Listing) -> bool:
        """A page of rows; False where the sheet is full."""
        return all(self.add([row.title, *(cell.value for cell in row.cells)]) for row in found.rows)

    def add(self, values: list[Any]) -> bool:
        """One row; False where the sheet is full, which its last row then says."""
        if self._row >= MAX_ROWS - 1:
            self._sheet.write_string(self._row, 0, _("The sheet is full. Export as CSV to have all records."))
            return False
        for at, value in enumerate(values):
            self._cell(at, plain(value, self._zone))
        self._row += 1
        return True

    def _cell(self, at: int, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, at, value)
        elif isinstance(value, Money):
            self._sheet.write_number(self._row, at, float(value.amount), self._format(f'#,##0.00 "{value.currency}"'))
        elif isinstance(value, (int, float, Decimal)):
            self._sheet.write_number(self._row, at, float(value))
        elif isinstance(value, datetime):
            self._sheet.write_datetime(self._row, at, value.replace(tzinfo=None), self._format("yyyy-mm-dd hh:mm"))
        elif isinstance(value, date):
            self._sheet.write_datetime(self._row, at, value, self._format("yyyy-mm-dd"))
        else:
            self._sheet.write_string(self._row, at, as_text(value)[:_MAX_TEXT])

    def _format(self, pattern: str) -> Any:
        known = self._formats.get(pattern)
        if known is None:
            known = self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return known


def _sheet_name(one: Object) -> str:
    """At most 31 characters, without those that the format forbids."""
    return "".join(letter for letter in one.title_plural if letter not in "[]:*?/\\'")[:31] or one.name[:31]


def plain(value: Any, zone: str) -> Any:
    """A shown value as a cell holds it: linked records and choices by their names, moments in the reader's zone."""
    if isinstance(value, Item):
        return value.label
    if isinstance(value, tuple):
        return ", ".join(str(plain(one, zone)) for one in value)
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone))
    if isinstance(value, (str, bool, int, float, Decimal, date, Money, type(None))):
        return value
    if isinstance(value, timedelta):
        return value.total_seconds() / 3600
    fields = getattr(value, "__struct_fields__", None)
    if fields is None:
        return str(value)
    if fields[:1] == ("value",):
        return value.value
    return ", ".join(str(part) for name in fields if (part := getattr(value, name)))


def as_text(value: Any) -> str:
    """A cell of CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Money):
        return f"{value.amount} {value.currency}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)
