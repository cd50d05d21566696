"""Sets of records from a folder, with who is who: told by the record's id, by a column, or by a table of pairs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

_FEBRL = re.compile(r"^rec-(\d+)-(?:org|dup-\d+)$")
_TRUTH = re.compile(r"(?i)^(?:cluster|cluster_?id|entity|entity_?id|true_?id|truth|group_?id|canonical_?id|tid)$")
_SCORE = re.compile(r"(?i)score|match|label$")
_ID = re.compile(r"(?i)^(?:.*_)?id$")
#: A table of pairs has few columns: two ids, where from, how sure.
_WIDEST_PAIRS = 5
_MOST_BYTES = 400_000_000


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """truth: for each row the name of what it is. aside: columns that tell it, and must not be compared."""

    name: str
    columns: list[str]
    rows: list[dict[str, str]]
    truth: list[str]
    aside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: list[str]
    rows: list[list[str]]


def labelled_sets(folder: Path) -> Iterator[LabelledSet]:
    """All sets in the folder and below whose truth is known."""
    for each in sorted({file.parent for file in folder.rglob("*.csv")}):
        tables = [_read(file) for file in sorted(each.glob("*.csv")) if file.stat().st_size < _MOST_BYTES]
        for table in tables:
            found = _labelled(table, [other for other in tables if other is not table])
            if found is not None:
                yield found


def _labelled(table: _Table, others: list[_Table]) -> LabelledSet | None:
    rows = [dict(zip(table.columns, row, strict=False)) for row in table.rows]
    if len(table.columns) < 3 or len(rows) < 20:
        return None
    told = next((column for column in table.columns if _TRUTH.match(column)), "")
    if told:
        return LabelledSet(table.name, table.columns, rows, [row[told] for row in rows], (told,))
    first = table.columns[0]
    marks = [_FEBRL.match(row[first]) for row in rows]
    if all(marks):
        return LabelledSet(table.name, table.columns, rows, [mark[1] for mark in marks if mark], (first,))
    key = next((column for column in table.columns if _ID.match(column)), first)
    places = {row[key]: at for at, row in enumerate(rows)}
    for other in others:
        pairs = _pairs(other, places)
        if pairs:
            return LabelledSet(table.name, table.columns, rows, _groups(len(rows), pairs), (key,))
    return None


def _pairs(table: _Table, places: dict[str, int]) -> list[tuple[int, int]]:
    """The pairs of a table in which two columns name records; its first line may be a pair as well."""
    if len(table.columns) > _WIDEST_PAIRS:
        return []
    rows = [table.columns, *table.rows]
    for left, right in combinations(range(len(table.columns)), 2):
        known = [(row[left], row[right]) for row in rows if len(row) > right]
        fitting = [(places[a], places[b]) for a, b in known if a != b and a in places and b in places]
        if len(fitting) > 0.9 * len(table.rows) > 0:
            score = next((at for at, name in enumerate(table.columns) if _SCORE.search(name) and at > right), None)
            if score is not None:
                kept = [row for row in table.rows if float(row[score] or 0) >= 0.5]
                fitting = [(places[row[left]], places[row[right]]) for row in kept]
            return fitting
    return []


def _groups(count: int, pairs: list[tuple[int, int]]) -> list[str]:
    leader = list(range(count))

    def find(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for one, other in pairs:
        leader[find(one)] = find(other)
    return [str(find(at)) for at in range(count)]


def _read(file: Path) -> _Table:
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        head = stream.readline()
        separator = max(",|;\t", key=head.count)
        stream.seek(0)
        rows = list(csv.reader(stream, delimiter=separator, skipinitialspace=True))
    columns = [name.strip().lstrip("\ufeff") for name in rows[0]] if rows else []
    whole = [[*row, *[""] * (len(columns) - len(row))] for row in rows[1:] if row]
    return _Table(f"{file.parent.name}/{file.stem}", columns, whole)
