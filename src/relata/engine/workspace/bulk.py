"""Many writes at once, with the verdicts of one by one: one link check, one question about unique values, COPY.

Each row is read, completed and guarded by itself; what needs the database is asked for all rows together. Where the
database finds in the end what the questions before did not (someone else was faster), the rows are written one by one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.metadata.object import Object
from relata.engine.storage.failures import StaleMetadata
from relata.engine.workspace import writes
from relata.engine.workspace.attempts import attempt, is_refusal
from relata.engine.workspace.changing import change_set
from relata.engine.workspace.chunk import Outcome as Outcome
from relata.engine.workspace.chunk import Raw, RowByRow, refused
from relata.engine.workspace.creating import create_set
from relata.engine.workspace.record import Record
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import Denied, RelataError
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

NO_SOURCE: Raw = {}


async def create_many(
    work: Workspace, one: Object, rows: Sequence[Raw], *, sources: Sequence[Raw] = ()
) -> list[Outcome]:
    """New records; an outcome for each row. Raises Denied where the actor may make none of these at all."""
    if not work.actor.rights.level(one, "create"):
        raise Denied(_("You may not create %(nouns)s.") % {"nouns": one.nouns}, code="denied_create")
    if not rows:
        return []

    async def one_by_one() -> list[Outcome]:
        return [
            await _create_alone(work, one, raw, source)
            for raw, source in zip(rows, _padded(sources, rows), strict=True)
        ]

    async def as_set() -> list[Outcome]:
        return await create_set(work, one, rows, _padded(sources, rows))

    return await _first_as_set(work, as_set, one_by_one)


async def change_many(
    work: Workspace, one: Object, changes: Sequence[tuple[UUID | Record, Raw]], *, sources: Sequence[Raw] = ()
) -> list[Outcome]:
    """Other values for these records; an outcome for each. A record that comes twice is changed twice, in order."""
    outcomes: list[Outcome] = [Outcome("unchanged")] * len(changes)
    given = _padded(sources, changes)
    for number, wave in enumerate(_waves(changes)):
        part, origin = [changes[at] for at in wave], [given[at] for at in wave]
        if number:  # what was handed in is older than the wave before
            part = [(_id(key), raw) for key, raw in part]

        async def one_by_one(part: Any = part, origin: Any = origin) -> list[Outcome]:
            return [
                await _change_alone(work, one, key, raw, source)
                for (key, raw), source in zip(part, origin, strict=True)
            ]

        async def as_set(part: Any = part, origin: Any = origin) -> list[Outcome]:
            return await change_set(work, one, part, origin)

        for at, outcome in zip(wave, await _first_as_set(work, as_set, one_by_one), strict=True):
            outcomes[at] = outcome
    return outcomes


async def _first_as_set(
    work: Workspace, as_set: Callable[[], Awaitable[list[Outcome]]], one_by_one: Callable[[], Awaitable[list[Outcome]]]
) -> list[Outcome]:
    unit = work.unit
    keeps, unit.keeps = unit.keeps, True
    try:
        async with attempt(unit):
            outcomes = await as_set()
            await _require_current(unit)
            return outcomes
    except RowByRow:
        pass
    except RelataError as error:
        if not is_refusal(error):
            raise
    finally:
        unit.keeps = keeps
    return await one_by_one()


async def _require_current(unit: Unit) -> None:
    """Raise StaleMetadata where others changed the definitions meanwhile; see `statements.definitions_version`."""
    row = await unit.connection.fetch_one(
        "select definitions from relata.workspace where schema = %s", (unit.context.schema,)
    )
    if row is None or row[0] != unit.context.registry.version:
        raise StaleMetadata("The configuration changed meanwhile; try again.")


async def _create_alone(work: Workspace, one: Object, raw: Raw, source: Raw) -> Outcome:
    async def create() -> Outcome:
        return Outcome("created", (await writes.create(work, one, raw, trusted=work.trusted)).id)

    return await _alone(work, source, create)


async def _change_alone(work: Workspace, one: Object, key: UUID | Record, raw: Raw, source: Raw) -> Outcome:
    async def change() -> Outcome:
        before = await work.get(one.name, _id(key))
        after = await writes.change(work, before, raw, trusted=work.trusted)
        return Outcome("changed" if after.version != before.version else "unchanged", after.id)

    return await _alone(work, source, change)


async def _alone(work: Workspace, source: Raw, write: Callable[[], Awaitable[Outcome]]) -> Outcome:
    unit, actor = work.unit, work.actor
    unit.actor = actor.through(actor.via, **{**actor.source, **source})
    try:
        async with attempt(unit):
            return await write()
    except RelataError as error:
        if not is_refusal(error):
            raise
        return refused(error)
    finally:
        unit.actor = actor


def _padded(sources: Sequence[Raw], rows: Sequence[object]) -> Sequence[Raw]:
    return sources or [NO_SOURCE] * len(rows)


def _waves(changes: Sequence[tuple[UUID | Record, Raw]]) -> list[list[int]]:
    """Positions in groups in which no record comes twice."""
    waves: list[list[int]] = []
    seen: dict[UUID, int] = {}
    for at, (key, __) in enumerate(changes):
        wave = seen.get(found := _id(key), 0)
        seen[found] = wave + 1
        if wave == len(waves):
            waves.append([])
        waves[wave].append(at)
    return waves


def _id(key: UUID | Record) -> UUID:
    return key.id if isinstance(key, Record) else key
