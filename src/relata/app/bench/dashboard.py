"""A dashboard of thirty cards over the whole company: all answers one after the other, scans shared or not."""

from __future__ import annotations

import time

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most, percentile
from relata.engine.reporting.dashboards.answers import answer, gathered
from relata.engine.reporting.dashboards.body import Card
from relata.engine.reporting.dashboards.filters import Chosen
from relata.engine.reporting.dashboards.periods import period_of
from relata.engine.reporting.definition import Definition, Grouping, Measure
from relata.engine.reporting.metrics.catalogue import metrics
from relata.engine.workspace.workspace import Workspace

CARDS = 30
_TURNS = 5
_FIGURES = (
    (Measure(),),
    (Measure(function="sum", path="amount"),),
    (Measure(function="average", path="amount"), Measure()),
)
_GROUPS = (
    ("opportunity", (Grouping(path="stage"),)),
    ("opportunity", (Grouping(path="close_date", grain="month"),)),
    ("opportunity", (Grouping(path="owner"),)),
    ("opportunity", (Grouping(path="source"),)),
    ("opportunity", (Grouping(path="account.industry"),)),
)
_OTHERS = (
    Definition(object="task", rows=(Grouping(path="team"),)),
    Definition(object="call", rows=(Grouping(path="outcome"),)),
    Definition(object="call", rows=(Grouping(path="at", grain="week"),)),
    Definition(object="contact", rows=(Grouping(path="mailing_address.country"),)),
    Definition(object="opportunity", rows=(Grouping(path="account", top=20, others=False),)),
)


async def measure(bench: Bench) -> list[Figure]:
    """For the administrator, whose numbers are of everything."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    shared: list[int] = []

    async def ask(work: Workspace) -> None:
        cards = await _cards(work)
        chosen = Chosen(period=period_of("this_year", work.clock))
        for turn in range(_TURNS + 1):
            for together in (True, False):
                started = time.perf_counter()
                scans = await gathered(work, cards, chosen) if together else None
                for card in cards:
                    await answer(work, card, chosen, scans)
                if turn:  # the first one warms
                    taken[together].append((time.perf_counter() - started) * 1000)
                if scans is not None:
                    shared.append(scans.read)

    await bench.house.door.run(MAIN, bench.administrator.id, ask, read_only=True)
    alone = percentile(taken[False], 0.95)
    note = f"{shared[-1]} scans shared; {alone:.0f} ms without"
    return [at_most(f"Dashboard of {CARDS} cards, one after the other, p95", percentile(taken[True], 0.95), "ms",
                    2500, note=note)]  # fmt: skip


async def _cards(work: Workspace) -> list[Card]:
    """Figures by the same groups, as dashboards have them, what stands alone, and metrics for the rest."""
    asked = [Definition(object=name, rows=rows, measures=each, date="close_date") for name, rows in _GROUPS
             for each in _FIGURES]  # fmt: skip
    cards = [Card(id=f"d{at}", definition=one) for at, one in enumerate((*asked, *_OTHERS))]
    keys = list(await metrics(work))[: CARDS - len(cards)]
    cards += [Card(id=f"m{at}", kind="metric", metric=key) for at, key in enumerate(keys)]
    left = CARDS - len(cards)
    return cards + [Card(id=f"x{at}", definition=asked[at]) for at in range(left)]
