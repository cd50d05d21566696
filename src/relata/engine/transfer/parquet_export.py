"""A query's records as Parquet, for tools that reckon: numbers, days and moments as such, amounts beside their
currency, everything else as the text of the CSV, without its guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from relata.engine.metadata.fields import (
    Boolean,
    Date,
    DateTime,
    DecimalField,
    Duration,
    Integer,
    MoneyField,
    Rating,
)
from relata.engine.query.request import Query
from relata.engine.query.result import Cell
from relata.engine.transfer.exporting import Progress, begin_export, pages_of, text_of
from relata.engine.transfer.parquet import Kind, ParquetColumn, ParquetWriter
from relata.engine.workspace.door import Door, Who
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _

MEDIA_TYPE = "application/vnd.apache.parquet"
#: Rows that lie in memory at once.
GROUP = 10_000
_BY_KIND: dict[str, Kind] = {"number": "double", "boolean": "boolean", "date": "date", "datetime": "moment"}

_Reading = tuple[ParquetColumn, Callable[[Any], Any]]


async def export_parquet(
    door: Door, key: str, who: Who, query: Query, *, progress: Progress | None = None
) -> AsyncIterator[bytes]:
    """The records of a query; fields as for CSV. Denied and Invalid as there."""
    query, shape = await door.run(key, who, lambda work: begin_export(work, query), via="export")
    readings = [one for cell in shape.cells for one in readings_of(cell)]
    columns = [column for column, _read in readings]
    writer = ParquetWriter(columns)
    yield writer.begin()
    waiting: list[list[Any]] = [[] for _one in readings]
    async for found in pages_of(door, key, who, query, progress):
        readings = [one for cell in found.shape.cells for one in readings_of(cell)]
        if [column for column, _read in readings] != columns:  # the head of the file can't be taken back
            raise Conflict(_("What may be shown changed meanwhile."), code="changed_meanwhile", hint=_("Begin anew."))
        for cells, (_column, read) in zip(waiting, readings, strict=True):
            cells.extend(map(read, found.rows))
        if len(waiting[0]) >= GROUP:
            yield writer.group(waiting)
            waiting = [[] for _one in readings]
    if waiting[0]:
        yield writer.group(waiting)
    yield writer.end()


def readings_of(cell: Cell) -> list[_Reading]:
    def value(row: Any) -> Any:
        return cell.value(row)

    def text(row: Any) -> str | None:
        found = cell.value(row)
        return None if found is None else told(found)

    told = text_of(cell)
    if cell.masked:
        return [(ParquetColumn(cell.key, "text"), text)]
    match cell.field:
        case MoneyField():
            amount = ParquetColumn(f"{cell.key}.amount", "decimal", 4)
            currency = ParquetColumn(f"{cell.key}.currency", "text")
            return [
                (amount, lambda row: getattr(cell.value(row), "amount", None)),
                (currency, lambda row: getattr(cell.value(row), "currency", None)),
            ]
        case DecimalField(places=places):
            return [(ParquetColumn(cell.key, "decimal", places), value)]
        case Integer() | Rating():
            return [(ParquetColumn(cell.key, "whole"), value)]
        case Boolean():
            return [(ParquetColumn(cell.key, "boolean"), value)]
        case Date():
            return [(ParquetColumn(cell.key, "date"), value)]
        case DateTime():
            return [(ParquetColumn(cell.key, "moment"), value)]
        case Duration():
            return [(ParquetColumn(cell.key, "double"), lambda row: _seconds(cell.value(row)))]
        case None if cell.kind in _BY_KIND:
            return [(ParquetColumn(cell.key, _BY_KIND[cell.kind]), value)]
    return [(ParquetColumn(cell.key, "text"), text)]


def _seconds(value: Any) -> float | None:
    return None if value is None else value.total_seconds()
