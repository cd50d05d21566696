"""From our records to the numbers of another system, for files that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from relata.engine.metadata.fields import AnyLink, Link, Links
from relata.engine.transfer.migration import numbers
from relata.engine.transfer.migration.declared import Pointer, Source
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace


@dataclass(slots=True)
class Reverse:
    """Numbers of the records of one page and of those that they link to. known: number by record. titles: of linked
    records that the system knows by name."""

    source: Source
    named: frozenset[str]
    known: dict[UUID, str] = field(default_factory=dict)
    titles: dict[UUID, str] = field(default_factory=dict)

    @classmethod
    async def of(cls, work: Workspace, source: Source, links: Sequence[Pointer], records: Sequence[Record]) -> Reverse:
        """For these records and their links."""
        made = {one.name for one in source.tables if one.rows is not None and not one.files and one.of != "user"}
        found = cls(source, frozenset(made))
        ids = {record.id for record in records}
        for pointer in links:
            ids |= {key for record in records for _name, key in _linked(record, pointer.field)}
        found.known = await numbers.of_records(work, source.name, sorted(ids))
        for pointer in links:
            if pointer.tables <= found.named:
                for record in records:
                    for name, key in _linked(record, pointer.field):
                        if key not in found.titles:
                            shown = await work.get_many(name, [key])
                            found.titles[key] = shown[0].title if shown else ""
        return found

    def number(self, record: UUID) -> str:
        """What the system calls a record; "" for one that did not come from there."""
        return self.known.get(record, "")

    def heads(self, pointer: Pointer) -> list[str]:
        """The columns of a link: its own, and the one that names the record by our id."""
        column = pointer.ways[0][0]
        if pointer.tables <= self.named:
            return [column]
        relation = f"{column.removesuffix('__c')}__r" if column.endswith("__c") else column.removesuffix("Id")
        return [column, f"{relation}.{self.source.own_id}"]

    def cells(self, pointer: Pointer, record: Record) -> list[str]:
        """The cells of a link."""
        linked = _linked(record, pointer.field)
        if pointer.tables <= self.named:
            return [self.titles.get(linked[0][1], "") if linked else ""]
        if not linked:
            return ["", ""]
        key = linked[0][1]
        return [self.number(key), str(key)]


def _linked(record: Record, name: str) -> list[tuple[str, UUID]]:
    known, value = record.object.field(name), record[name]
    if value is None or known is None:
        return []
    if isinstance(known, AnyLink):
        return [(value.object, value.id)]
    if isinstance(known, Links):
        return [(known.to, key) for key in value]
    return [(known.to, value)] if isinstance(known, Link) else [("user", value)]
