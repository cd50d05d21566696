"""The rows of one transaction: drawn, linked by the other system's numbers, compared with what was taken the last time,
and written where the other system says something new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from relata.engine.metadata.fields import AnyLink, Links
from relata.engine.metadata.object import Object
from relata.engine.transfer.csv_reader import Row
from relata.engine.transfer.drawing import Drawing, Drawn
from relata.engine.transfer.migration import born, numbers
from relata.engine.transfer.migration.conflicts import Clash
from relata.engine.transfer.migration.declared import Pointer, Source
from relata.engine.transfer.migration.numbers import Held, Known, Number, digest
from relata.engine.transfer.migration.planning import Planned
from relata.engine.workspace.chunk import Outcome
from relata.engine.workspace.matching import key_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

_DID = {"created": "created", "changed": "updated", "unchanged": "unchanged", "refused": "refused"}


@dataclass(slots=True)
class Told:
    """What became of rows. counts: by what was done. why: reasons of rows that stayed out, by code and words. blank:
    links that lead nowhere, by column. clashes: fields that both sides changed."""

    counts: Counter[str] = field(default_factory=Counter)
    why: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    blank: Counter[str] = field(default_factory=Counter)
    clashes: list[Clash] = field(default_factory=list)

    def add(self, more: Told) -> None:
        """Another part."""
        self.counts.update(more.counts)
        self.why.update(more.why)
        self.blank.update(more.blank)
        self.clashes.extend(more.clashes)


@dataclass(slots=True)
class Line:
    """One row on its way. values: raw, by field; None for what it leaves empty."""

    key: str
    row: Row
    values: dict[str, Any]
    did: str = ""
    drawn: Drawn | None = None
    aliases: tuple[Number, ...] = ()


Lines = Sequence[tuple[str, Row]]


async def write_chunk(work: Workspace, source: Source, planned: Planned, rows: Lines) -> Told:
    """Write these rows. work: with every right."""
    one, told = work.registry.get(planned.object), Told()
    drawing = Drawing(one, planned.mapping)
    lines = [_drawn(drawing, key, row, told) for key, row in rows]
    lines = [line for line in lines if not line.did]
    await _linked(work, source, one, lines, planned.pointers, told)
    known = await numbers.find(work, source.name, [(planned.table.name, line.key) for line in lines], held=True)
    fresh = [line for line in lines if (planned.table.name, line.key) not in known]
    fresh = await _adopt(work, source, planned, one, fresh, told)
    await _create(work, source, planned, one, fresh, told)
    there = [(line, known[planned.table.name, line.key]) for line in lines if (planned.table.name, line.key) in known]
    await _renew(work, source, planned, one, there, told, is_late=False)
    return told


async def settle_chunk(work: Workspace, source: Source, planned: Planned, rows: Lines) -> Told:
    """Set what had to wait for other tables: links to later rows, and what closes a row."""
    one, told = work.registry.get(planned.object), Told()
    lines = [Line(key, row, {}) for key, row in rows if row.cells]
    await _linked(work, source, one, lines, planned.late, told)
    if planned.closing:
        column, texts = planned.closing.when
        closed = [line for line in lines if _is_true(line.row.cells.get(column, ""), texts)]
        await _linked(work, source, one, closed, planned.closing.pointers, Told())
        targets = {pointer.field for pointer in planned.closing.pointers}
        for line in closed:
            if not targets or any(line.values.get(name) for name in targets):
                line.values |= planned.closing.values
            else:
                told.why["closing", column, "Nothing that it became is in the export."] += 1
    known = await numbers.find(work, source.name, [(planned.table.name, line.key) for line in lines], held=True)
    there = [
        (line, known[planned.table.name, line.key])
        for line in lines
        if line.values and (planned.table.name, line.key) in known
    ]
    await _renew(work, source, planned, one, there, told, is_late=True)
    told.counts.clear()
    return told


def _is_true(text: str, texts: tuple[str, ...]) -> bool:
    text = text.strip()
    return bool(text) and (texts == ("*",) or text.casefold() in texts)


def _drawn(drawing: Drawing, key: str, row: Row, told: Told) -> Line:
    drawn = drawing.draw(row)
    told.counts["rows"] += 1
    if drawn.did:
        told.counts[drawn.did] += 1
        for note in drawn.notes[:1]:
            told.why[note.code, note.column, note.message] += 1
    return Line(key, row, dict(drawn.raw), drawn.did, drawn)


async def _linked(
    work: Workspace, source: Source, one: Object, lines: Sequence[Line], pointers: Sequence[Pointer], told: Told
) -> None:
    """Put the records behind the numbers of the rows into their values."""
    asked = {
        (name, text)
        for line in lines
        for pointer in pointers
        for column, names in pointer.ways
        if (text := source.number(line.row.cells.get(column, "").strip()))
        for name in names
    }
    found = await numbers.find(work, source.name, asked)
    for pointer in pointers:
        target = one.field(pointer.field)
        for line in lines:
            known, column = _first(pointer, line.row.cells, found, source)
            if known is None:
                line.values[pointer.field] = None
                told.blank[column] += bool(column)
            elif isinstance(target, AnyLink):
                line.values[pointer.field] = {"object": known.object, "id": str(known.record)}
            elif isinstance(target, Links):
                line.values[pointer.field] = [str(known.record)]
            else:
                line.values[pointer.field] = str(known.record)


def _first(
    pointer: Pointer, cells: Mapping[str, str], found: dict[Number, Known], source: Source
) -> tuple[Known | None, str]:
    """The first way that leads to a record; else the column that said something."""
    said = ""
    for column, names in pointer.ways:
        text = source.number(cells.get(column, "").strip())
        if text in ("", "0"):
            continue
        said = said or column
        for name in names:
            if (name, text) in found:
                return found[name, text], ""
    return None, said


async def _adopt(
    work: Workspace, source: Source, planned: Planned, one: Object, lines: list[Line], told: Told
) -> list[Line]:
    """Rows that are records here already get their number and nothing else; the others are answered."""
    match = planned.table.adopt
    if not match or not lines:
        return lines
    keys = {id(line): key for line in lines if (key := _key(work, one, match, line)) is not None}
    there = await work.match(one.name, match, list(keys.values())) if keys else {}
    rest, kept = [], []
    for line in lines:
        ids = there.get(keys[id(line)], []) if id(line) in keys else []
        if ids:
            kept.append((line, Known(one.name, ids[0], Held(said=_said(line.values)))))
            told.counts["adopted"] += 1
        else:
            rest.append(line)
    await _keep(work, source, planned, kept)
    return rest


def _key(work: Workspace, one: Object, match: tuple[str, ...], line: Line) -> tuple[Any, ...] | None:
    values = {}
    for name in match:
        field, given = one.field(name), line.values.get(name)
        if field is None or given in (None, "", []):
            return None
        try:
            values[name] = field.parse(given, work.context.parsing)
        except Invalid:
            return None
    return key_of(one, match, values)


async def _create(
    work: Workspace, source: Source, planned: Planned, one: Object, lines: list[Line], told: Told
) -> None:  # fmt: skip
    if not lines:
        return
    outcomes = await work.create_many(one.name, [_given(line) for line in lines], sources=_sources(planned, lines))
    again = [at for at, outcome in enumerate(outcomes) if outcome.did == "refused" and _spare(one, lines[at], outcome)]
    if again:  # what an optional field refuses does not keep the record out
        for at in again:
            for problem in outcomes[at].problems:
                told.why["left_blank", _column(planned, problem.field), problem.message] += 1
        second = [lines[at] for at in again]
        given = [_given(line, _spare(one, line, outcomes[at])) for line, at in zip(second, again, strict=True)]
        for at, outcome in zip(again, await work.create_many(one.name, given, sources=_sources(planned, second)),
                               strict=True):  # fmt: skip
            outcomes[at] = outcome
    for outcome in outcomes:
        told.counts[_DID[outcome.did]] += 1
        if outcome.did == "refused":
            for problem in outcome.problems[:1]:
                told.why[problem.code, _column(planned, problem.field), problem.message] += 1
    made = [(line, outcome.id) for line, outcome in zip(lines, outcomes, strict=True) if outcome.id is not None]
    makers = {source.number(line.row.cells.get(planned.table.made_by, "").strip()) for line, _id in made}
    people = await numbers.find(work, source.name, [(PEOPLE, text) for text in makers if text])
    births = [_birth(source, planned, line, record, people) for line, record in made]
    await born.date_back(work, one.name, births)
    records = {record.id: record for record in await work.get_many(one.name, [record for _line, record in made])}
    kept = [
        (line, Known(one.name, record, Held(_said(line.values), {}, _kept(records.get(record), line.values))))
        for line, record in made
    ]
    await _keep(work, source, planned, kept)


#: The alias under which every source knows its people, whatever their table is called.
PEOPLE = "people"


def _birth(source: Source, planned: Planned, line: Line, record: UUID, people: dict[Number, Known]) -> born.Birth:
    cells, table = line.row.cells, planned.table
    by = people.get((PEOPLE, source.number(cells.get(table.made_by, "").strip())))
    return born.Birth(
        record, born.moment(cells.get(table.made, ""), source.moments),
        born.moment(cells.get(table.changed, ""), source.moments), by.record if by else None,
    )  # fmt: skip


def _given(line: Line, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {
        name: value for name, value in line.values.items() if value not in (None, "", []) and name not in without
    }  # fmt: skip


def _spare(one: Object, line: Line, outcome: Outcome) -> frozenset[str]:
    """The fields that were refused, where the record can do without all of them; else none."""
    names = {(problem.field or "").partition(".")[0] for problem in outcome.problems}
    spare = all(
        (field := one.field(name)) is not None and not field.required and line.values.get(name) is not None
        for name in names
    )
    return frozenset(names) if spare else frozenset()


async def _renew(
    work: Workspace, source: Source, planned: Planned, one: Object, lines: Sequence[tuple[Line, Known]], told: Told, *,
    is_late: bool,
) -> None:  # fmt: skip
    """Write what the other system says otherwise than the last time, unless somebody changed it here meanwhile."""
    open_lines = []
    for line, known in lines:
        last = known.held.late if is_late else known.held.said
        said = _said(line.values)
        new = {name for name, text in said.items() if last.get(name) != text}
        if new:
            open_lines.append((line, known, said, new))
        else:
            told.counts["unchanged"] += 1
    if not open_lines:
        return
    ids = [known.record for _line, known, _said, _new in open_lines]
    records = {record.id: record for record in await work.get_many(one.name, ids)}
    changes: list[tuple[Line, Known, Record, dict[str, Any]]] = []
    settled: list[tuple[Line, Known]] = []
    for line, known, said, new in open_lines:
        record = records.get(known.record)
        if record is None:
            told.counts["unchanged"] += 1  # it lies in the bin here, and stays there
            continue
        wanted = _wanted(work, one, line, known, record, new, told, planned)
        target = known.held.late if is_late else known.held.said
        target.update({name: said[name] for name in new})
        settled.append((line, known))
        if wanted:
            changes.append((line, known, record, wanted))
        else:
            told.counts["unchanged"] += 1
    outcomes = await work.change_many(
        one.name, [(record, wanted) for _line, _known, record, wanted in changes],
        sources=_sources(planned, [line for line, *_rest in changes]),
    ) if changes else []  # fmt: skip
    changed = [known.record for _line, known, _record, _wanted in changes]
    after = {record.id: record for record in await work.get_many(one.name, changed)}
    refused = set()
    for (line, known, _record, wanted), outcome in zip(changes, outcomes, strict=True):
        told.counts[_DID[outcome.did]] += 1
        if outcome.did == "refused":
            refused.add(id(line))
            for problem in outcome.problems[:1]:
                told.why[problem.code, _column(planned, problem.field), problem.message] += 1
        else:
            known.held.kept.update(_kept(after.get(known.record), wanted))
    await _keep(work, source, planned, [(line, known) for line, known in settled if id(line) not in refused])


def _wanted(
    work: Workspace, one: Object, line: Line, known: Known, record: Record, new: set[str], told: Told, planned: Planned
) -> dict[str, Any]:
    """What is to be written: new words of the other system where ours are still those that it said before."""
    wanted = {}
    for name in sorted(new):
        field, value = one.field(name), line.values.get(name)
        if field is None or (value in (None, "", []) and (field.required or record[name] in (None, (), ""))):
            continue
        if _equals(work, one, name, value, record):
            continue
        kept = known.held.kept.get(name)
        if kept is not None and kept != digest(field.to_json(record[name])):
            told.clashes.append(Clash(one.name, known.record, name, value, planned.table.name, line.key))
            told.counts["conflicts"] += 1
            continue
        wanted[name] = None if value in (None, "", []) else value
    return wanted


def _equals(work: Workspace, one: Object, name: str, value: Any, record: Record) -> bool:
    field = one.field(name)
    if field is None or value in (None, "", []):
        return False
    try:
        return bool(field.parse(value, work.context.parsing) == record[name])
    except Invalid:
        return False


def _said(values: dict[str, Any]) -> dict[str, str]:
    return {name: digest(value) for name, value in values.items()}


def _kept(record: Record | None, names: Mapping[str, Any]) -> dict[str, str]:
    if record is None:
        return {}
    return {
        name: digest(field.to_json(record[name])) for name in names if (field := record.object.field(name)) is not None
    }


def _sources(planned: Planned, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """What the log says of each row: its number, and who made and changed it when, over there."""
    table, found = planned.table, []
    for line in lines:
        cells = line.row.cells
        told = {"from": table.name, "key": line.key}
        for name, column in (("made", table.made), ("changed", table.changed), ("made_by", table.made_by)):
            if column and cells.get(column):
                told[name] = cells[column]
        found.append(told)
    return found


async def _keep(work: Workspace, source: Source, planned: Planned, lines: Sequence[tuple[Line, Known]]) -> None:
    aliases = []
    for line, known in lines:
        for alias, column in planned.table.aliases:
            text = source.number(line.row.cells.get(column, "").strip())
            if text:
                aliases.append(((alias, text), Known(known.object, known.record)))
    unique = dict(reversed(aliases))
    rows = [((planned.table.name, line.key), known) for line, known in lines]
    await numbers.keep(work, source.name, rows, aliases=list(unique.items()))


def _column(planned: Planned, field: str | None) -> str:
    name = (field or "").partition(".")[0]
    return next((column for column, known in planned.fields_of.items() if known == name), name)
