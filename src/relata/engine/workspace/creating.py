"""Many new records as one set."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.metadata.object import Object
from relata.engine.secrets.records import keep_salts
from relata.engine.storage.copy_format import line_of
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import sequence_name
from relata.engine.workspace import consequences, links, rollups, writes
from relata.engine.workspace.attempts import is_refusal
from relata.engine.workspace.changes import encode, log_writer
from relata.engine.workspace.chunk import Chunk, Line, Outcome, Raw, RowByRow, refused
from relata.engine.workspace.copying import LineWriter, copy_log, copy_records, created_lines
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.reading import check_draft, completer, values_reader
from relata.engine.workspace.secret_fields import hidden
from relata.engine.workspace.warnings import passed
from relata.foundation.errors import Denied, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_ids

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


#: Lines of the log that are made before PostgreSQL is given more.
_BREATH = 50


async def create_set(work: Workspace, one: Object, rows: Sequence[Raw], sources: Sequence[Raw]) -> list[Outcome]:
    """The same steps as `writes.create`, each for all rows. Raises RowByRow where that can't be."""
    chunk = Chunk(work, one, len(rows))
    read, complete = values_reader(chunk.unit, one, trusted=work.trusted), completer(chunk.unit, one)
    for at, (record_id, raw, source) in enumerate(zip(new_ids(len(rows)), rows, sources, strict=True)):
        try:
            chunk.lines.append(Line(at, _draft(one, record_id, complete(read(raw))), source))
        except RelataError as error:
            if not is_refusal(error):
                raise
            chunk.outcomes[at] = refused(error)
    await chunk.checked(lambda line: _check(work, line))
    await chunk.check_links(_values, _values)
    await chunk.check_rules()
    await chunk.check_unique(_values)
    if chunk.lines:
        await _write(chunk)
    return [outcome or Outcome("refused") for outcome in chunk.outcomes]


def _values(line: Line) -> Raw:
    return line.draft.values


def _draft(one: Object, record_id: UUID, values: dict[str, Any]) -> Draft:
    given = {name: value for name, value in values.items() if value is not None}
    if not one.file_fields.isdisjoint(given):
        raise RowByRow  # a file is taken over one by one
    return Draft(one, record_id, None, given)


async def _check(work: Workspace, line: Line) -> None:
    draft = line.draft
    await writes.run_guards(work, draft)
    if not work.actor.reaches(draft.object, "create", draft["owner"], draft["team"]):
        raise Denied(_("You may not create %(nouns)s here.") % {"nouns": draft.object.nouns}, code="denied_create")
    check_draft(work.unit, draft)


async def _write(chunk: Chunk) -> None:
    unit, one, work = chunk.unit, chunk.object, chunk.work
    await _number(chunk)
    placed = await writes.place(work, one, [line.draft for line in chunk.lines])
    readers = await _readers(chunk)
    writer = LineWriter(one, set().union(*(line.draft.values for line in chunk.lines)))
    user, via = unit.actor.user, unit.actor.via
    columns = ("id", "created_by", "changed_by", "created_via", "changed_via", "readers", *writer.columns)
    made_by = line_of((user, user, via, via))
    salts: list[tuple[UUID, bytes]] = []
    making = asyncio.create_task(_entries(chunk, salts))  # while PostgreSQL is at the records
    try:
        async with unit.connection.checking_many(len(chunk.lines)):
            await copy_records(
                unit, one, columns,
                (f"{draft.id.hex}\t{made_by}\t{codes}\t{writer.line(hidden(unit.context, one, draft.id, draft.values))}"
                 for draft, codes in zip((line.draft for line in chunk.lines), readers, strict=True)),
            )  # fmt: skip
        entries = await making
    finally:
        making.cancel()
    await copy_log(unit, entries)
    await keep_salts(unit.connection, unit.context.schema, salts)
    await _pair(chunk)
    rollups.note_many(unit, one, ((None, line.draft.values) for line in chunk.lines))
    await work.sharing.apply_rules(one, [line.draft.id for line in chunk.lines])
    unit.note_write(one.name)
    for keep in placed:
        await keep()
    for line in chunk.lines:
        chunk.outcomes[line.at] = Outcome("created", line.draft.id)
    await consequences.follow(work, one, (consequences.Written(line.draft.id, None, line.draft.values)
                                          for line in chunk.lines))  # fmt: skip


async def _entries(chunk: Chunk, salts: list[tuple[UUID, bytes]]) -> list[str]:
    """The lines of the log; others have their turn between them. salts: as for `_logged`."""
    lines = created_lines(chunk.unit, chunk.object, _logged(chunk, salts))
    entries: list[str] = []
    while part := list(islice(lines, _BREATH)):
        entries += part
        await asyncio.sleep(0)
    return entries


def _logged(chunk: Chunk, salts: list[tuple[UUID, bytes]]) -> Iterator[tuple[UUID, Raw, bytes]]:
    """Id, source and values as the log keeps them, for each line. salts: gets those that are to be kept."""
    unit, origin = chunk.unit, chunk.unit.actor.source
    drafts = [(line.draft.id, line.draft.values) for line in chunk.lines]
    for line, (salt, after) in zip(chunk.lines, log_writer(unit, chunk.object).created(drafts), strict=True):
        record = line.draft.id
        if salt is not None:
            salts.append((record, salt))
        yield record, {**origin, **line.source, **passed(unit, record)}, encode(after)


async def _number(chunk: Chunk) -> None:
    """Automatic numbers in the order of the rows."""
    for field in chunk.object.number_fields:
        space = quoted(chunk.unit.context.schema)
        rows = await chunk.unit.connection.fetch(
            f"select {space}._number(%s, %s, %s::regclass) from generate_series(1, %s)",
            (field.prefix, field.digits, f"{space}.{sequence_name(chunk.object.name, field.name)}", len(chunk.lines)),
        )
        for line, (number,) in zip(chunk.lines, rows, strict=True):
            line.draft.values[field.name] = number


async def _readers(chunk: Chunk) -> list[str]:
    """What each new record inherits, as a cell for COPY; worked out once per parent."""
    one, unit = chunk.object, chunk.unit
    nobody = line_of([[]])
    if not one.access_parent:
        return [nobody] * len(chunk.lines)
    known: dict[int, str] = {id(None): nobody}
    found = []
    for line in chunk.lines:
        value = line.draft.values.get(one.access_parent)
        cell = known.get(id(value))  # most have one of the same few parents, and hold the very same id
        if cell is None:
            parent = links.access_parent(one, line.draft.values)
            assert parent is not None
            cell = line_of([await writes.readers_from(unit, parent[0], chunk.targets[parent])])
            known[id(value)] = cell
        found.append(cell)
    return found


async def _pair(chunk: Chunk) -> None:
    """The tables of pairs of many-to-many fields."""
    for field in chunk.object.pair_fields:
        pairs = [
            (line.draft.id, target)
            for line in chunk.lines
            for target in dict.fromkeys(line.draft.values.get(field.name) or ())
        ]
        if pairs:
            schema, name = chunk.unit.context.tables.pairs(chunk.object.name, field.name).fullname.split(".")
            await chunk.unit.connection.copy_text(f"copy {quoted(schema)}.{name} (record, target) from stdin", pairs)
