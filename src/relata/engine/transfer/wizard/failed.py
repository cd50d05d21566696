"""The rows that were not imported, as a file: as they came, with the reason behind them, to be mended and sent
again."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID

from relata.engine.files.store import FileStore
from relata.engine.transfer import state as states
from relata.engine.transfer.formula_guard import guarded
from relata.engine.transfer.report import Note
from relata.engine.transfer.wizard import sheets
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

_PAGE = 500


def reason_column() -> str:
    """The heading of the column with the reasons; an import leaves it out again."""
    return _("Why it was not imported")


async def failed_rows(door: Door, store: FileStore, key: str, who: Who, run: UUID) -> AsyncIterator[str]:
    """CSV, piece by piece, memory for one page. The caller has checked that the import is the person's."""

    async def load(work: Workspace) -> tuple[str, sheets.Sheet]:
        return work.context.schema, await sheets.sheet_of(work, run)

    schema, sheet = await door.run(key, who, load, read_only=True)
    async with sheets.opened(store, schema, sheet) as file:
        yield _written([[*file.columns, reason_column()]])
        rows = file.rows()
        after = 0
        while True:
            found = await door.run(key, who, partial(_page, run=run, after=after), read_only=True)
            if not found:
                return
            after = max(found)
            lines = []
            for row in rows:
                if row.number in found:
                    cells = [guarded(row.cells.get(name, "")) for name in file.columns]
                    lines.append([*cells, guarded("; ".join(found[row.number]))])
                if row.number >= after:
                    break
            yield _written(lines)


async def _page(work: Workspace, run: UUID, after: int) -> dict[int, list[str]]:
    """The next refused rows with their reasons."""
    found: dict[int, list[str]] = {}
    for note in await states.notes(work, run, after=after, limit=_PAGE, severity="refused"):
        found.setdefault(note.row, []).append(in_words(note))
    if len(found) > 1 and sum(map(len, found.values())) == _PAGE:
        found.pop(max(found))  # the page may end within a row
    return found


def in_words(note: Note) -> str:
    """A remark with the column that it is about."""
    return f"{note.column}: {note.message}" if note.column and note.column not in note.message else note.message


def _written(rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
