"""Every row of a file tried before the first is written: counts, reasons, and what would become of each row."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from uuid import UUID

from relata.engine.files.store import FileStore
from relata.engine.storage.planner import quoted
from relata.engine.transfer import state as states
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.wizard import sheets
from relata.engine.transfer.wizard.linked import Linked
from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.transfer.wizard.running import Stopped, counted, mapping_of
from relata.engine.transfer.wizard.trying import Tried, nothing, try_rows
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.workspace import Workspace

#: Rows that are tried in one transaction, which holds the records that they change: a few seconds. Rows of one part see
#: what the rows before them would have written.
PART_ROWS = 10_000


async def check(door: Door, store: FileStore, key: str, who: Who, run: UUID) -> None:
    """Try the file of an import part by part. Somebody who cancels ends it between two parts."""

    async def load(work: Workspace) -> tuple[str, Mapping, sheets.Sheet]:
        record = await work.as_system().get(IMPORT_RUN, run)
        return work.context.schema, mapping_of(record), await sheets.sheet_of(work, run)

    schema, mapping, sheet = await door.run(key, who, load, read_only=True)
    linked = await Linked.of(door, store, key, who, run)
    await door.run(key, who, lambda work: _begin(work, run, mapping.object, sheet.digest), via="import")
    counts: Counter[str] = Counter()
    async with sheets.opened(store, schema, sheet) as file:
        rows = file.rows()
        is_first = True
        part = list(islice(rows, PART_ROWS))
        while part:
            following = list(islice(rows, PART_ROWS))
            tried = await try_rows(
                door, key, who, mapping, part, nothing, is_whole=is_first and not following,
                before=await linked.rows_for(part),
            )  # fmt: skip
            counts.update(tried.done.counts)
            try:
                await _keep(door, key, run, tried, counts, is_first=is_first, is_last=not following)
            except Stopped:
                return
            part, is_first = following, False


async def _begin(work: Workspace, run: UUID, object_name: str, digest: str) -> None:
    """The remarks need something to belong to; beginning the import begins it anew."""
    await work.unit.connection.execute(f"delete from {quoted(work.context.schema)}._import where id = %s", (run,))
    await states.begin(work, run, object_name, digest)


async def _keep(
    door: Door, key: str, run: UUID, tried: Tried[None], counts: Counter[str], *, is_first: bool, is_last: bool
) -> None:
    async def keep(work: Workspace) -> None:
        record = await work.get(IMPORT_RUN, run, lock=True)
        if record["status"] != "checking":
            raise Stopped
        await states.keep_notes(work, run, tried.done.notes)
        codes = "".join(sheets.CODES[did] for _row, did in sorted(tried.done.did))
        await sheets.set_outcomes(work, run, codes, is_first=is_first)
        values = counted(counts) | {"status": "checked" if is_last else "checking"}
        if is_last:
            values["settled"] = None
        await work.change(record, values)

    await door.run(key, None, keep, via="import")
