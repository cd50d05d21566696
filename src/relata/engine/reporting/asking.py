"""The statements of a report: groups and figures of the reader, the largest where only so many are wanted, and
subtotals where they don't follow from their parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from relata.engine.formula import Call, Node, all_of, any_of, negate
from relata.engine.query.pages import context_of
from relata.engine.query.tabulating import tabulate
from relata.engine.query.tabulation import Exchange, Figure, Group, Level, Tabulated, Tabulation
from relata.engine.reporting.checking import Groups, Resolved
from relata.engine.reporting.conditions import condition_of
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.exchange import exchange_of
from relata.engine.reporting.formulas import formula_value
from relata.engine.reporting.tables import Table, final, table_of
from relata.engine.workspace.workspace import Workspace

#: Groups at most; beyond that the largest are shown.
MAX_GROUPS = 5000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report as it will be asked: what of it holds, its whole condition, and the rates that it needs."""

    resolved: Resolved
    where: Node | None
    exchange: Exchange


class Known(Protocol):
    """Answers that are there already (see `scans`)."""

    def prepared(self, definition: Definition, extra: Node | None) -> Prepared | None:
        """None for what was not looked at."""
        ...

    async def answer(self, work: Workspace, asked: Tabulation) -> Tabulated | None:
        """None for what is not."""
        ...


