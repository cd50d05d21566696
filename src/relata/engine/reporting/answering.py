"""From a table of figures to what is shown: heads with words in their order, what each cell says, and what to know."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from relata.engine.formula import Node
from relata.engine.reporting.asking import MAX_GROUPS, Asking
from relata.engine.reporting.checking import OWN, Groups, Sum, gone
from relata.engine.reporting.conditions import condition_of
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.exchange import notes_of
from relata.engine.reporting.heads import ordered
from relata.engine.reporting.keys import Words, words_of
from relata.engine.reporting.result import Cell, Drills, Head, Level, Note, Result, Shown
from relata.engine.reporting.shows import Axis, shown
from relata.engine.reporting.tables import Table
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

Keys = tuple[Any, ...]


class Answer:
    """One report's table with its words."""

    def __init__(self, work: Workspace, asking: Asking, levels: tuple[Groups, ...], table: Table) -> None:
        self.work, self.asking, self.table = work, asking, table
        split = len(asking.resolved.rows)
        self.rows, self.columns = levels[:split], levels[split:]
        self.sums = [one for one in asking.resolved.measures if not one.measure.hidden]

    async def result(self, definition: Definition, complete: bool, began: float) -> Result:
        """Everything put together. began: of `time.perf_counter`."""
        values = self._values()
        axis = Axis(self.rows, self.columns)
        told = [shown(one, values[one.name], axis, len(self.rows)) for one in self.sums]
        first = values[self.sums[0].name]
        row_words, rows = await self._line(self.rows, 0, lambda keys: first.get((keys, ())))
        column_words, columns = await self._line(self.columns, 1, lambda keys: first.get(((), keys)))
        return Result(
            definition=definition, object=self.asking.resolved.object.name,
            row_levels=_levels(self.rows), column_levels=_levels(self.columns),
            measures=tuple(self._measure(one) for one in self.sums),
            rows=_heads(row_words, rows), columns=_heads(column_words, columns), cells=self._cells(rows, columns, told),
            notes=tuple(self._notes(complete)), at=self.work.clock.now, seconds=time.perf_counter() - began,
            drills=Drills(
                whole=self.asking.where, rows=_conditions(self.rows, rows),
                columns=_conditions(self.columns, columns), measures=tuple(one.where for one in self.sums),
            ),
        )  # fmt: skip

    def _values(self) -> dict[str, dict[tuple[Keys, Keys], Any]]:
        """Of each measure, by place."""
        found: dict[str, dict[tuple[Keys, Keys], Any]] = {one.name: {} for one in self.asking.resolved.measures}
        for place, sums in self.table.cells.items():
            for name, value in self.asking.values(sums.figures).items():
                found[name][place] = value
        return found

    async def _line(
        self, levels: Sequence[Groups], side: int, value: Callable[[Keys], Any]
    ) -> tuple[list[Words], list[Keys]]:
        """The words of each level and the keys of each head, of the rows (side 0) or the columns."""
        finest = {place[side] for place in self.table.cells if len(place[side]) == len(levels)}
        words = [await words_of(self.work, one, {keys[at] for keys in finest}) for at, one in enumerate(levels)]
        return words, ordered(words, finest, value)

    def _cells(self, rows: list[Keys], columns: list[Keys], told: list[dict[Any, Any]]) -> dict[tuple[int, int], Cell]:
        row_places = {keys: at for at, keys in enumerate(rows)}
        column_places = {keys: at for at, keys in enumerate(columns)}
        return {
            (row_places[row], column_places[column]): Cell(
                values=tuple(values.get((row, column)) for values in told), count=sums.count
            )
            for (row, column), sums in self.table.cells.items()
        }

    def _measure(self, one: Sum) -> Shown:
        money = one.kind == "money"
        return Shown(
            label=one.label, kind=one.kind, name=one.name, index=one.index, additive=one.is_additive,
            currency=self.asking.exchange.base if money else "",
            unit="" if one.kind in ("percent", "money") else one.measure.unit,
        )  # fmt: skip

    def _notes(self, complete: bool) -> Iterator[Note]:
        resolved, total = self.asking.resolved, self.table.total
        for text in dict.fromkeys(problem.message if problem.code in OWN else gone() for problem in resolved.problems):
            yield Note(kind="gone", text=text)
        table = self.work.context.tables.of(resolved.object)
        if self.work.actor.predicate(resolved.object, "read", table) is not None:
            text = _("This counts what you may see; some %(nouns)s may not be visible to you.")
            yield Note(kind="hidden", text=text % {"nouns": resolved.object.nouns})
        yield from notes_of(self.asking.exchange, total.foreign, total.without_rate)
        if not complete:
            text = _(
                "There are more than %(most)s groups; the largest are shown, and the total is of all."
                " Keep the largest only, take longer periods, or narrow the filter."
            )
            yield Note(kind="truncated", text=text % {"most": MAX_GROUPS})


def _levels(levels: Sequence[Groups]) -> tuple[Level, ...]:
    return tuple(Level(label=one.label, kind=one.kind, path=one.grouping.path) for one in levels)


def _heads(words: list[Words], lines: list[Keys]) -> tuple[Head, ...]:
    return tuple(Head(keys=tuple(words[at].keys[key] for at, key in enumerate(keys))) for keys in lines)


def _conditions(levels: Sequence[Groups], lines: list[Keys]) -> tuple[tuple[Node, ...], ...]:
    """Of each head; the condition of a group is made once."""
    made: dict[tuple[int, Any], Node] = {}

    def of(at: int, key: Any) -> Node:
        if (at, key) not in made:
            made[at, key] = condition_of(levels[at], key)
        return made[at, key]

    return tuple(tuple(of(at, key) for at, key in enumerate(keys)) for keys in lines)
