"""A report as a file of CSV, XLSX or JSON lines: written to the disk block by block, so that however many groups there
are neither memory nor, while somebody reads slowly, a connection holds them."""

from __future__ import annotations

import asyncio
import csv
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec
import xlsxwriter

from relata.engine.reporting.every_group import Block, EveryGroup
from relata.engine.transfer.formula_guard import guarded
from relata.foundation.errors import LimitReached
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.web.reports.sheet import Sheet, heads_of, key_cell, plain

#: Lines of a sheet, its head included (the format's own limit).
MAX_LINES = 1_048_576
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl; charset=utf-8",
}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_PIECE_BYTES = 256 * 1024
Line = Sequence[Any]


async def file_of(form: str, name: str, found: Sheet | EveryGroup, formatter: Formatter) -> BinaryIO:
    """form: of MEDIA_TYPES. name: of the sheet. The file has no name any more, so it is gone when it is closed.
    LimitReached for more lines than a sheet can have."""
    with tempfile.NamedTemporaryFile(prefix="relata-", suffix=f".{form}", delete=False) as place:
        path = Path(place.name)
    try:
        heads = found.heads if isinstance(found, Sheet) else heads_of(found)
        with _KINDS[form](path, name, heads) as writer:
            if isinstance(found, Sheet):
                await asyncio.to_thread(writer.add, found.lines)
            else:
                await _write(writer, found.blocks, formatter)
        return await asyncio.to_thread(path.open, "rb")
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _write(writer: _Writer, blocks: AsyncIterator[Block], formatter: Formatter) -> None:
    """Each while PostgreSQL is at the next one."""
    writing: asyncio.Task[None] | None = None
    try:
        async for block in blocks:
            if writing is not None:
                await writing
            lines = _lines(block, formatter)
            writing = asyncio.create_task(asyncio.to_thread(writer.add, lines))
    finally:
        if writing is not None:
            await writing


async def pieces_of(file: BinaryIO) -> AsyncIterator[bytes]:
    """The file, piece by piece."""
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _lines(block: Block, formatter: Formatter) -> Iterable[Line]:
    empty = _("None")
    words = [
        {key: value if isinstance(value, str) else key_cell(value, formatter) for key, value in one.items()}
        if one is not None
        else None
        for one in block.words
    ]
    pairs = list(enumerate(words))
    for keys, figures in block.lines:
        line = [keys[at] or empty if one is None else one[keys[at]] for at, one in pairs]
        line += [value if type(value) in _AS_THEY_ARE else plain(value) for value in figures]
        yield line


_AS_THEY_ARE = (int, Decimal, type(None))


class _Writer(Protocol):
    """A kind of file that is being written, from its head on."""

    def __enter__(self) -> _Writer: ...
    def __exit__(self, *wrong: object) -> None: ...
    def add(self, lines: Iterable[Line]) -> None:
        """Further lines."""
        ...


class _Csv:
    """With a byte order mark, without which spreadsheets guess the letters wrong."""

    def __init__(self, path: Path, name: str, heads: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow([guarded(head) for head in heads])

    def __enter__(self) -> _Csv:
        return self

    def __exit__(self, *wrong: object) -> None:
        self._file.close()

    def add(self, lines: Iterable[Line]) -> None:
        self._writer.writerows([[_cell(value) for value in line] for line in lines])


def _cell(value: Any) -> Any:
    """Letters and digits begin no formula."""
    if isinstance(value, str):
        return value if value[:1].isalnum() else guarded(value)
    return format(value, "f") if isinstance(value, Decimal) else value


class _Json:
    """An object for each line, by the heads."""

    def __init__(self, path: Path, name: str, heads: Sequence[str]) -> None:
        self._file = path.open("wb")
        self._names = heads

    def __enter__(self) -> _Json:
        return self

    def __exit__(self, *wrong: object) -> None:
        self._file.close()

    def add(self, lines: Iterable[Line]) -> None:
        names = self._names
        self._file.write(b"".join(_ENCODER.encode(dict(zip(names, line, strict=True))) + b"\n" for line in lines))


class _Xlsx:
    """One sheet, of which one line is in memory. Texts are texts, whatever they begin with."""

    def __init__(self, path: Path, name: str, heads: Sequence[str]) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), {**options, "strings_to_numbers": False})
        self._page = self._book.add_worksheet((name.translate(_FORBIDDEN).strip(" '") or "Report")[:31])
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._page.freeze_panes(1, 0)
        self._page.set_column(0, max(0, len(heads) - 1), 18)
        bold = self._book.add_format({"bold": True})
        for at, head in enumerate(heads):
            self._page.write_string(0, at, head, bold)
        self._line = 1

    def __enter__(self) -> _Xlsx:
        return self

    def __exit__(self, *wrong: object) -> None:
        self._book.close()

    def add(self, lines: Iterable[Line]) -> None:
        page = self._page
        for line in lines:
            if self._line >= MAX_LINES:
                text = _("A sheet holds %(most)s lines, and this report has more. Take CSV.") % {"most": MAX_LINES}
                raise LimitReached(text, code="too_many")
            for at, value in enumerate(line):
                if isinstance(value, str):
                    page.write_string(self._line, at, value)
                elif isinstance(value, date):
                    page.write_datetime(self._line, at, value, self._day)
                elif value is not None:
                    page.write_number(self._line, at, float(value))
            self._line += 1


_KINDS: dict[str, type[_Csv] | type[_Json] | type[_Xlsx]] = {"csv": _Csv, "jsonl": _Json, "xlsx": _Xlsx}