class Asking:
    """The statements of one report. rows, columns: as they are asked for, with the values that are kept."""

    def __init__(
        self, work: Workspace, resolved: Resolved, where: Node | None, exchange: Exchange, seconds: float,
        as_on: datetime | None = None, known: Known | None = None,
    ) -> None:  # fmt: skip
        self.as_on = as_on
        self.work, self.resolved, self.where, self.exchange, self.seconds = work, resolved, where, exchange, seconds
        self.known = known
        self.levels = (*resolved.rows, *resolved.columns)
        figures = dict.fromkeys(one.figure for one in resolved.measures if one.figure is not None)
        self.figures: tuple[Figure, ...] = tuple(figures) or (Figure("count"),)
        self._context = context_of(work.actor)
        self.composed = all(figure.is_composed for figure in self.figures)

    @classmethod
    async def of(
        cls, work: Workspace, resolved: Resolved, extra: Node | None, seconds: float, as_on: datetime | None = None,
        known: Known | None = None, rates: dict[Node | None, Exchange] | None = None,
    ) -> Asking:  # fmt: skip
        """With the rates that it needs. rates: those that were found already, by what says the day."""
        parts = [node for node in (resolved.where, extra) if node is not None]
        exchange = Exchange(work.settings.currency)
        if any(one.of_money for one in resolved.measures):
            found = (rates or {}).get(resolved.then)
            exchange = found or await exchange_of(work, then=resolved.then)
            if rates is not None:
                rates[resolved.then] = exchange
        return cls(work, resolved, all_of(parts) if parts else None, exchange, seconds, as_on, known)

    def whole(self) -> Tabulation:
        """What is asked where no level keeps its largest groups only."""
        return self._question(self.levels, self.figures, self._sets(self.levels), 0)

    async def finest(self) -> tuple[tuple[Groups, ...], Tabulation]:
        """The levels with what is kept of them, and the question for every group of all of them together."""
        levels = self._narrowed(tuple([await self._kept(level) for level in self.levels]))
        return levels, replace(self._question(levels, self.figures, (), 0), limit=0)

    async def answer(self) -> tuple[tuple[Groups, ...], Table, bool]:
        """The levels with what is kept of them, the table, and whether it is whole. Where every amount is in one other
        currency that has no rate, it is told in that one."""
        where = self.where
        found = await self._answered()
        if found[1].total.without_rate and (only := await self._only_currency(where)):
            self.where, self.exchange = where, Exchange(only)
            found = await self._answered()
        return found

    async def _only_currency(self, where: Node | None) -> str:
        """The currency of all amounts; "" where there are several."""
        found: set[str] = set()
        for node in dict.fromkeys(one.figure.of for one in self.resolved.measures if one.of_money and one.figure):
            assert node is not None
            filled = Call("empty", (node,))
            only = negate(filled) if where is None else all_of([where, negate(filled)])
            asked = Tabulation(
                self.resolved.object.name, (Level(Call("currency", (node,))),), (Figure("count"),), only, limit=2,
                seconds=self.seconds, as_on=self.as_on,
            )  # fmt: skip
            unit = self.work.unit
            groups = (await tabulate(unit.connection, self.work.context.ground, self.work.actor, asked)).groups
            found |= {group.keys[0] for group in groups}
        return found.pop() if len(found) == 1 else ""

    async def _answered(self) -> tuple[tuple[Groups, ...], Table, bool]:
        levels = self._narrowed(tuple([await self._kept(level) for level in self.levels]))
        return levels, *await self._whole(levels, await self._asked(levels, self.figures, self._sets(levels)))

    async def _whole(self, levels: tuple[Groups, ...], found: Tabulated) -> tuple[Table, bool]:
        if found.complete:
            return self._table(found.groups), True
        return await self._largest(levels, found), False

    def _narrowed(self, levels: tuple[Groups, ...]) -> tuple[Groups, ...]:
        """Where the rest is not wanted, its records don't count: neither in totals nor in the lists behind them."""
        for level in levels:
            if level.level.kept is not None and not level.grouping.others:
                only = any_of(condition_of(level, value) for value in level.level.kept)
                self.where = only if self.where is None else all_of([self.where, only])
        return tuple(
            level if level.grouping.others else replace(level, level=replace(level.level, kept=None))
            for level in levels
        )

    def _sets(self, levels: Sequence[Groups]) -> tuple[tuple[int, ...], ...]:
        """Subtotals, where they don't follow from their parts."""
        rows, all_levels = len(self.resolved.rows), len(levels)
        if self.composed or not levels:
            return ()
        return tuple(
            (*range(depth), *range(rows, width))
            for depth in range(rows, -1, -1)
            for width in range(all_levels, rows - 1, -1)
        )

    async def _asked(
        self, levels: Sequence[Groups], figures: tuple[Figure, ...], sets: tuple[tuple[int, ...], ...] = (),
        limit: int = 0,
    ) -> Tabulated:  # fmt: skip
        asked = self._question(levels, figures, sets, limit)
        known = await self.known.answer(self.work, asked) if self.known is not None else None
        if known is not None:
            return known
        work = self.work
        await work.settle()
        return await tabulate(work.unit.connection, work.context.ground, work.actor, asked)

    def _question(
        self, levels: Sequence[Groups], figures: tuple[Figure, ...], sets: tuple[tuple[int, ...], ...], limit: int
    ) -> Tabulation:
        return Tabulation(
            self.resolved.object.name, tuple(one.level for one in levels), figures, self.where, sets, self.exchange,
            self.work.settings.fiscal_month, limit or MAX_GROUPS, self.seconds, self.resolved.events, self.as_on,
        )  # fmt: skip

    def _table(self, groups: Sequence[Group]) -> Table:
        return table_of(groups, len(self.resolved.rows), self.figures, composed=self.composed)

    async def _largest(self, levels: tuple[Groups, ...], found: Tabulated) -> Table:
        """The largest groups, and the total of all; subtotals would be of the largest only, so there are none."""
        finest = tuple(range(len(levels)))
        groups = [group for group in found.groups if group.kept == finest][:MAX_GROUPS]
        table = table_of(groups, len(self.resolved.rows), self.figures, composed=False)
        whole = [found.total] if found.total is not None else (await self._asked((), self.figures)).groups
        table.cells.update(self._table(whole).cells)
        return table

    async def _kept(self, groups: Groups) -> Groups:
        """The level with its largest groups. Where a formula says which are the largest, all are asked for."""
        top = groups.grouping.top
        if not top:
            return groups
        first = next((one for one in self.resolved.measures if not one.measure.hidden), self.resolved.measures[0])
        if first.figure is not None:
            found = (await self._asked((groups,), (first.figure,), limit=top)).groups
        else:
            found = (await self._asked((groups,), self.figures)).groups
            found.sort(key=lambda group: _descending(self.values(group.figures)[first.name]))
        if len(found) <= top:
            return groups
        return replace(groups, level=replace(groups.level, kept=tuple(group.keys[0] for group in found[:top])))

    def values(self, raw: Sequence[Any]) -> dict[str, Any]:
        """All measures of a group by their names, formulas included."""
        figures = {figure: final(figure, value) for figure, value in zip(self.figures, raw, strict=True)}
        found = {one.name: figures[one.figure] for one in self.resolved.measures if one.figure is not None}
        for one in self.resolved.measures:
            if one.formula is not None:
                found[one.name] = formula_value(one.formula, one.measure.unit, found, self._context)
        return found


def _descending(value: Any) -> tuple[bool, Any]:
    """The largest first, those without a value last."""
    return (value is None, -value if value is not None else 0)
