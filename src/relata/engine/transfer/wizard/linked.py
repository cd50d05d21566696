"""The rows of other files that some rows link to: written before these are tried, so that a preview of the second file
is true although the first is not imported yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from relata.engine.files.store import FileStore
from relata.engine.transfer.csv_reader import Row
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.wizard import sheets
from relata.engine.transfer.wizard.objects import IMPORT_RUN, IMPORT_SET
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.workspace import Workspace


class RunTie(msgspec.Struct, frozen=True):
    """A link between the files of two imports. column: of the one that links; to, by: the other and its column."""

    column: str
    to: UUID
    by: str


class SetPlan(msgspec.Struct, frozen=True):
    """ties: by the id of an import, what its file links to."""

    ties: dict[str, tuple[RunTie, ...]] = {}


@dataclass(frozen=True, slots=True)
class _File:
    schema: str
    mapping: Mapping
    sheet: sheets.Sheet


@dataclass(frozen=True, slots=True)
class Linked:
    """What one import's file links to, over all steps. files: of the other imports."""

    run: UUID
    plan: SetPlan
    files: dict[UUID, _File]
    store: FileStore

    @classmethod
    async def of(cls, door: Door, store: FileStore, key: str, who: Who, run: UUID) -> Linked:
        """Read what belongs to the import; nothing where its file came alone."""

        async def load(work: Workspace) -> tuple[SetPlan, dict[UUID, _File]]:
            everything = work.as_system()
            record = await everything.get(IMPORT_RUN, run)
            if record["together"] is None:
                return SetPlan(), {}
            plan = msgspec.convert((await everything.get(IMPORT_SET, record["together"]))["plan"] or {}, SetPlan)
            files: dict[UUID, _File] = {}
            waiting = [tie.to for tie in plan.ties.get(str(run), ())]
            while waiting:
                other = waiting.pop()
                if other not in files and other != run:
                    found = await everything.get(IMPORT_RUN, other)
                    if found["status"] == "done":
                        continue  # its records are there already
                    mapping = msgspec.convert(found["plan"], Mapping)
                    files[other] = _File(work.context.schema, mapping, await sheets.sheet_of(work, other))
                    waiting += [tie.to for tie in plan.ties.get(str(other), ())]
            return plan, files

        plan, files = await door.run(key, who, load, read_only=True)
        return cls(run, plan, files, store)

    async def rows_for(self, rows: Sequence[Row]) -> list[tuple[Mapping, list[Row]]]:
        """The rows of other files that these link to, and those that they link to in turn, in the order in which they
        must be written. Each of these files is read once."""
        return await self._before(self.run, rows, (self.run,))

    async def _before(
        self, run: UUID, rows: Sequence[Row], on_the_way: tuple[UUID, ...]
    ) -> list[tuple[Mapping, list[Row]]]:
        found: list[tuple[Mapping, list[Row]]] = []
        for to in dict.fromkeys(tie.to for tie in self.plan.ties.get(str(run), ())):
            if to not in self.files or to in on_the_way:
                continue
            own = [tie for tie in self.plan.ties[str(run)] if tie.to == to]
            wanted = {tie.by: {row.cells.get(tie.column, "").strip() for row in rows} - {""} for tie in own}
            linked = await self._rows_with(self.files[to], wanted)
            found += [*await self._before(to, linked, (*on_the_way, to)), (self.files[to].mapping, linked)]
        return found

    async def _rows_with(self, file: _File, wanted: dict[str, set[str]]) -> list[Row]:
        if not any(wanted.values()):
            return []
        async with sheets.opened(self.store, file.schema, file.sheet) as opened:
            return [
                row for row in opened.rows()
                if any(row.cells.get(column, "").strip() in texts for column, texts in wanted.items())
            ]  # fmt: skip
