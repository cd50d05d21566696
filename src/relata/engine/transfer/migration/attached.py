"""Files that hang on records, brought with them: from where they lie in the export to the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from relata.engine.files.attachments import receive
from relata.engine.files.store import FileStore
from relata.engine.transfer.migration import numbers
from relata.engine.transfer.migration.declared import Cells, Files
from relata.engine.transfer.migration.export import Export
from relata.engine.transfer.migration.numbers import Known
from relata.engine.workspace.attached import add_file
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.workspace import Workspace

_PAGE = 200
_PIECE = 256 * 1024
#: Bytes of one attached file.
MAX_BYTES = 2_000_000_000


async def bring(
    door: Door, key: str, who: Who, export: Export, store: FileStore, origin: dict[str, Any]
) -> dict[str, int]:
    """Every file that is in the export and whose record is here; those that came before are left. Counts: brought,
    known, missing (the export names it and has it not), homeless (its record did not come)."""
    counts = dict.fromkeys(("brought", "known", "missing", "homeless"), 0)
    for files in export.source.files:
        rows = export.cells(files.table)
        while page := await asyncio.to_thread(list, islice(rows, _PAGE)):
            for did in await _page(door, key, who, export, store, files, page, origin):
                counts[did] += 1
    return counts


async def _page(
    door: Door, key: str, who: Who, export: Export, store: FileStore, files: Files, page: list[Cells],
    origin: dict[str, Any],
) -> list[str]:  # fmt: skip
    source, kind = export.source, f"files of {files.table}"

    async def look(work: Workspace) -> tuple[dict[Any, Known], dict[Any, Known], str]:
        parents = [(name, source.number(row.get(files.parent, ""))) for row in page for name in files.parents]
        mine = [(kind, row.get(files.key, "")) for row in page]
        found = await numbers.find(work, source.name, parents), await numbers.find(work, source.name, mine)
        return *found, work.context.schema

    parents, known, schema = await door.run(key, who, look, read_only=True)
    told = []
    for row in page:
        number, at = row.get(files.key, ""), source.number(row.get(files.parent, ""))
        parent = next((parents[name, at] for name in files.parents if (name, at) in parents), None)
        path = next((path for part in files.place(row) if (path := _inside(export.folder, part))), None)
        if (kind, number) in known:
            told.append("known")
        elif parent is None:
            told.append("homeless")
        elif path is None:
            told.append("missing")
        else:
            name = row.get(files.name, "") or path.name
            received = await receive(store, schema, name, _pieces(path), max_bytes=MAX_BYTES)

            async def add(work: Workspace, parent: Known = parent, received: Any = received, number: str = number,
                          ) -> UUID:  # fmt: skip
                everything = work.as_system()
                everything.unit.actor = everything.unit.actor.through("import", **origin)
                record = await everything.get(parent.object, parent.record, deleted=None)
                kept = await add_file(everything, record, received)
                await numbers.keep(everything, source.name, [((kind, number), Known("file", kept.id))])
                return kept.id

            await door.run(key, who, add, via="import")
            told.append("brought")
    return told


def _inside(folder: Path, part: str) -> Path | None:
    """The file at this place below the folder; None for none, and for one outside."""
    root = folder.resolve()
    found = (root / part).resolve()
    return found if found.is_relative_to(root) and found.is_file() else None


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
