"""One scan for several reports: what asks for the same groups of the same records is asked once, with all figures; and
figures of the same records by several fields are read together, each field a subtotal.

Cards of a dashboard differ mostly in what they count. Whoever answers many of them says beforehand what will be asked
(`Plan.of`); what two or more share is read in one statement when the first of them is answered, the rest as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from relata.engine.formula import Node, all_of
from relata.engine.query.tabulating import tabulate
from relata.engine.query.tabulation import Exchange, Figure, Group, Tabulated, Tabulation
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
#: Groups by so many fields are read in one statement; more are dealt out, so that cards that come together don't all
#: wait for one statement while a processor rests.
MOST_SETS = 4

#: What a plan is made of, beside the definitions: when a record of these changes, it is another one.
MADE_OF = frozenset({REPORT.name, METRIC.name, EXCHANGE_RATE.name})


@dataclass(frozen=True, slots=True)
class Share:
    """What answers a question and others. statement: the one that is asked. kept: which of its levels are the
    question's; its groups are those of this subtotal."""

    statement: Tabulation
    kept: tuple[int, ...]


class Plan:
    """What several questions share: for each the statement that answers it. No record that they count is read for
    it."""

    def __init__(self) -> None:
        self._prepared: dict[Question, Prepared] = {}
        self._rates: dict[Node | None, Exchange] = {}
        self._money: set[Figure] = set()
        self._shares: dict[Tabulation, Share] = {}

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
        instead: dict[Tabulation, Tabulation] = {}
        for key in [key for key in wanted if _is_plain(key)]:
            host = hosts.get(_without_money(key))
            if host is not None:  # counts ride along with amounts
                wanted[host] += wanted.pop(key)
                instead[key] = host
        plan._share(wanted)
        for key, host in instead.items():
            if host in plan._shares:
                plan._shares[key] = plan._shares[host]
        return plan

    def _share(self, wanted: Mapping[Tabulation, list[tuple[Figure, ...]]]) -> None:
        together: dict[Tabulation, list[Tabulation]] = {}
        for key, asking in wanted.items():
            rows = replace(key, levels=()) if _may_join(key, asking) else key
            together.setdefault(rows, []).append(key)
        for keys in together.values():
            parts = -(-len(keys) // MOST_SETS)
            for some in (keys[at::parts] for at in range(parts)):
                if len(some) > 1 or len(wanted[some[0]]) > 1:
                    self._shares |= _shares(some, [figure for key in some for one in wanted[key] for figure in one])

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
        self._money |= {one.figure for one in asking.resolved.measures if one.figure is not None and one.of_money}
        return None if any(one.top for one in (*definition.rows, *definition.columns)) else asking.whole()

    def prepared(self, definition: Definition, extra: Node | None) -> Prepared | None:
        """Of a question that is planned."""
        return self._prepared.get((definition, extra))

    def shared(self, asked: Tabulation) -> Share | None:
        """What answers this and more; None where it is asked alone."""
        found = self._shares.get(replace(asked, figures=()))
        return found if found is not None and set(asked.figures) <= set(found.statement.figures) else None

    def has_money(self, asked: Tabulation) -> bool:
        """Whether any of its figures is of amounts, which may be converted."""
        return not self._money.isdisjoint(asked.figures)


def _may_join(key: Tabulation, asking: Iterable[tuple[Figure, ...]]) -> bool:
    """Whether groups by other fields are read along with these. Not where records are only counted: that reads an index
    of each field, and less of it (measured: a quarter less than both together)."""
    is_simple = not key.sets and key.events is None and key.as_on is None
    return is_simple and any(figure.of is not None for one in asking for figure in one)


def _shares(keys: Sequence[Tabulation], figures: Iterable[Figure]) -> dict[Tabulation, Share]:
    """Of each of some questions about the same records; one of its own is asked as it is."""
    levels = tuple(dict.fromkeys(level for key in keys for level in key.levels))
    kept = [tuple(levels.index(level) for level in key.levels) for key in keys]
    statement = replace(keys[0], levels=levels, figures=tuple(dict.fromkeys(figures)))
    if len(keys) > 1:
        statement = replace(statement, sets=tuple(kept))
    else:
        kept = [tuple(range(len(levels)))]
    return {key: Share(statement, one) for key, one in zip(keys, kept, strict=True)}


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
        share = self._plan.shared(asked)
        if share is None:
            return None
        shared = share.statement
        if shared not in self._known:
            self._known[shared] = await self._read(work, shared)
        found = self._known[shared]
        if found is None:
            return None
        groups = _of_set(found.groups, share.kept) if shared.sets and not asked.sets else found.groups
        if len(groups) > asked.limit and not asked.sets:
            return None  # the largest are shown, and each figure has its own largest
        places = [shared.figures.index(figure) for figure in asked.figures]
        groups = [replace(one, figures=tuple(one.figures[at] for at in places)) for one in groups]
        if not self._plan.has_money(asked):  # so none of it was converted
            groups = [replace(one, foreign=0, without_rate=0) for one in groups]
        return Tabulated(groups, complete=True)

    async def _read(self, work: Workspace, shared: Tabulation) -> Tabulated | None:
        try:
            await work.settle()
            found = await tabulate(work.unit.connection, work.context.ground, work.actor, shared)
        except RelataError:
            return None
        self.read += 1
        return found if found.complete else None


def _of_set(groups: Iterable[Group], kept: tuple[int, ...]) -> list[Group]:
    """Those of one subtotal, as if it had been asked alone."""
    order = sorted(range(len(kept)), key=kept.__getitem__)
    mine = tuple(sorted(kept))
    places = [order.index(at) for at in range(len(kept))]
    whole = tuple(range(len(kept)))
    return [
        replace(one, kept=whole, keys=tuple([one.keys[place] for place in places]))
        for one in groups
        if one.kept == mine
    ]


def _is_plain(asked: Tabulation) -> bool:
    return not asked.exchange.worth and asked.exchange.then is None


def _without_money(asked: Tabulation) -> Tabulation:
    return replace(asked, exchange=Exchange(asked.exchange.base))
