"""Importing a file: chunk by chunk, each in one transaction, with a remark for every row that needs one."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from relata.engine.transfer import mapping as mappings
from relata.engine.transfer import same_rows
from relata.engine.transfer import state as states
from relata.engine.transfer.ahead import Ahead, Piece
from relata.engine.transfer.chunks import ChunkDone, import_chunk, link_chunk
from relata.engine.transfer.collecting import collecting_rarely
from relata.engine.transfer.csv_reader import CsvFile, Row
from relata.engine.transfer.lookups import MAX_KNOWN, Known
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.report import Note, Report
from relata.engine.transfer.state import LINKS, State
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.warnings import ALL, confirm
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

Attempt = Callable[[Workspace], Awaitable[None]]
Runner = Callable[[Attempt], Awaitable[None]]
#: Rows of one transaction: enough that what is asked once per chunk costs nothing a row, few enough to lock briefly.
CHUNK_ROWS = 2000
#: Rows of the second pass that are known at once.
WAITING_ROWS = 20_000


class Watch(Protocol):
    """Whoever steers an import. What it raises ends the import where it is; the chunk is rolled back."""

    async def before(self, work: Workspace, state: State) -> None:
        """A chunk is about to be written. state: how far the import has come, as this process knows."""

    async def after(self, work: Workspace, state: State) -> None:
        """It is written, in the same transaction. state: as it will be."""


@dataclass(frozen=True, slots=True)
class Options:
    """is_dry_run: do everything and keep nothing. resume: an import that was interrupted. progress: called after each
    chunk. on_notes: gets every remark as it comes; the report keeps the first ones only. watch: stands by in
    the transaction of each chunk. source: what the log says of each change beside the import and the row."""

    is_dry_run: bool = False
    resume: UUID | None = None
    progress: Callable[[Report], None] | None = None
    on_notes: Callable[[Sequence[Note]], None] | None = None
    chunk_rows: int = CHUNK_ROWS
    watch: Watch | None = None
    source: dict[str, Any] = field(default_factory=dict)


class _Undo(Exception):
    """The end of a dry run."""


async def run_import(
    door: Door, key: str, who: UUID | None, path: Path, mapping: Mapping, options: Options = Options()
) -> Report:
    """Import the file into the workspace `key` as `who` (None: the system). Raises Denied, Invalid for a file or
    mapping that can't be used, Conflict where the file is not the one that was interrupted; rows are never an error,
    but in the report."""
    file = CsvFile(path, encoding=mapping.encoding, separator=mapping.separator)
    return await run_rows(door, key, who, file, mapping, options)


async def run_rows(
    door: Door, key: str, who: Who, file: CsvFile, mapping: Mapping, options: Options = Options()
) -> Report:
    """The same for a file that is open."""
    run = _Run(door, key, who, file, mapping, options)
    with collecting_rarely():
        if not options.is_dry_run:
            await run.in_transaction(run.begin)
            await run.everything(run.in_transaction)
            return run.report
        try:
            async with door.open(key, who, via="import") as work:
                await run.begin(work)
                await run.everything(lambda attempt: attempt(work))
                raise _Undo
        except _Undo:
            return run.report


class _Run:
    """One import on its way."""

    def __init__(self, door: Door, key: str, who: Who, file: CsvFile, mapping: Mapping, options: Options) -> None:
        self._door, self._key, self._who = door, key, who
        self._file, self._mapping, self._options = file, mapping, options
        self._known: Known = {}
        self.state = State(options.resume or new_id(), mapping.object, "", 1, 1, Counter(), False)
        self._alone: list[str] = []
        self._ahead = Ahead(file, mapping)
        form = file.form
        self.report = Report(self.state.id, mapping.object, form.encoding, form.separator, options.is_dry_run)

    async def in_transaction(self, attempt: Attempt) -> None:
        """A chunk in a transaction of its own; repeated where others were in the way."""
        await self._door.run(self._key, self._who, attempt, via="import")

    async def begin(self, work: Workspace) -> None:
        """Check what can be checked before the first row."""
        if not work.actor.rights.permits("import_records"):
            raise Denied(_("You may not import records."), code="denied_import")
        one, rights = work.registry.get(self._mapping.object), work.actor.rights
        mappings.check(
            self._mapping,
            one,
            self._file.columns,
            lambda field: rights.readable(one, field) or rights.writable(one, field),
        )
        self._ahead.prepare(work)
        # another import that makes the same things waits for the end of a chunk, and then finds what it made
        self._alone = [f"import {name}" for name in sorted(mappings.made_by(self._mapping, one))]
        digest = self._file.digest()
        if self._options.resume is None:
            self.state = await states.begin(work, self.state.id, self._mapping.object, digest)
            return
        self.state = await states.load(work, self._options.resume)
        if self.state.digest != digest or self.state.object != self._mapping.object:
            raise Conflict(
                _("This is not the file that was interrupted."),
                code="other_file",
                field="file",
                hint=_("Import it as a new one."),
            )
        self.report.counts.update(self.state.counts)

    async def everything(self, run: Runner) -> None:
        """Both passes, from where the state says."""
        if self.state.number == 1 and not self.state.is_finished:
            await self._rows(run)
        if not self.state.is_finished:
            await self._links(run)

    async def _rows(self, run: Runner) -> None:
        rows = self._file.rows(after=self.state.position)
        async with contextlib.aclosing(self._ahead.pieces(rows, self._options.chunk_rows)) as chunks:
            async for chunk in chunks:
                await self._step(run, chunk.rows, 1, chunk.rows[-1].number, is_finished=False, piece=chunk)
        await self._step(run, [], LINKS, 1, is_finished=False)

    async def _links(self, run: Runner) -> None:
        """The rows that wait, some thousands at a time: there may be as many as the file has."""
        rows: Iterator[Row] = iter(())
        records: dict[int, UUID] = {}
        last = 0

        async def load(work: Workspace) -> None:
            nonlocal records
            records = await states.waiting(work, self.state, after=last, limit=WAITING_ROWS)

        await run(load)
        if records:
            rows = self._file.rows(after=self.state.position)
        while records:
            last = max(records)
            page = (row for row in _to(rows, last) if row.number in records)
            while chunk := list(islice(page, self._options.chunk_rows)):
                await self._step(run, chunk, LINKS, chunk[-1].number, is_finished=False, records=records)
            await run(load)
        await self._step(run, [], LINKS, self.state.position, is_finished=True)

    async def _step(
        self, run: Runner, chunk: list[Row], number: int, position: int, *, is_finished: bool,
        records: dict[int, UUID] | None = None, piece: Piece | None = None,
    ) -> None:  # fmt: skip
        """Write a chunk and how far we are in one transaction; remember only when it has committed."""
        done, watch = ChunkDone(), self._options.watch
        after = State(self.state.id, self.state.object, self.state.digest, position, number, Counter(), is_finished)

        async def attempt(work: Workspace) -> None:
            nonlocal done
            if watch:
                await watch.before(work, self.state)
            for name in self._alone:
                await work.lock(name)
            source = {**self._options.source, "import": str(self.state.id)}
            actor, work.unit.actor = work.unit.actor, work.unit.actor.through("import", **source)
            confirm(work.unit, (ALL,) if self._mapping.warnings == "pass" else ())
            if records is None:
                drawn = piece.take(work) if piece else None
                done = await import_chunk(work, self._mapping, chunk, self._known, drawn)
            else:
                done = await link_chunk(work, self._mapping, chunk, records, self._known)
            after.counts = self.state.counts + done.counts
            await states.save(work, after, done.notes, done.waiting)
            await same_rows.keep(work, after.id, done.same)
            work.unit.actor = actor  # what is noted beside the records is not the import's
            if watch:
                await watch.after(work, after)

        await run(attempt)
        self.state = after
        self._remember(done)

    def _remember(self, done: ChunkDone) -> None:
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
        self._known.update(done.known)
        self.report.add(done.counts, done.notes)
        if self._options.on_notes and done.notes:
            self._options.on_notes(done.notes)
        if self._options.progress:
            self._options.progress(self.report)


def _to(rows: Iterator[Row], last: int) -> Iterator[Row]:
    """The next rows, with that of the number `last` as the last one."""
    for row in rows:
        yield row
        if row.number >= last:
            return
