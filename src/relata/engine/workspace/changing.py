"""Other values for many records as one set: one statement for all rows in which the same fields differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from relata.engine.access.refresh import refresh
from relata.engine.metadata.fields import File
from relata.engine.metadata.object import Object
from relata.engine.query.select import render
from relata.engine.secrets.records import keep_salts
from relata.engine.workspace import consequences, loading, rollups, writes
from relata.engine.workspace.attempts import is_refusal
from relata.engine.workspace.changes import log_writer
from relata.engine.workspace.chunk import Chunk, Line, Outcome, Raw, RowByRow, refused
from relata.engine.workspace.copying import RowWriter
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.links import Targets
from relata.engine.workspace.reading import check_draft, read_values
from relata.engine.workspace.record import Record
from relata.engine.workspace.secret_fields import hidden
from relata.engine.workspace.statements import update_many_sql
from relata.engine.workspace.warnings import passed
from relata.foundation.errors import Conflict, Denied, NotFound, RelataError
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

Change = tuple[UUID | Record, Raw]


async def change_set(work: Workspace, one: Object, changes: Sequence[Change], sources: Sequence[Raw]) -> list[Outcome]:
    """The same steps as `writes.change`, each for all rows; no record comes twice. Raises RowByRow where that can't
    be."""
    chunk = Chunk(work, one, len(changes))
    records = await _load(work, one, [change[0] for change in changes])
    for at, (change, source, before) in enumerate(zip(changes, sources, records, strict=True)):
        _read(chunk, at, change[1], source, before)
    await chunk.checked(lambda line: _check(work, line))
    await _settle_unchanged(chunk)
    await chunk.check_links(_new_links, lambda line: writes.really_new(one, _before(line), dict(_new_links(line))))
    await chunk.check_rules()
    await chunk.check_unique(lambda line: {**_before(line).values, **line.different})
    await _write(chunk)
    return [outcome or Outcome("refused") for outcome in chunk.outcomes]


async def _load(work: Workspace, one: Object, keys: Sequence[UUID | Record]) -> list[Record | None]:
    ids = [key for key in keys if not isinstance(key, Record)]
    found = (
        {record.id: record for record in await loading.load(work.unit, one, ids) if not record.is_deleted}
        if ids
        else {}
    )
    return [key if isinstance(key, Record) else found.get(key) for key in keys]


def _before(line: Line) -> Record:
    assert line.draft.before is not None
    return line.draft.before


def _new_links(line: Line) -> Raw:
    return {name: value for name, value in line.different.items() if value is not None}


def _read(chunk: Chunk, at: int, raw: Raw, source: Raw, before: Record | None) -> None:
    one = chunk.object
    try:
        if before is None:
            raise NotFound(_("This %(noun)s does not exist.") % {"noun": one.noun}, hint=_("It may have been deleted."))
        if before.is_deleted:
            raise Conflict(
                _("This %(noun)s is in the bin.") % {"noun": one.noun}, code="deleted", hint=_("Restore it first.")
            )
        values = read_values(chunk.unit, one, raw, trusted=chunk.work.trusted)
    except RelataError as error:
        if not is_refusal(error):
            raise
        chunk.outcomes[at] = refused(error)
        return
    if any(isinstance(one.all_fields[name], File) and value is not None for name, value in values.items()):
        raise RowByRow  # a file is taken over one by one
    chunk.lines.append(Line(at, Draft(one, before.id, before, values), source))


async def _check(work: Workspace, line: Line) -> None:
    await writes.run_guards(work, line.draft)
    check_draft(work.unit, line.draft)
    line.different = line.draft.differences()


async def _settle_unchanged(chunk: Chunk) -> None:
    """Where nothing differs nothing is written; but who may not change a record is told so even then."""
    same = [line for line in chunk.lines if not line.different]
    chunk.lines = [line for line in chunk.lines if line.different]
    denied = set()
    if same:
        denied = {line.draft.id for line in same} - await _changeable(chunk, [line.draft.id for line in same])
    for line in same:
        chunk.outcomes[line.at] = Outcome("unchanged", line.draft.id)
        if line.draft.id in denied:
            message = _("You may see this %(noun)s, but not change it.") % {"noun": chunk.object.noun}
            chunk.outcomes[line.at] = refused(Denied(message, code="denied_change"))


async def _changeable(chunk: Chunk, ids: list[UUID]) -> set[UUID]:
    unit, one = chunk.unit, chunk.object
    table = unit.context.tables.of(one)
    scope = unit.actor.predicate(one, "change", table)
    if scope is None:
        return set(ids)
    wanted = sa.cast(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())), sa.ARRAY(sa.Uuid()))
    sql = render(sa.select(table.c.id).where(table.c.id == sa.any_(wanted), scope))
    return {found for (found,) in await unit.connection.fetch(sql, {**unit.actor.parameters(), "ids": ids})}


async def _write(chunk: Chunk) -> None:
    unit, one, work = chunk.unit, chunk.object, chunk.work
    by_fields: dict[tuple[str, ...], list[Line]] = {}
    for line in chunk.lines:
        by_fields.setdefault(tuple(sorted(line.different)), []).append(line)
    done: list[Line] = []
    for names, lines in by_fields.items():
        written = await _update(chunk, names, lines)
        if len(written) < len(lines):
            raise RowByRow  # changed meanwhile, or not ours to change: one by one each row is told why
        done.extend(lines)
    if not done:
        return
    for line in done:
        await writes.write_pairs(unit, one, line.draft)
        chunk.outcomes[line.at] = Outcome("changed", line.draft.id)
    rollups.note_many(unit, one, ((_before(line).values, {**_before(line).values, **line.different}) for line in done))
    unit.note_write(one.name)
    await _follow_access(work, one, done, chunk.targets)
    await consequences.follow(
        work, one,
        (consequences.Written(line.draft.id, _before(line).values, {**_before(line).values, **line.different})
         for line in done),
    )  # fmt: skip


async def _update(chunk: Chunk, names: tuple[str, ...], lines: list[Line]) -> set[UUID]:
    unit, one = chunk.unit, chunk.object
    writer, log = RowWriter(one, names, json_as_text=False), log_writer(unit, one)
    columns = tuple(writer.columns)
    asks = one.name in unit.context.holdable
    key = ("update many", one.name, columns, asks, unit.actor.fingerprint)
    sql = unit.context.statements.get(
        key, lambda: update_many_sql(unit.context.tables, unit.actor, one, columns, holds=asks)
    )
    origin = unit.actor.source
    rows, salts = [], []
    for line in lines:
        before = _before(line)
        old = {name: before[name] for name in line.different}
        salt, (logged_old, logged_new) = log.written(line.draft.id, before.salt, old, line.different)
        if salt is not None:
            salts.append((line.draft.id, salt))
        row: dict[str, Any] = {
            "record_id": line.draft.id, "at_version": before.version,
            "log_source": {**origin, **line.source, **passed(unit, line.draft.id)} or None,
            "log_before": logged_old, "log_after": logged_new,
        }  # fmt: skip
        stored = hidden(unit.context, one, line.draft.id, line.different)
        row.update(zip((f"v_{name}" for name in columns), writer.row(stored), strict=True))
        rows.append(row)
    params = {
        **unit.actor.parameters(), "rows": msgspec.json.encode(rows).decode(), "changed_by": unit.actor.user,
        "changed_via": unit.actor.via, "log_object": one.name, "log_action": "changed", "log_actor": unit.actor.user,
        "log_via": unit.actor.via, **({"hold_fields": list(names)} if asks else {}),
    }  # fmt: skip
    async with unit.connection.checking_many(0 if one.link_fields.keys().isdisjoint(names) else len(lines)):
        written = {found for (found,) in await unit.connection.fetch(sql, params)}
    if len(written) == len(lines):
        await keep_salts(unit.connection, unit.context.schema, salts)
    return written


async def _follow_access(work: Workspace, one: Object, lines: list[Line], targets: Targets) -> None:
    """Grant and revoke what follows from other owners, teams, parents, or values that sharing rules look at."""
    unit = work.unit
    ids = [line.draft.id for line in lines]
    watched = {"owner", "team", one.access_parent}
    for line in lines:
        await writes.know_parent(unit, one, line.different, targets)
    moved = [line.draft.id for line in lines if watched & set(line.different)]
    for who in {line.different.get(name) for line in lines for name in ("owner", "team")}:
        await unit.principal(who)
    if await work.sharing.apply_rules(one, ids):
        moved = ids
    if moved:
        await refresh(unit.connection, unit.context.schema, unit.context.registry, one, moved, unit.context.numbers)
