"""The rows of an import that come next: read from the file, and made values as far as that needs nobody's answer, while
PostgreSQL is at the ones before."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator
from itertools import islice
from typing import Any

from relata.engine.query.pages import context_of
from relata.engine.transfer.csv_reader import CsvFile, Row
from relata.engine.transfer.drawing import Drawing, Drawn
from relata.engine.transfer.mapping import Mapping
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.matching import key_of
from relata.engine.workspace.reading import ReadAhead, early_reader
from relata.engine.workspace.workspace import Workspace

#: Rows that are read before the others have their turn.
_BREATH = 50


class Piece:
    """The rows of one chunk, and what was made of them."""

    def __init__(self, rows: list[Row], drawn: list[Drawn] | None, context: WorkspaceContext | None) -> None:
        self.rows = rows
        self._drawn, self._context = drawn, context

    def take(self, work: Workspace) -> list[Drawn] | None:
        """What was made of the rows, once: writing changes it. None where it was made by other definitions."""
        drawn, self._drawn = self._drawn, None
        return drawn if work.context is self._context else None


class Ahead:
    """Reads an import's file one chunk ahead."""

    def __init__(self, file: CsvFile, mapping: Mapping) -> None:
        self._file, self._mapping = file, mapping
        self._drawing: Drawing | None = None
        self._early: Callable[[dict[str, Any]], ReadAhead | None] | None = None
        self._context: WorkspaceContext | None = None

    def prepare(self, work: Workspace) -> None:
        """Know by which definitions rows become values. A formula may ask for the time, so its rows wait."""
        if any(entry.formula for entry in self._mapping.columns):
            return
        one, self._context = work.registry.get(self._mapping.object), work.context
        parsing = None
        if self._mapping.mode in ("create", "upsert"):
            self._early = early_reader(work.unit, one, trusted=work.trusted)
        else:
            parsing = work.context.parsing
        self._drawing = Drawing(one, self._mapping, self._file.columns, context_of(work.actor), parsing)

    async def pieces(self, rows: Iterator[Row], size: int) -> AsyncGenerator[Piece, None]:
        """The rows in chunks; while one is written, the next is read."""
        ahead = asyncio.create_task(self._read(rows, size))
        try:
            while (piece := await ahead).rows:
                ahead = asyncio.create_task(self._read(rows, size))
                yield piece
        finally:
            ahead.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ahead

    async def _read(self, rows: Iterator[Row], size: int) -> Piece:
        read: list[Row] = []
        drawn: list[Drawn] = []
        while len(read) < size and (part := list(islice(rows, min(_BREATH, size - len(read))))):
            read += part
            if self._drawing is not None:
                drawn += map(self._drawn, part)
            await asyncio.sleep(0)
        return Piece(read, drawn if self._drawing is not None else None, self._context)

    def _drawn(self, row: Row) -> Drawn:
        assert self._drawing is not None
        drawn = self._drawing.draw(row)
        if self._early and not drawn.did and (read := self._early(drawn.raw)) is not None:
            drawn.raw = read
            if self._mapping.match:
                drawn.key = key_of(self._drawing.object, self._mapping.match, read.read)
        return drawn
