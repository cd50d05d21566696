"""JSON lines as CSV: one object a line, read twice, so that every line may have keys of its own. What stands inside an
object becomes a column with a dotted name; lists stay lists."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from relata.engine.transfer.csv_reader import MAX_CELL, MAX_COLUMNS, MAX_LINE
from relata.engine.transfer.formula_guard import guarded
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: Bytes of a file that is one list instead of lines, which must be read whole.
MAX_WHOLE = 20_000_000


def convert(source: Path, target: Path) -> None:
    """Write the lines as CSV. Invalid names the line that is none."""
    columns: dict[str, None] = {}
    for record in _records(source):
        columns.update(dict.fromkeys(record))
        if len(columns) > MAX_COLUMNS:
            raise Invalid(
                _("The file has more than %(most)s columns.") % {"most": f"{MAX_COLUMNS:,}"}, code="too_many_columns",
                field="file", hint=_("Take out the columns that you do not need."),
            )  # fmt: skip
    if not columns:
        raise Invalid(_("The file is empty."), code="empty_file", field="file")
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        for record in _records(source):
            out.writerow([guarded(record.get(name, "")) for name in columns])


def _records(source: Path) -> Iterator[dict[str, str]]:
    with source.open("rb") as file:
        start = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"[":
        yield from map(_flat, _whole(source))
        return
    with source.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE):
            number += 1
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.strip():
                continue
            yield _flat(_decoded(line, number))


def _whole(source: Path) -> list[Any]:
    if source.stat().st_size > MAX_WHOLE:
        raise Invalid(
            _("A list in JSON may have %(most)s MB at most.") % {"most": MAX_WHOLE // 1_000_000}, code="too_large",
            field="file", hint=_("Write one object on each line (JSON lines)."),
        )  # fmt: skip
    found = _decoded(source.read_bytes().removeprefix(b"\xef\xbb\xbf"), 1)
    if not isinstance(found, list):
        raise _not_an_object(1)
    return found


def _decoded(text: bytes, line: int) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(
            _("Line %(line)s is not JSON.") % {"line": line}, code="not_json", field="file",
            hint=_("Each line must hold one object, such as {\"name\": \"Ada\"}."),
        ) from error  # fmt: skip


def _not_an_object(line: int) -> Invalid:
    return Invalid(_("Line %(line)s is no JSON object.") % {"line": line}, code="not_json", field="file")


def _flat(record: Any) -> dict[str, str]:
    if not isinstance(record, dict):
        raise Invalid(_("The file holds something else than JSON objects."), code="not_json", field="file")
    found: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, dict) and value and not any(isinstance(part, (dict, list)) for part in value.values()):
            found.update({f"{name}.{part}": _text(inner) for part, inner in value.items()})
        else:
            found[str(name)] = _text(value)
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if len(text) > MAX_CELL:
        raise Invalid(
            _("A cell has more than %(most)s characters.") % {"most": f"{MAX_CELL:,}"}, code="long_cell", field="file"
        )
    return text
