"""CSV as people really send it, row by row in bounded memory; what is wrong with a row is told and costs only that
row."""

from __future__ import annotations

import csv
import hashlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from relata.engine.transfer.encoding import Form, form_of
from relata.engine.transfer.formula_guard import unguarded
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: Characters of one cell, and of a row whose quote is never closed.
MAX_CELL = 1_000_000
#: Characters of one line; a longer one is given up without being held in memory.
MAX_LINE = 10_000_000
MAX_COLUMNS = 1000
#: What a byte that the encoding does not know becomes.
_UNREADABLE = "\ufffd"
csv.field_size_limit(MAX_CELL)  # the csv module has one limit for all


class Row(msgspec.Struct, frozen=True):
    """number: 1 is the header, as a spreadsheet counts. line: where it begins in the file, from 1; quoted cells may
    span lines. cells: by column, all or, in a blank row, none. code: "", or what is wrong with the row as a whole; at:
    the column where it shows."""

    number: int
    line: int
    cells: dict[str, str]
    code: str = ""
    at: str = ""


class CsvFile:
    """A file with a header. Iterate with `rows`; can be read again. Invalid for one that has no usable header."""

    def __init__(self, path: Path, *, encoding: str = "", separator: str = "") -> None:
        if not path.is_file():
            raise Invalid(_("There is no such file."), code="no_file", field="file", hint=_("Check the path."))
        self.path = path
        self.size = path.stat().st_size
        self.form: Form = form_of(path, encoding=encoding, separator=separator)
        header = next(self._records(), None)
        self.columns: tuple[str, ...] = _checked_header(header.cells if header and not header.code else None)

    def digest(self) -> str:
        """Equal for files of equal content."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def rows(self, *, after: int = 1) -> Iterator[Row]:
        """All rows with a number above `after`, blank ones included (they have no cells)."""
        for number, record in enumerate(self._records(), start=1):
            if number > max(after, 1):
                yield self._row(number, record)

    def _row(self, number: int, record: _Record) -> Row:
        cells = record.cells
        if record.code or not any(cells):
            return Row(number, record.line, {}, record.code)
        if "'" in "".join(cells):
            cells = list(map(unguarded, cells))
        found = dict(zip(self.columns, cells, strict=False))
        if len(cells) < len(self.columns):
            whole = {**dict.fromkeys(self.columns, ""), **found}
            return Row(number, record.line, whole, "short_row", self.columns[len(cells)])
        if any(cells[len(self.columns) :]):
            return Row(number, record.line, found, "long_row", f"column {len(self.columns) + 1}")
        if self.form.encoding == "cp1252" and (at := _unreadable(found)):
            return Row(number, record.line, found, "unreadable_character", at)
        return Row(number, record.line, found)

    def _records(self) -> Iterator[_Record]:
        with self.path.open(encoding=self.form.encoding, errors="replace", newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=self.form.separator, quotechar=self.form.quote, strict=True)
            while True:
                lines.begin()
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    # A quote that never closes would swallow the rest of the file: only the first line is given up.
                    lines.back_to_second()
                    reader = csv.reader(lines, delimiter=self.form.separator, quotechar=self.form.quote, strict=True)
                    yield _Record(lines.first, [], "long_line" if isinstance(error, _LongLine) else "quotes")
                else:
                    yield _Record(lines.first, cells)


class _Record(msgspec.Struct, frozen=True):
    line: int
    cells: list[str]
    code: str = ""


class _LongLine(csv.Error):
    """A line longer than MAX_LINE."""


class _Lines:
    """Lines with a memory of those that the present record has taken."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._count = 0
        self.first = 1

    def begin(self) -> None:
        self._taken = []
        self.first = self._count + 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._file.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self._count += 1
        if len(line) == MAX_LINE:
            while line and not line.endswith(("\n", "\r")):
                line = self._file.readline(MAX_LINE)
            raise _LongLine
        self._taken.append(line)
        return line

    def back_to_second(self) -> None:
        self._waiting.extendleft(reversed(self._taken[1:]))
        self._count -= max(0, len(self._taken) - 1)


def _checked_header(cells: list[str] | None) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells or ()]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Invalid(
            _("The file has no header."), code="no_header", field="file", hint=_("Name the columns in the first row.")
        )
    if len(names) > MAX_COLUMNS:
        raise Invalid(
            _("The file has more than %(max_columns)s columns.") % {"max_columns": MAX_COLUMNS},
            code="too_many_columns",
            field="file",
        )
    names = [name or f"column {index}" for index, name in enumerate(names, start=1)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Invalid(
            _("The header names a column twice: %(twice)s.") % {"twice": twice[0][:60]},
            code="column_twice",
            field="file",
            hint=_("Rename one of them."),
        )
    return tuple(names)


def _unreadable(cells: dict[str, str]) -> str:
    return next((name for name, cell in cells.items() if _UNREADABLE in cell), "")
