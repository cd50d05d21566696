"""One scan for several reports: what asks for the same groups of the same records is asked once, with all figures.

Cards of a dashboard differ mostly in what they count. Whoever answers many of them says beforehand what will be asked
(`Plan.of`); what two or more share is read in one statement when the first of them is answered, the rest as ever.
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
from relata.engine.reporting.metrics.objects import METRIC
from relata.engine.reporting.prompts import answered
from relata.engine.reporting.rates import EXCHANGE_RATE
from relata.engine.reporting.reports.objects import REPORT
from relata.engine.reporting.running import SECONDS
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError

Question = tuple[Definition, Node | None]


#: What a plan is made of, beside the definitions: when a record of these changes, it is another one.
MADE_OF = frozenset({REPORT.name, METRIC.name, EXCHANGE_RATE.name})


class Plan:
    """What several questions share: for each statement the figures of all of them. No record that they count is read
    for it."""

    def __init__(self) -> None:
        self._prepared: dict[Question, Prepared] = {}
        self._rates: dict[Node | None, Exchange] = {}
        self._figures: dict[Tabulation, tuple[Figure, ...]] = {}
        self._instead: dict[Tabulation, Tabulation] = {}

    @classmethod
    async def of(cls, work: Workspace, questions: Iterable[Question]) -> Plan:
        """What at least two of them share. What can't be asked is left to whoever asks it."""
        plan = cls()
        wanted: dict[Tabulation, list[tuple[Figure, ...]]] = {}
        for definition, extra in questions:
            asked = await plan._first(work, definition, extra)
            if asked is not None:
                wanted.setdefault(replace(asked, figures=()), []).append(asked.figures)
        hosts = {_without_money(one): one for one in wanted if not _is_plain(one)}
        for key in [key for key in wanted if _is_plain(key)]:
            host = hosts.get(_without_money(key))
            if host is not None:  # counts ride along with amounts
                wanted[host] += wanted.pop(key)
                plan._instead[key] = host
        for key, asking in wanted.items():
            if len(asking) > 1:
                plan._figures[key] = tuple(dict.fromkeys(figure for one in asking for figure in one))
        return plan

    async def _first(self, work: Workspace, definition: Definition, extra: Node | None) -> Tabulation | None:
        """What a report will ask; None where its largest groups or its steps have to be found first."""
        if definition.funnel is not None:
            return None
        try:
            conditions = [one for one in (answered(work, definition, {}), extra) if one is not None]
            both = all_of(conditions) if conditions else None
            asking = await Asking.of(work, resolve(work, definition), both, SECONDS, rates=self._rates)
        except RelataError:
            return None
        self._prepared[definition, extra] = Prepared(asking.resolved, asking.where, asking.exchange)
        return None if any(one.top for one in (*definition.rows, *definition.columns)) else asking.whole()

    def prepared(self, definition: Definition, extra: Node | None) -> Prepared | None:
        """Of a question that is planned."""
        return self._prepared.get((definition, extra))

    def shared(self, asked: Tabulation) -> Tabulation | None:
        """The statement that answers this and more; None where it is asked alone."""
        key = replace(asked, figures=())
        key = self._instead.get(key, key)
        figures = self._figures.get(key, ())
        return replace(key, figures=figures) if set(asked.figures) <= set(figures) else None


class Scans:
    """The answers of a plan, each read when it is first asked for. For one unit of work. read: statements that were
    asked for several."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[Tabulation, Tabulated | None] = {}
        self.read = 0

    def prepared(self, definition: Definition, extra: Node | None) -> Prepared | None:
        """Of a report that is planned."""
        return self._plan.prepared(definition, extra)

    async def answer(self, work: Workspace, asked: Tabulation) -> Tabulated | None:
        """With the figures that are asked for; None for what is better asked alone."""
        shared = self._plan.shared(asked)
        if shared is None:
            return None
        if shared not in self._known:
            self._known[shared] = await self._read(work, shared)
        found = self._known[shared]
        if found is None:
            return None
        places = [shared.figures.index(figure) for figure in asked.figures]
        groups = [replace(one, figures=tuple(one.figures[at] for at in places)) for one in found.groups]
        if _is_plain(asked):  # what it asks is no money, so none of it was converted
            groups = [replace(one, foreign=0, without_rate=0) for one in groups]
        return Tabulated(groups, complete=True)

    async def _read(self, work: Workspace, shared: Tabulation) -> Tabulated | None:
        try:
            await work.settle()
            found = await tabulate(work.unit.connection, work.context.ground, work.actor, shared)
        except RelataError:
            return None
        self.read += 1
        return found if found.complete else None  # else the largest are shown, and each figure has its own largest


def _is_plain(asked: Tabulation) -> bool:
    return not asked.exchange.worth and asked.exchange.then is None


def _without_money(asked: Tabulation) -> Tabulation:
    return replace(asked, exchange=Exchange(asked.exchange.base))
