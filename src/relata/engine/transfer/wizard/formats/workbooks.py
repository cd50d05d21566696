"""XLSX, XLS and ODS as CSV. A workbook is unpacked and read in a process of its own with bounded memory and time:
whatever a file does to its reader, the server goes on."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import python_calamine

from relata.engine.transfer.csv_reader import MAX_CELL, MAX_COLUMNS
from relata.engine.transfer.formula_guard import guarded
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: How an old workbook (and any other OLE file) begins.
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Bytes of everything in a workbook, unpacked; a million rows of ten columns have about half of it.
MAX_UNPACKED = 1_000_000_000
MAX_MEMBERS = 5000
_MEMORY, _SECONDS = 2_500_000_000, 180
_MACROS = ("vbaproject.bin", "basic/", "scripts/")
#: How a process that reads a workbook says why it stopped.
_TOO_WIDE, _LONG_CELL, _UNREADABLE, _EMPTY = 21, 22, 23, 24


def convert(path: Path, folder: Path) -> list[tuple[str, Path]]:
    """Each sheet that has rows, as a CSV file in `folder`. Invalid for a workbook that is none, is too large, or could
    execute something."""
    _check(path)
    command = [sys.executable, "-m", __name__, str(path), str(folder)]
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, env=environment, check=False)
    except subprocess.TimeoutExpired:
        _too_large()
    if done.returncode:
        _explain(done.returncode)
    names = done.stdout.splitlines()
    return [(name, folder / f"sheet{at}.csv") for at, name in enumerate(names)]


def _check(path: Path) -> None:
    with path.open("rb") as file:
        is_old = file.read(len(OLE)) == OLE
        if is_old:
            file.seek(0)
            tail = b""
            while block := file.read(1 << 20):
                if "_VBA_PROJECT".encode("utf-16-le") in tail + block:
                    _refuse_macros()
                tail = block[-64:]
            return
    try:
        members = zipfile.ZipFile(path).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        _explain(_UNREADABLE)
    if len(members) > MAX_MEMBERS or sum(one.file_size for one in members) > MAX_UNPACKED:
        _too_large()
    names = [one.filename.lower() for one in members]
    if any(name.endswith(_MACROS[0]) or name.startswith(_MACROS[1:]) for name in names):
        _refuse_macros()
    if any("externallinks/" in name for name in names):
        raise Invalid(
            _("This workbook takes values from other files."), code="external_links", field="file",
            hint=_("Copy the cells as values into a new workbook, or save the sheet as CSV."),
        )  # fmt: skip
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        _explain(_UNREADABLE)


def _refuse_macros() -> NoReturn:
    raise Invalid(
        _("This workbook has macros."), code="macros", field="file",
        hint=_("Save it without macros (.xlsx), or the sheet as CSV."),
    )  # fmt: skip


def _too_large() -> NoReturn:
    raise Invalid(
        _("This workbook is too large once it is unpacked."), code="too_large", field="file",
        hint=_("Save the sheet as CSV, or bring fewer rows at a time."),
    )  # fmt: skip


def _explain(code: int) -> NoReturn:
    if code == _TOO_WIDE:
        raise Invalid(
            _("The file has more than %(most)s columns.") % {"most": f"{MAX_COLUMNS:,}"}, code="too_many_columns",
            field="file", hint=_("Take out the columns that you do not need."),
        )  # fmt: skip
    if code == _LONG_CELL:
        raise Invalid(
            _("A cell has more than %(most)s characters.") % {"most": f"{MAX_CELL:,}"}, code="long_cell", field="file"
        )
    if code == _EMPTY:
        raise Invalid(_("No sheet of the workbook has any rows."), code="empty_file", field="file")
    if code == _UNREADABLE:
        raise Invalid(
            _("This workbook can't be read; it may be damaged or protected by a password."), code="unreadable",
            field="file", hint=_("Open it in your spreadsheet and save it again, or save the sheet as CSV."),
        )  # fmt: skip
    _too_large()


def main(source: str, folder: str) -> int:
    """What the process does: sheets to files, their names to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(source)
        count = 0
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if not sheet.height:
                continue
            if sheet.width > MAX_COLUMNS:
                return _TOO_WIDE
            if not _write(sheet, Path(folder) / f"sheet{count}.csv"):
                return _LONG_CELL
            print(" ".join(name.split()) or f"{count + 1}")
            count += 1
    except MemoryError:
        raise
    except (python_calamine.CalamineError, OSError, ValueError):
        return _UNREADABLE
    return 0 if count else _EMPTY


def _write(sheet: Any, path: Path) -> bool:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        for row in sheet.iter_rows():
            cells = [guarded(text(cell)) for cell in row]
            if any(len(cell) > MAX_CELL for cell in cells):
                return False
            out.writerow(cells)
    return True


def text(cell: Any) -> str:
    """A cell as people see it: whole numbers without a point, dates as ISO 8601, no exponents."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(int(cell.total_seconds()))
    return "" if cell is None else str(cell)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:3]))
