"""Which kind of file it is, by its content, and its tables as plain CSV files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from relata.engine.transfer.wizard.formats import json_lines, vcards, workbooks
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file: a CSV file. name: of the file, with that of the sheet where there are several."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that somebody else reads. mark: how it begins, in capitals. convert: a file into a CSV file."""

    mark: bytes
    convert: Callable[[Path, Path], None]


def tables_of(path: Path, name: str, folder: Path, also: Sequence[Format] = ()) -> list[Table]:
    """The tables of a file that somebody sent; new files are made in `folder`. also: kinds of files beside those that
    are read here. Invalid for what is no table, with a
    sentence that says what it is. Slow for large workbooks: call it outside of the event loop."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise Invalid(_("The file is empty."), code="empty_file", field="file")
    if head.startswith((b"PK\x03\x04", workbooks.OLE)):
        found = workbooks.convert(path, folder)
        return [Table(name if len(found) == 1 else f"{name}: {sheet}"[:255], made) for sheet, made in found]
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    made = folder / "table.csv"
    if start[:11].upper() == b"BEGIN:VCARD":
        vcards.convert(path, made)
    elif (format := next((one for one in also if start.upper().startswith(one.mark)), None)) is not None:
        format.convert(path, made)
    elif start[:1] in (b"{", b"["):
        json_lines.convert(path, made)
    else:
        _require_text(head)
        made = path
    return [Table(name, made)]


def _require_text(head: bytes) -> None:
    known: Iterable[tuple[bytes, str]] = (
        (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"\x1f\x8b", "GZIP"), (b"Rar!", "RAR"),
        (b"7z\xbc\xaf", "7-Zip"), (b"SQLite", "SQLite"),
    )  # fmt: skip
    for mark, name in known:
        if head.startswith(mark):
            raise Invalid(
                _("This is a %(kind)s file, not a table.") % {"kind": name}, code="no_table", field="file",
                hint=_("Bring a CSV file, a workbook, JSON lines, vCards or a calendar."),
            )  # fmt: skip
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        even, odd = head[::2].count(0), head[1::2].count(0)
        half = len(head) / 2
        if max(even, odd) < 0.4 * half or min(even, odd) > 0.2 * half:  # UTF-16 has a zero in every second place
            raise Invalid(
                _("This is not a table."), code="no_table", field="file",
                hint=_("Bring a CSV file, a workbook, JSON lines, vCards or a calendar."),
            )  # fmt: skip
