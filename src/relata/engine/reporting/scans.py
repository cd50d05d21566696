"""One scan for several reports: what asks for the same groups of the same records is asked once, with all figures.

Cards of a dashboard differ mostly in what they count. Whoever answers many of them says beforehand what will be asked
(`Scans.gather`); what two or more share is read in one statement, the rest as ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from relata.engine.formula import Node, all_of
from relata.engine.query.tabulating import tabulate
from relata.engine.query.tabulation import Exchange, Figure, Tabulated, Tabulation
from relata.engine.reporting.asking import Asking, Prepared
from relata.engine.reporting.checking import resolve
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.funnels import with_steps
from relata.engine.reporting.prompts import answered
from relata.engine.reporting.running import SECONDS
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError

Question = tuple[Definition, Node | None]


class Scans:
    """Answers that are known already. For one unit of work: they are as old as that. read: statements that were run for
    several."""

    def __init__(self) -> None:
        self._known: dict[Tabulation, tuple[dict[Figure, int], Tabulated]] = {}
        self._prepared: dict[Question, Prepared] = {}
        self._rates: dict[Node | None, Exchange] = {}
        self._instead: dict[Tabulation, Tabulation] = {}
        self.read = 0

    async def gather(self, work: Workspace, questions: Iterable[Question]) -> None:
        """Read what at least two of them share. What can't be asked, or takes too long, is left to whoever asks it."""
        wanted: dict[Tabulation, list[tuple[Figure, ...]]] = {}
        for definition, extra in questions:
            asked = await self._first(work, definition, extra)
            if asked is not None:
                wanted.setdefault(replace(asked, figures=()), []).append(asked.figures)
        for key in [key for key in wanted if _is_plain(key)]:
            host = next((one for one in wanted if one is not key and _without_money(one) == _without_money(key)), None)
            if host is not None:  # counts ride along with amounts
                wanted[host] += wanted.pop(key)
                self._instead[key] = host
        for key, asking in wanted.items():
            if len(asking) > 1:
                await self._read(work, key, tuple(dict.fromkeys(figure for one in asking for figure in one)))

    async def _read(self, work: Workspace, key: Tabulation, figures: tuple[Figure, ...]) -> None:
        try:
            await work.settle()
            asked = replace(key, figures=figures)
            found = await tabulate(work.unit.connection, work.context.ground, work.actor, asked)
        except RelataError:
            return
        if found.complete:  # else the largest groups are shown, and each figure has its own largest
            self._known[key] = ({figure: at for at, figure in enumerate(figures)}, found)
            self.read += 1

    async def _first(self, work: Workspace, definition: Definition, extra: Node | None) -> Tabulation | None:
        """What a report will ask; None where its largest groups have to be found first."""
        try:
            definition = await with_steps(work, definition)
            conditions = [one for one in (answered(work, definition, {}), extra) if one is not None]
            both = all_of(conditions) if conditions else None
            asking = await Asking.of(work, resolve(work, definition), both, SECONDS, rates=self._rates)
        except RelataError:
            return None
        self._prepared[definition, extra] = Prepared(asking.resolved, asking.where, asking.exchange)
        return None if any(one.top for one in (*definition.rows, *definition.columns)) else asking.whole()

    def prepared(self, definition: Definition, extra: Node | None) -> Prepared | None:
        """Of a report that was gathered."""
        return self._prepared.get((definition, extra))

    def answer(self, asked: Tabulation) -> Tabulated | None:
        """With the figures that are asked for; None for what was not gathered."""
        key = replace(asked, figures=())
        known = self._known.get(self._instead.get(key, key))
        if known is None or not all(figure in known[0] for figure in asked.figures):
            return None
        places = [known[0][figure] for figure in asked.figures]
        groups = [replace(one, figures=tuple(one.figures[at] for at in places)) for one in known[1].groups]
        if _is_plain(key):  # what it asks is no money, so none of it was converted
            groups = [replace(one, foreign=0, without_rate=0) for one in groups]
        return Tabulated(groups, complete=True)


def _is_plain(asked: Tabulation) -> bool:
    return not asked.exchange.worth and asked.exchange.then is None


def _without_money(asked: Tabulation) -> Tabulation:
    return replace(asked, exchange=Exchange(asked.exchange.base))


async def newest(work: Workspace) -> int:
    """The number of the workspace's newest change, so that what was read before it is not taken for what is now."""
    row = await work.unit.connection.fetch_one(
        f"select coalesce(max(id), 0) from {quoted(work.context.schema)}._change"
    )
    assert row is not None
    return int(row[0])
