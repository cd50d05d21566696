"""The rows of one transaction: drawn, matched, written, told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from relata.engine.matching.shapes import is_matched
from relata.engine.metadata.object import Object
from relata.engine.query.pages import context_of
from relata.engine.transfer import lookups
from relata.engine.transfer.csv_reader import Row
from relata.engine.transfer.drawing import Drawing, Drawn
from relata.engine.transfer.like_rows import LikeRows
from relata.engine.transfer.lookups import Answer, Known
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.report import Note
from relata.engine.workspace.attempts import attempt, is_refusal
from relata.engine.workspace.chunk import Outcome, refused
from relata.engine.workspace.matching import Key, key_of
from relata.engine.workspace.reading import ReadAhead
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, RelataError

#: What the door says, in the report's words.
_DID = {"created": "created", "changed": "updated", "unchanged": "unchanged", "refused": "refused"}


@dataclass(slots=True)
class ChunkDone:
    """counts, notes: for the report. known: links that were found. waiting: rows whose links need a second pass. did:
    what became of each row. same: rows in which nothing differed, with their records."""

    counts: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    known: Known = field(default_factory=dict)
    waiting: list[tuple[int, UUID]] = field(default_factory=list)
    did: list[tuple[int, str]] = field(default_factory=list)
    same: list[tuple[int, UUID]] = field(default_factory=list)


async def import_chunk(
    work: Workspace,
    mapping: Mapping,
    rows: Sequence[Row],
    known: Lookup[tuple[str, str], Answer],
    drawn: list[Drawn] | None = None,
) -> ChunkDone:
    """Write these rows. drawn: what was made of them already, for this call alone."""
    one = work.registry.get(mapping.object)
    if drawn is None:
        drawing = _drawing(work, one, mapping, rows)
        drawn = [drawing.draw(row) for row in rows]
    found = await _settle_links(work, one, drawn, known)
    waiting = {id(each) for each, waits in found.waits if waits}
    ids = await _Writing(work, one, mapping, drawn).write()
    done = told(drawn, ids, found.known)
    done.waiting = [
        (each.row.number, ids[each.row.number]) for each in drawn if id(each) in waiting and each.row.number in ids
    ]
    return done


def _drawing(work: Workspace, one: Object, mapping: Mapping, rows: Sequence[Row]) -> Drawing:
    columns = next((tuple(row.cells) for row in rows if row.cells), ())
    return Drawing(one, mapping, columns, context_of(work.actor), work.context.parsing)


async def link_chunk(
    work: Workspace,
    mapping: Mapping,
    rows: Sequence[Row],
    records: dict[int, UUID],
    known: Lookup[tuple[str, str], Answer],
) -> ChunkDone:
    """Set the links of rows that had to wait for the rest of their file. These rows were counted before."""
    one = work.registry.get(mapping.object)
    drawing = _drawing(work, one, mapping, rows)
    drawn = [drawing.draw(row) for row in rows]
    for each in drawn:
        each.notes.clear()
        each.is_last_pass = True
        each.wanted = [(entry, text) for entry, text in each.wanted if lookups.target_of(one, entry) == one.name]
        each.raw = {}
    await _settle_links(work, one, drawn, known)
    linked = [each for each in drawn if each.raw]
    changes = [(records[each.row.number], each.raw) for each in linked]
    for each, outcome in zip(linked, await work.change_many(one.name, changes, sources=_sources(linked)), strict=True):
        _note_problems(each, one, outcome)
    done = ChunkDone()
    for each in drawn:
        _collect(done, each)
    return done


def told(drawn: Sequence[Drawn], ids: dict[int, UUID], known: Known) -> ChunkDone:
    """Counts and notes of rows that are settled."""
    done = ChunkDone(known=known)
    for each in drawn:
        done.did.append((each.row.number, each.did))
        _collect(done, each)
    done.counts.update(each.did for each in drawn)
    numbers = [each.row.number for each in drawn if each.did == "unchanged"]
    done.same = [(number, ids[number]) for number in numbers if number in ids]
    done.counts["rows"] += len(drawn)
    done.counts["blank"] += sum(not each.row.cells and not each.row.code for each in drawn)
    return done


def _collect(done: ChunkDone, each: Drawn) -> None:
    if not each.notes:
        return
    severities = {note.severity for note in each.notes}
    done.counts["repaired"] += "repaired" in severities
    done.counts["warnings"] += "warning" in severities
    done.notes.extend(
        Note(n.row, n.line, n.severity, n.code, n.message, n.column, n.field, each.did) for n in each.notes
    )


@dataclass(slots=True)
class _Links:
    known: Known
    waits: list[tuple[Drawn, bool]]


async def _settle_links(
    work: Workspace, one: Object, drawn: list[Drawn], known: Lookup[tuple[str, str], Answer]
) -> _Links:
    """Links to records of the file's own object are asked anew each time: the next chunk may bring what this one
    lacks."""
    fresh = await lookups.resolve(work, one, drawn, known)
    asked = {(entry.question, text) for each in drawn for entry, text in each.wanted}
    answers = {key: fresh[key] if key in fresh else known.get(key) for key in asked}
    made = await lookups.make_missing(work, one, [each for each in drawn if _may_make(each, one)], answers)
    waits = [(each, not each.did and lookups.settle(each, one, answers, made)) for each in drawn]
    found: Known = {key: answer for key, answer in {**fresh, **made}.items() if isinstance(answer, UUID)}
    return _Links(found, waits)


def _may_make(drawn: Drawn, one: Object) -> bool:
    """Nothing is made for a link within the file's own object before the whole file was read."""
    return drawn.is_last_pass or all(lookups.target_of(one, entry) != one.name for entry, _ in drawn.wanted)


