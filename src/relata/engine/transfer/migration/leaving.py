"""The way back: everything that a person may export, as files in the layout that another system imports. Its own
numbers are in them where records came from there; everything else is told apart by ours."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from relata.engine.metadata.fields import AnyLink, Choice, Field, Link, Links, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query
from relata.engine.transfer.formula_guard import guarded
from relata.engine.transfer.mapping import Column, templates
from relata.engine.transfer.migration.declared import Pointer, Source, Table
from relata.engine.transfer.migration.reverse import Reverse
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Left:
    """One file. rows: how many records it holds."""

    file: str
    object: str
    rows: int


async def leave(door: Door, key: str, who: Who, source: Source, folder: Path) -> list[Left]:
    """Write a file for each object into `folder`, which is there. Raises Denied without the permission to export,
    Invalid for a system whose layout is not known. The person's rights hold: what they may not read is not in it."""
    if source.own_column is None:
        raise Invalid(
            _("Nothing can be written in the layout of %(system)s.") % {"system": source.label}, code="no_layout"
        )
    found = []
    for table in await door.run(key, who, lambda work: _begin(work, source), via="export"):
        path = folder / f"{table.name}.csv"
        rows = 0
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            async for heads, lines in _pages(door, key, who, source, table):
                if not rows:
                    csv.writer(file, lineterminator="\r\n").writerow(heads)
                csv.writer(file, lineterminator="\r\n").writerows([guarded(text) for text in line] for line in lines)
                rows += len(lines)
        if rows:
            found.append(Left(path.name, table.of, rows))
        else:
            path.unlink()
    return found


async def _pages(
    door: Door, key: str, who: Who, source: Source, table: Table
) -> AsyncIterator[tuple[list[str], list[list[str]]]]:
    """Heads and lines, page by page."""
    after, is_last = "", False

    async def page(work: Workspace) -> tuple[list[list[str]], str, list[str]]:
        return await _page(work, source, table, after)

    while not is_last:
        lines, after, heads = await door.run(key, who, page, via="export", read_only=True)
        is_last = not after
        if lines:
            yield heads, lines


async def _begin(work: Workspace, source: Source) -> list[Table]:
    """The tables of objects that the person may read: those of the source, and one for each object of their own."""
    if not work.actor.rights.permits("export_records"):
        raise Denied(_("You may not export records."), code="denied_export")
    assert source.own_column is not None
    seen: set[str] = set()
    tables = []
    for table in source.tables:
        one = work.registry.objects.get(table.of)
        if one is not None and (table.rows is None or table.files) and work.actor.rights.level(one, "read"):
            tables.append(table)
            seen.add(one.name)
    for one in work.registry.objects.values():
        if one.custom and one.name not in seen and work.actor.rights.level(one, "read"):
            tables.append(Table(name=source.own_column(one.title), of=one.name))
    for table in tables:
        one = work.registry.get(table.of)
        cells = [*_plain(work, one, table), *_own(work, source, one, table)]
        fields = sorted({field.name for _column, _entry, field in cells})
        await work.log(table.of, UUID(int=0), "exported", after={"fields": fields, "layout": source.name})
    return tables


async def _page(work: Workspace, source: Source, table: Table, after: str) -> tuple[list[list[str]], str, list[str]]:
    one = work.registry.get(table.of)
    page = await work.query(Query(one.name, fields=("id",), limit=_PAGE, after=after))
    records = await work.get_many(one.name, [row[0] for row in page.rows])
    cells = [*_plain(work, one, table), *_own(work, source, one, table)]
    links = [pointer for pointer in table.pointers if _readable(work, one, pointer.field)]
    links += _own_links(work, source, one, table)
    reverse = await Reverse.of(work, source, links, records)
    heads = ["Id", source.own_id, *(name for name, _entry, _field in cells)]
    for pointer in links:
        heads += reverse.heads(pointer)
    lines = []
    for record in records:
        line = [reverse.number(record.id), str(record.id)]
        line += [_text(field, entry, record) for _name, entry, field in cells]
        for pointer in links:
            line += reverse.cells(pointer, record)
        lines.append(line)
    return lines, page.next, heads


def _readable(work: Workspace, one: Object, name: str) -> bool:
    field = one.field(name)
    return field is not None and work.actor.readable(one, field)


Cell = tuple[str, Column | None, Field]


def _plain(work: Workspace, one: Object, table: Table) -> list[Cell]:
    """The columns that the system has itself; of several that give one field the first takes it."""
    found: list[Cell] = []
    seen: set[str] = set()
    for entry in table.columns:
        field = one.field(entry.name)
        if field is None or not work.actor.readable(one, field) or entry.field in seen or entry.name == "reference":
            continue
        column = entry.column or (table.title or "Name" if templates(entry) and entry.name == one.title_field else "")
        if column and column not in table.heads:
            found.append((column, entry, field))
            seen.add(entry.field)
    return found


def _own(work: Workspace, source: Source, one: Object, table: Table) -> list[Cell]:
    """The workspace's own fields, and the name of its own objects."""
    assert source.own_column is not None
    links = {pointer.field for pointer in table.pointers}
    found: list[Cell] = [("Name", None, one.all_fields["name"])] if one.custom and "name" in one.all_fields else []
    for field in one.fields:
        is_plain = field.custom and field.stored and not isinstance(field, (Link, Links, AnyLink))
        if is_plain and field.name not in links and field.name != one.title_field and work.actor.readable(one, field):
            found.append((source.own_column(field.title), None, field))
    return found


def _own_links(work: Workspace, source: Source, one: Object, table: Table) -> list[Pointer]:
    """Links of the workspace's own."""
    assert source.own_column is not None
    known = {pointer.field for pointer in table.pointers}
    return [
        Pointer(field.name, ((source.own_column(field.title), ("*",)),))
        for field in one.fields
        if field.custom and isinstance(field, Link) and field.name not in known and work.actor.readable(one, field)
    ]


def _text(field: Field, entry: Column | None, record: Record) -> str:
    value = record[field.name]
    if value is None or value in ((), [], ""):
        return ""
    if entry is not None and entry.part:
        return str(getattr(value, entry.part, "") or "")
    if entry is not None and entry.values:
        words = next((word for word, ours in entry.values.items() if ours == value), "")
        if words:
            return words.title()
    if isinstance(field, (Choice, MultiChoice)):
        titles = {option.value: option.title for option in field.options}
        return ";".join(titles.get(part, part) for part in ([value] if isinstance(value, str) else value))
    if hasattr(value, "amount"):
        return f"{value.amount:f}"
    if isinstance(value, (tuple, list)) and value and hasattr(value[0], "value"):
        labelled = [one.value for one in value if entry and entry.label and one.label == entry.label]
        return str(labelled[0] if labelled else value[0].value if not (entry and entry.label) else "")
    return field.to_text(value)
