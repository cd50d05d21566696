"""The records of one object as a member of an archive: JSON lines as the API shows them, CSV as an import brings them
back, or Parquet. A member begins with its first row, and only a page of it lies in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from typing import IO, Any, Literal, get_args

import msgspec

from relata.engine.query.result import Page
from relata.engine.transfer.exporting import read_by, written
from relata.engine.transfer.parquet import ParquetWriter
from relata.engine.transfer.parquet_export import GROUP, readings_of

Inner = Literal["jsonl", "csv", "parquet"]
INNERS: tuple[Inner, ...] = get_args(Inner)


class Member:
    """`add` pages, then `close`; nothing else may be written into the archive between the two."""

    def __init__(self, archive: zipfile.ZipFile, stem: str, inner: Inner) -> None:
        self._archive, self._title, self._inner = archive, f"{stem}.{inner}", inner
        self._out: IO[bytes] | None = None
        self._parquet: ParquetWriter | None = None
        self._waiting: list[list[Any]] = []

    def add(self, page: Page, rows: Sequence[Any]) -> None:
        """rows: those of the page that are to be written."""
        is_first = self._out is None
        if self._out is None:
            self._out = self._archive.open(self._title, "w", force_zip64=True)
        if self._inner == "parquet":
            self._add_columns(page, rows)
        elif self._inner == "csv":
            readers = [read_by(cell) for cell in page.shape.cells]
            lines = [[cell.key for cell in page.shape.cells]] if is_first else []
            self._out.write(written([*lines, *([read(row) for read in readers] for row in rows)]).encode())
        else:
            self._out.write(b"".join(msgspec.json.encode(page.shape.json(row)) + b"\n" for row in rows))

    def _add_columns(self, page: Page, rows: Sequence[Any]) -> None:
        readings = [one for cell in page.shape.cells for one in readings_of(cell)]
        assert self._out is not None
        if self._parquet is None:
            self._parquet = ParquetWriter([column for column, _read in readings])
            self._waiting = [[] for _one in readings]
            self._out.write(self._parquet.begin())
        for cells, (_column, read) in zip(self._waiting, readings, strict=True):
            cells.extend(map(read, rows))
        if len(self._waiting[0]) >= GROUP:
            self._end_group(self._parquet, self._out)

    def _end_group(self, writer: ParquetWriter, out: IO[bytes]) -> None:
        out.write(writer.group(self._waiting))
        self._waiting = [[] for _one in self._waiting]

    def close(self) -> None:
        """Ends the member; where there was no row, an empty one is begun."""
        if self._out is None and self._inner == "jsonl":
            self._out = self._archive.open(self._title, "w", force_zip64=True)
        if self._out is None:
            return
        if self._parquet is not None:
            if self._waiting[0]:
                self._end_group(self._parquet, self._out)
            self._out.write(self._parquet.end())
        self._out.close()
