"""Many new records as one set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.metadata.object import Object
from relata.engine.secrets.records import keep_salts
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import sequence_name
from relata.engine.workspace import consequences, links, rollups, writes
from relata.engine.workspace.attempts import is_refusal
from relata.engine.workspace.changes import LogWriter, as_json, log_writer
from relata.engine.workspace.chunk import Chunk, Line, Outcome, Raw, RowByRow, refused
from relata.engine.workspace.copying import RowWriter, copy_log, copy_records, created_lines
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.reading import check_draft, values_reader, with_defaults
from relata.engine.workspace.secret_fields import hidden
from relata.engine.workspace.warnings import passed
from relata.foundation.errors import Denied, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_ids

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


async def create_set(work: Workspace, one: Object, rows: Sequence[Raw], sources: Sequence[Raw]) -> list[Outcome]:
    """The same steps as `writes.create`, each for all rows. Raises RowByRow where that can't be."""
    chunk = Chunk(work, one, len(rows))
    read = values_reader(chunk.unit, one, trusted=work.trusted)
    for at, (record_id, raw, source) in enumerate(zip(new_ids(len(rows)), rows, sources, strict=True)):
        try:
            chunk.lines.append(Line(at, _draft(chunk, record_id, read(raw)), source))
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


def _draft(chunk: Chunk, record_id: UUID, values: dict[str, Any]) -> Draft:
    complete = with_defaults(chunk.unit, chunk.object, values)
    given = {name: value for name, value in complete.items() if value is not None}
    if not chunk.object.file_fields.isdisjoint(given):
        raise RowByRow  # a file is taken over one by one
    return Draft(chunk.object, record_id, None, given)


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
    writer = RowWriter(one, {name for line in chunk.lines for name in line.draft.values})
    log = log_writer(unit, one)
    user, via = unit.actor.user, unit.actor.via
    columns = ("id", "readers", "created_by", "changed_by", "created_via", "changed_via", *writer.columns)
    made_by = [user, user, via, via]
    origin = unit.actor.source
    salts: list[tuple[UUID, bytes]] = []
    entries: list[str] = []

    def write_log() -> None:  # PostgreSQL is still at the last records then
        entries.extend(created_lines(unit, one, (
            (line.draft.id, {**origin, **line.source, **passed(unit, line.draft.id)}, _logged(log, line.draft, salts))
            for line in chunk.lines
        )))  # fmt: skip

    await copy_records(
        unit, one, columns,
        ([line.draft.id, codes, *made_by, *writer.row(hidden(unit.context, one, line.draft.id, line.draft.values))]
         for line, codes in zip(chunk.lines, readers, strict=True)),
        meanwhile=write_log,
    )  # fmt: skip
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


def _logged(log: LogWriter, draft: Draft, salts: list[tuple[UUID, bytes]]) -> str:
    salt, (after,) = log.written(draft.id, None, draft.values)
    if salt is not None:
        salts.append((draft.id, salt))
    return as_json(after)


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


async def _readers(chunk: Chunk) -> list[list[int]]:
    """What each new record inherits; worked out once per parent."""
    one, unit = chunk.object, chunk.unit
    if not one.access_parent:
        return [[]] * len(chunk.lines)
    known: dict[tuple[str, UUID] | None, list[int]] = {None: []}
    found = []
    for line in chunk.lines:
        parent = links.access_parent(one, line.draft.values)
        if parent is not None and parent not in known:
            known[parent] = await writes.readers_from(unit, parent[0], chunk.targets[parent])
        found.append(known[parent])
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