class _Writing:
    """Rows of one chunk on their way to records."""

    def __init__(self, work: Workspace, one: Object, mapping: Mapping, drawn: list[Drawn]) -> None:
        self._work, self._one, self._mapping = work, one, mapping
        self._drawn = [each for each in drawn if not each.did]
        self._ids: dict[int, UUID] = {}
        looks = mapping.alike != "create" and is_matched(one)
        self._likes = LikeRows(work, one, mapping.alike) if looks else None

    async def write(self) -> dict[int, UUID]:
        """The records by row."""
        keyed = [(each, self._key(each)) for each in self._drawn]
        open_rows = [(each, key) for each, key in keyed if not each.did]
        match = self._mapping.match
        keys = [key for _, key in open_rows if key is not None]
        there = await self._work.match(self._one.name, match, keys) if match else {}
        while open_rows:
            open_rows = await self._round(open_rows, there)
        return self._ids

    async def _round(
        self, rows: list[tuple[Drawn, Key | None]], there: dict[Key, list[UUID]]
    ) -> list[tuple[Drawn, Key | None]]:
        """Write what can be written; the rows that are about a record which another row has just made come again."""
        new: dict[Key | int, Drawn] = {}
        old: list[tuple[Drawn, UUID]] = []
        again: list[tuple[Drawn, Key | None]] = []
        for each, key in rows:
            ids = there.get(key, []) if key is not None else []
            if len(ids) > 1:
                each.note("refused", "ambiguous_match")
            elif ids:
                old.append((each, ids[0]))
            elif key is not None and key in new:
                again.append((each, key))
            elif self._mapping.mode in ("update", "delete"):
                each.note("refused", "not_there")
            else:
                new[key if key is not None else each.row.number] = each
        if self._likes:
            await self._likes.take(new, old, there)
        await self._create(new, there)
        if self._likes:
            again += await self._likes.follow(new, old, there, self._ids)
        await self._change(old)
        return again

    def _key(self, each: Drawn) -> Key | None:
        match = self._mapping.match
        if not match or each.key is not None:
            return each.key
        values: dict[str, Any] = {}
        for name in match:
            given = each.raw.get(name)
            field = self._one.field(name)
            try:
                if given not in (None, "", []):
                    values[name] = UUID(str(given)) if field is None else field.parse(given, self._work.context.parsing)
            except Invalid as error:
                _note_error(each, self._mapping, error)
                return None
            except ValueError:
                pass
        key = key_of(self._one, match, values)
        if key is None:
            each.note("refused", "match_blank", column=self._mapping.column_of(match[0]))
        return key

    async def _create(self, new: dict[Key | int, Drawn], there: dict[Key, list[UUID]]) -> None:
        rows = list(new.values())
        values = [_without_id(each.raw) for each in rows]
        outcomes = await self._work.create_many(self._one.name, values, sources=_sources(rows)) if rows else []
        for key, each, outcome in zip(new, rows, outcomes, strict=True):
            self._settle(each, outcome)
            if outcome.id is not None and not isinstance(key, int):
                there[key] = [outcome.id]

    async def _change(self, old: list[tuple[Drawn, UUID]]) -> None:
        if self._mapping.mode == "create":
            for each, found in old:
                each.note("skipped", "exists")
                self._ids[each.row.number] = found
            return
        if not old:
            return
        if self._mapping.mode == "delete":
            await self._delete(old)
            return
        records = {
            record.id: record for record in await self._work.get_many(self._one.name, [found for _, found in old])
        }
        changes = [(records.get(found, found), self._changed(each, records.get(found))) for each, found in old]
        sources = _sources([each for each, _ in old])
        for (each, _), outcome in zip(
            old, await self._work.change_many(self._one.name, changes, sources=sources), strict=True
        ):
            self._settle(each, outcome)

    async def _delete(self, old: list[tuple[Drawn, UUID]]) -> None:
        """Into the bin, one by one, since each row is told of in the log."""
        work, name = self._work, self._one.name
        records = {record.id: record for record in await work.get_many(name, list({found for _, found in old}))}
        actor = work.unit.actor
        seen: set[UUID] = set()
        for each, found in old:
            work.unit.actor = actor.through(actor.via, **{**actor.source, "row": each.row.number})

            async def delete(found: UUID = found) -> None:
                if found not in seen:
                    await work.delete(records.get(found, (name, found)))

            try:
                async with attempt(work.unit):
                    await delete()
                each.did = "unchanged" if found in seen else "updated"
                seen.add(found)
                self._ids[each.row.number] = found
            except RelataError as error:
                if not is_refusal(error):
                    raise
                _note_problems(each, self._one, refused(error), self._mapping)
                each.did = "refused"
            finally:
                work.unit.actor = actor

    def _changed(self, each: Drawn, record: Record | None) -> dict[str, Any]:
        """What to write: parts are laid over the parts that are there; what is to be kept is left out."""
        values = _without_id(each.raw)
        if type(each.raw) is ReadAhead:
            values = {**values, **each.raw.read}  # reading again what was read takes no time
        if record is None:
            return values
        for name in each.parts:
            field = self._one.field(name)
            if field is not None and record[name] is not None:
                values[name] = {**field.to_json(record[name]), **each.parts[name]}
        return {name: value for name, value in values.items() if name not in self._mapping.keep or record[name] is None}

    def _settle(self, each: Drawn, outcome: Outcome) -> None:
        if outcome.id is not None:
            self._ids[each.row.number] = outcome.id
        _note_problems(each, self._one, outcome, self._mapping)
        each.did = _DID[outcome.did]


def _without_id(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name != "id"} if "id" in raw else raw


def _sources(rows: Sequence[Drawn]) -> list[dict[str, Any]]:
    return [{"row": each.row.number} for each in rows]


def _note_problems(each: Drawn, one: Object, outcome: Outcome, mapping: Mapping | None = None) -> None:
    for problem in outcome.problems:
        column = mapping.column_of(problem.field or "") if mapping else ""
        each.notes.append(
            Note(each.row.number, each.row.line, "refused", problem.code, problem.message, column, problem.field or "")
        )


def _note_error(each: Drawn, mapping: Mapping, error: Invalid) -> None:
    each.note("refused", error.code, column=mapping.column_of(error.field or ""), message=error.message)
