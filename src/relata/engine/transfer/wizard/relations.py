"""Which column of one file names rows of another: found by what the columns hold, and by what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import msgspec

from relata.engine.metadata.fields import Field, Link
from relata.engine.metadata.object import Object
from relata.engine.transfer.csv_reader import CsvFile
from relata.engine.transfer.guessing import match_by
from relata.engine.transfer.mapping import Column, Mapping
from relata.engine.transfer.wizard.targets import is_importable, match_fields
from relata.engine.transfer.wizard.words import plain
from relata.engine.workspace.workspace import Workspace

#: Rows of which the keys are remembered, and values of a column that are looked for among them.
KEY_ROWS, ASKED = 20_000, 200
#: So many of the values must be there: where the column's name says that it is the link, and where it was matched so.
_NAMED, _MATCHED = 0.8, 0.5
_SHORTEST = 3


class Holds(msgspec.Struct, frozen=True):
    """What the columns of one file hold. keys: by column that has another value in every row, these; some: by column,
    the first few different values. is_whole: whether all rows were read."""

    keys: dict[str, frozenset[str]]
    some: dict[str, tuple[str, ...]]
    is_whole: bool


class Tie(msgspec.Struct, frozen=True):
    """A link between two files. column: of the file that links. of: the place of the other file among them; by: its
    column. field: the link that is set."""

    column: str
    of: int
    by: str
    field: str


def held_by(file: CsvFile) -> Holds:
    """Read the first rows of a file. Call it outside of the event loop."""
    seen: dict[str, dict[str, None] | None] = {name: {} for name in file.columns}
    some: dict[str, dict[str, None]] = {name: {} for name in file.columns}
    rows = file.rows()
    for row in islice(rows, KEY_ROWS):
        if not row.cells or row.code:
            continue
        for name, cell in row.cells.items():
            text = cell.strip()
            known = seen[name]
            if known is not None:
                if not text or text in known:
                    seen[name] = None
                else:
                    known[text] = None
            if text and len(some[name]) < ASKED:
                some[name][text] = None
    keys = {name: frozenset(known) for name, known in seen.items() if known}
    return Holds(keys, {name: tuple(texts) for name, texts in some.items()}, next(rows, None) is None)


def ties_of(
    work: Workspace, names: Sequence[str], objects: Sequence[Object], mappings: Sequence[Mapping], held: Sequence[Holds]
) -> list[list[Tie]]:
    """For each file, its links to the others. names: of the files."""
    found: list[list[Tie]] = []
    for at, one in enumerate(objects):
        ties: list[Tie] = []
        for column, texts in held[at].some.items():
            best: tuple[float, Tie] | None = None
            for other in range(len(objects)):
                if other == at or not (
                    field := _link(work, one, mappings[at], column, objects[other], names[other], ties)
                ):
                    continue
                by, share = _nearest(texts, held[other])
                matched = any(entry.column == column and entry.name == field.name for entry in mappings[at].columns)
                if by and share >= (_MATCHED if matched else _NAMED) and (best is None or share > best[0]):
                    best = (share, Tie(column, other, by, field.name))
            if best:
                ties.append(best[1])
        found.append(ties)
    return found


def _nearest(texts: Sequence[str], held: Holds) -> tuple[str, float]:
    """The key column that has most of these values, and its share of them."""
    shares = {name: sum(text in keys for text in texts) / len(texts) for name, keys in held.keys.items() if texts}
    if not held.is_whole:  # a part of the keys was read, so any agreement is much
        shares = {name: min(1.0, 5 * share) for name, share in shares.items()}
    by = max(shares, key=lambda name: shares[name], default="")
    return by, shares.get(by, 0.0)


def _link(
    work: Workspace, one: Object, mapping: Mapping, column: str, other: Object, name: str, ties: Sequence[Tie]
) -> Field | None:
    """The link field that the column sets, if it can lead to the other file's object at all."""
    links = [
        field for field in one.fields
        if isinstance(field, Link) and field.to == other.name and is_importable(work, one, field)
    ]  # fmt: skip
    entry = next((each for each in mapping.columns if each.column == column), None)
    taken = {tie.field for tie in ties} | {each.name for each in mapping.columns if each.column != column}
    if entry is not None:
        mapped = next((field for field in links if field.name == entry.name), None)
        if mapped is not None:
            return mapped
    called = plain(column)
    words = {plain(text) for text in (other.title, other.noun, other.name, name.rpartition(".")[0])}
    words |= {word.removesuffix("s") for word in words}
    if not any(len(word) >= _SHORTEST and word in called for word in words):
        return None
    free = [field for field in links if field.name not in taken]
    return next((field for field in free if plain(field.title) in called or plain(field.name) in called), None) or next(
        iter(free), None
    )


def tied(
    work: Workspace, objects: Sequence[Object], mappings: Sequence[Mapping], ties: Sequence[Sequence[Tie]]
) -> tuple[list[Mapping], list[list[Tie]]]:
    """The mappings with their links set, and the links for which there is a field that both sides can use."""
    done = list(mappings)
    kept: list[list[Tie]] = [[] for _one in objects]
    for at, own in enumerate(ties):
        for tie in own:
            done[tie.of], field = _keyed(work, objects[tie.of], done[tie.of], tie.by)
            if field:
                entry = Column(tie.field, tie.column, matches=field, on_missing="report")
                rest = tuple(each for each in done[at].columns if each.column != tie.column)
                done[at] = msgspec.structs.replace(done[at], columns=(*rest, entry))
                kept[at].append(tie)
    return done, kept


def _keyed(work: Workspace, one: Object, mapping: Mapping, column: str) -> tuple[Mapping, str]:
    """The mapping in which the column goes to a field by which records can be found, and that field; "" if none can
    take it."""
    findable = {field.name for field in match_fields(work, one)}
    entry = next((each for each in mapping.columns if each.column == column), None)
    if entry is not None and entry.field in findable:
        return mapping, entry.field
    taken = {each.name for each in mapping.columns}
    free = next(
        (field.name for field in one.fields if field.name in findable - taken and _is_number(work, one, field)), ""
    )
    if not free or entry is not None:
        return mapping, ""
    columns = (*mapping.columns, Column(free, column))
    match = match_by(one, {free}) or mapping.match
    return msgspec.structs.replace(mapping, columns=columns, match=match), free


def _is_number(work: Workspace, one: Object, field: Field) -> bool:
    return (field.name == "reference" or "external" in field.name) and is_importable(work, one, field)


def in_order(ties: Sequence[Sequence[Tie]]) -> list[int]:
    """The places of the files, each after those that it links to; files that link to each other as they came."""
    order: list[int] = []
    waiting = list(range(len(ties)))
    while waiting:
        ready = [at for at in waiting if all(tie.of in order for tie in ties[at])]
        order += ready or waiting[:1]
        waiting = [at for at in waiting if at not in order]
    return order
