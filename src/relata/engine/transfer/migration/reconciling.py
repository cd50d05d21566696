"""Whether what is here is what was there: counts and sums of each table against the records that its rows became, read
anew from both sides, and a reason for every difference."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from relata.engine.metadata.fields import DecimalField, Duration, Field, Integer, MoneyField
from relata.engine.transfer.mapping import Column
from relata.engine.transfer.migration import numbers
from relata.engine.transfer.migration.declared import Source
from relata.engine.transfer.migration.export import Export
from relata.engine.transfer.migration.numbers import digest
from relata.engine.transfer.migration.planning import Planned
from relata.engine.transfer.migration.writing import Told
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_PAGE = 2000
_CENT = Decimal("0.01")


@dataclass(slots=True)
class SumLine:
    """The sum of one column there and here. explained: parts of the difference by reason: not_brought, in_bin, edited,
    rounded. unexplained: the rest."""

    column: str
    label: str
    there: Decimal = Decimal(0)
    here: Decimal = Decimal(0)
    explained: dict[str, Decimal] = field(default_factory=dict)
    unexplained: Decimal = Decimal(0)

    def add(self, there: Decimal, here: Decimal, reason: str) -> None:
        """One row."""
        self.there += there
        self.here += here
        if there != here:
            if reason:
                self.explained[reason] = self.explained.get(reason, Decimal(0)) + there - here
            else:
                self.unexplained += there - here


@dataclass(slots=True, kw_only=True)
class TableReport:
    """One table. rows: there. here: of these, that are records. binned: whose record lies in the bin here. skipped,
    refused: that stayed out. edited: whose record was changed here. gone: records whose row the export has no more.
    reasons: why rows stayed out, and what else was told, with how often. blank: links that lead nowhere, by column."""

    table: str
    object: str
    label: str
    rows: int = 0
    here: int = 0
    binned: int = 0
    skipped: int = 0
    refused: int = 0
    edited: int = 0
    gone: int = 0
    created: int = 0
    updated: int = 0
    conflicts: int = 0
    sums: list[SumLine] = field(default_factory=list)
    reasons: list[tuple[str, str, int]] = field(default_factory=list)
    blank: dict[str, int] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    @property
    def is_explained(self) -> bool:
        """Whether every row and every figure is accounted for."""
        whole = self.here + self.binned + self.skipped + self.refused
        return whole == self.rows and not any(line.unexplained for line in self.sums)

    def json(self) -> dict[str, Any]:
        """As it is kept, for programs."""
        names = ("table", "object", "label", "rows", "here", "binned", "skipped", "refused", "edited", "gone",
                 "created", "updated", "conflicts", "blank", "left", "is_explained")  # fmt: skip
        return {name: getattr(self, name) for name in names} | {
            "sums": [
                {
                    "column": line.column, "label": line.label, "there": str(line.there), "here": str(line.here),
                    "explained": {name: str(part) for name, part in line.explained.items()},
                    "unexplained": str(line.unexplained),
                }
                for line in self.sums
            ],
            "reasons": [list(one) for one in self.reasons],
        }  # fmt: skip


async def reconcile(door: Door, key: str, source: Source, export: Export, planned: Planned, told: Told) -> TableReport:
    """Compare one table, page by page."""
    one = (await door.context(key)).registry.get(planned.object)
    is_made = planned.table.rows is not None and not planned.table.files  # it has no figures of its own
    entries = () if is_made else planned.mapping.columns
    summed = [(entry, known) for entry in entries if (known := _summed(entry, one.field(entry.name)))]
    report = TableReport(
        table=planned.table.name, object=planned.object, label=planned.label, skipped=told.counts["skipped"],
        refused=told.counts["refused"], created=told.counts["created"], updated=told.counts["updated"],
        conflicts=told.counts["conflicts"], sums=[SumLine(entry.column, known.title) for entry, known in summed],
        reasons=[(column, words, rows) for (_code, column, words), rows in told.why.most_common(50)],
        blank={name: rows for name, rows in told.blank.most_common() if name and rows}, left=planned.left,
    )  # fmt: skip
    rows, seen = export.keyed(planned.table), 0
    while page := await asyncio.to_thread(lambda: list(islice(rows, _PAGE))):
        cells = {number: row.cells for number, row in page}

        async def compare(work: Workspace, cells: Any = cells) -> int:
            asked = [(planned.table.name, number) for number in cells]
            known = await numbers.find(work, source.name, asked, held=True)
            ids = list({one.record for one in known.values()})
            records = {record.id: record for record in await work.get_many(planned.object, ids)}
            for number, row in cells.items():
                found = known.get((planned.table.name, number))
                record = records.get(found.record) if found else None
                is_edited = bool(record and found and _is_edited(record, found.held.kept))
                report.here += record is not None
                report.binned += found is not None and record is None
                report.edited += is_edited
                reason = "not_brought" if found is None else "in_bin" if record is None else ""
                for line, (entry, known_field) in zip(report.sums, summed, strict=True):
                    there, here = figure(row.get(entry.column, ""), entry), _here(record, known_field)
                    name = known_field.name
                    edited = bool(record and found and name in found.held.kept
                                  and found.held.kept[name] != digest(known_field.to_json(record[name])))  # fmt: skip
                    rounded = "rounded" if abs(there - here) < _CENT else ""
                    line.add(there, here, reason or ("edited" if edited else rounded))
            return len(known)

        report.rows += len(page)
        seen += await door.run(key, None, compare, read_only=True)
    report.gone = await door.run(key, None, lambda work: _numbered(work, source, planned), read_only=True) - seen
    return report


def _summed(entry: Column, field: Field | None) -> Field | None:
    """The field, where figures of it can be added up."""
    is_figure = isinstance(field, (MoneyField, DecimalField, Integer, Duration)) and field.type_name != "percent"
    return field if is_figure and entry.column and entry.part in ("", "amount") else None


def figure(text: str, entry: Column) -> Decimal:
    """What a cell says, read without the import's own readers; 0 for nothing."""
    digits = re.sub(r"[^\d.,-]", "", text)
    if entry.decimal_mark == ",":
        digits = digits.replace(".", "").replace(",", ".")
    try:
        return Decimal(digits.replace(",", "")) * Decimal(str(entry.factor))
    except InvalidOperation:
        return Decimal(0)


def _here(record: Record | None, field: Field) -> Decimal:
    value = record[field.name] if record else None
    if value is None:
        return Decimal(0)
    if isinstance(value, timedelta):
        return Decimal(int(value.total_seconds()))
    return Decimal(str(getattr(value, "amount", value)))


def _is_edited(record: Record, kept: dict[str, str]) -> bool:
    return any(
        (field := record.object.field(name)) is not None and digest(field.to_json(record[name])) != text
        for name, text in kept.items()
    )


async def _numbered(work: Workspace, source: Source, planned: Planned) -> int:
    return await numbers.count(work, source.name, planned.table.name)


def tally(reports: list[TableReport]) -> Counter[str]:
    """The figures of all tables together."""
    names = ("rows", "here", "binned", "skipped", "refused", "edited", "gone", "created", "updated", "conflicts")
    return Counter({name: sum(getattr(one, name) for one in reports) for name in names})
