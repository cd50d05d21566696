"""Reports beside each other: the groups that two reports share, such as an owner, an account or a month, become one row
with the figures of both. Each stays what it is: its own object, filter and records behind its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from relata.engine.formula import Literal, Node, all_of
from relata.engine.reporting.checking import resolve
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.result import Cell, Drills, Head, Key, Note, Result, Shown
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

MAX_BESIDE = 3

Ids = tuple[str, ...]


def shared_levels(work: Workspace, definition: Definition) -> tuple[tuple[str, str], ...]:
    """What the groups of the rows are: the kind of each level, and the object that its links lead to."""
    return tuple((one.kind, one.operand.target) for one in resolve(work, definition).rows)


def check_beside(work: Workspace, definition: Definition, other: Definition) -> None:
    """Invalid where the two share no groups."""
    if definition.columns or other.columns or definition.funnel or definition.cohort or other.funnel or other.cohort:
        raise Invalid(
            _("Only reports without columns, funnels and cohorts can stand beside each other."), code="report",
            field="beside",
        )  # fmt: skip
    levels = shared_levels(work, definition)
    if not levels or levels != shared_levels(work, other):
        raise Invalid(
            _("Reports beside each other are grouped by the same things in the same order."), code="report",
            field="beside", hint=_("Group both by the owner, the account or the month, for example."),
        )  # fmt: skip


def joined(result: Result, others: Sequence[tuple[str, Result]]) -> Result:
    """others: each with its name. The rows of all, those of the first in their order."""
    blocks = [result, *(other for _name, other in others)]
    heads = _heads(blocks)
    places = [{_ids(head): at for at, head in enumerate(block.rows)} for block in blocks]
    measures = [*result.measures]
    for number, (name, other) in enumerate(others, 1):
        measures += [
            _beside(one, number, name, other.object, len(measures) + at) for at, one in enumerate(other.measures)
        ]
    cells: dict[tuple[int, int], Cell] = {}
    apart: dict[tuple[int, int], Node] = {}
    for row, head in enumerate(heads):
        found = [known.get(_ids(head)) for known in places]
        cells[row, 0] = _cell(blocks, found)
        first = 0
        for block, at in zip(blocks, found, strict=True):
            for place in range(len(block.measures)):
                apart[row, first + place] = _condition(block, at, place)
            first += len(block.measures)
    notes = [*result.notes]
    notes += [msgspec.structs.replace(note, text=f"{name}: {note.text}") for name, one in others for note in one.notes]
    return msgspec.structs.replace(
        result,
        rows=heads,
        measures=tuple(measures),
        cells=cells,
        notes=_once(notes),
        drills=Drills(apart=apart),
        seconds=sum(block.seconds for block in blocks),
    )


def _ids(head: Head) -> Ids:
    return tuple(key.id for key in head.keys)


def _heads(blocks: Sequence[Result]) -> tuple[Head, ...]:
    """Each subtotal after its groups, the total last."""
    children: dict[Ids, dict[str, Key]] = {}
    for block in blocks:
        for head in block.rows:
            for depth, key in enumerate(head.keys):
                children.setdefault(_ids(head)[:depth], {}).setdefault(key.id, key)

    def walk(ids: Ids, keys: tuple[Key, ...]) -> Iterator[Head]:
        for name, key in sorted(children.get(ids, {}).items(), key=lambda one: _place(one[1])):
            yield from walk((*ids, name), (*keys, key))
        yield Head(keys=keys)

    return tuple(walk((), ()))


def _place(key: Key) -> tuple[int, str]:
    """Periods by their day; everything else as it came, those without a value and the rest last."""
    last = 2 if key.others else 1 if key.value is None else 0
    return (last, key.value.isoformat() if hasattr(key.value, "isoformat") else "")


def _beside(one: Shown, number: int, name: str, object_name: str, index: int) -> Shown:
    return msgspec.structs.replace(one, name=f"b{number}_{one.name}", index=index, object=object_name, group=name)


def _cell(blocks: Sequence[Result], found: Sequence[int | None]) -> Cell:
    values: list[object] = []
    count = 0
    for block, at in zip(blocks, found, strict=True):
        cell = block.cells.get((at, 0)) if at is not None else None
        values += cell.values if cell is not None else [None] * len(block.measures)
        count += cell.count if cell is not None else 0
    return Cell(values=tuple(values), count=count)  # type: ignore[arg-type]


def _condition(block: Result, row: int | None, measure: int) -> Node:
    """Of a block that has no such group nothing is found."""
    if row is None:
        return Literal(False)
    nodes = block.drills.nodes(row, 0, measure)
    return all_of(nodes) if nodes else Literal(True)


def _once(notes: Sequence[Note]) -> tuple[Note, ...]:
    return tuple({note.text: note for note in notes}.values())
