"""A dashboard of thirty cards over the whole company, asked for as browsers do: for the first time, and again."""

from __future__ import annotations

import asyncio
import time

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most, percentile
from relata.engine.reporting.dashboards.answers import answer
from relata.engine.reporting.dashboards.body import Body, Card, Tab
from relata.engine.reporting.dashboards.filters import Chosen
from relata.engine.reporting.dashboards.periods import period_of
from relata.engine.reporting.dashboards.shelf import Board
from relata.engine.reporting.definition import Definition, Grouping, Measure
from relata.engine.reporting.metrics.catalogue import metrics
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.dashboards.asked import Asked
from relata.interfaces.web.dashboards.together import Together

CARDS = 30
#: So many connections a browser opens to one address.
_AT_ONCE = 6
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
    answers = (await bench.house.door.context(MAIN)).ground.answers
    first, again = [], []
    for turn in range(_TURNS + 1):
        await bench.forget_answers()
        taken = await _opened(bench)
        before = answers.asked - answers.kept
        taken_again = await _opened(bench)
        if turn:  # the first one warms
            first.append(taken)
            again.append(taken_again)
    read = answers.asked - answers.kept - before
    name = f"Dashboard of {CARDS} cards, {_AT_ONCE} at a time"
    return [
        at_most(f"{name}, p95", percentile(first, 0.95), "ms", 2500),
        at_most(f"{name}, opened again, p95", percentile(again, 0.95), "ms", 2500, note=f"{read} read anew"),
    ]


async def _opened(bench: Bench) -> float:
    """Milliseconds until every card is answered, each by a unit of work of its own, as browsers ask for them."""
    together, room = Together(), asyncio.Semaphore(_AT_ONCE)
    door, who = bench.house.door, bench.administrator.id

    async def made(work: Workspace) -> Asked:
        chosen = Chosen(period=period_of("this_year", work.clock))
        board = Board(key="bench", name="", description="", body=Body(tabs=(Tab(cards=tuple(await _cards(work))),)))
        return Asked(board=board, tab=0, period="this_year", chosen=chosen, query={})

    async def ask(found: Asked, card: Card) -> None:
        async def tell(work: Workspace) -> None:
            await answer(work, card, found.chosen, await together.scans(work, found))

        async with room:
            await door.run(MAIN, who, tell, read_only=True)

    found = await door.run(MAIN, who, made, read_only=True)
    started = time.perf_counter()
    await asyncio.gather(*(ask(found, card) for card in found.board.body.tabs[0].cards))
    return (time.perf_counter() - started) * 1000


async def _cards(work: Workspace) -> list[Card]:
    """Figures by the same groups, as dashboards have them, what stands alone, and metrics for the rest."""
    asked = [Definition(object=name, rows=rows, measures=each, date="close_date") for name, rows in _GROUPS
             for each in _FIGURES]  # fmt: skip
    cards = [Card(id=f"d{at}", definition=one) for at, one in enumerate((*asked, *_OTHERS))]
    keys = list(await metrics(work))[: CARDS - len(cards)]
    cards += [Card(id=f"m{at}", kind="metric", metric=key) for at, key in enumerate(keys)]
    left = CARDS - len(cards)
    return cards + [Card(id=f"x{at}", definition=asked[at]) for at in range(left)]
