"""The way that each of Larkfield's deals went: when it came to which stage, and how often its day was put off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import contracts

#: What is known only once a deal is decided.
_LAST = ("lost_reason", "won_reason", "probability")
#: Days for which a deal stays in a stage, at least and at most; some stay longer.
_STAYS = {"Qualification": (3, 16), "Needs analysis": (5, 22), "Proposal": (6, 24), "Negotiation": (4, 18)}


async def walk(work: Workspace, random: Random, stages: dict[str, Record], goal: str, values: dict[str, Any]) -> Record:
    """The deal of these values in the stage called `goal`, having come there from the first one."""
    names = _passed(random, stages, goal)
    moments = _moments(random, names, values, is_open=stages[goal]["category"] == "open", now=work.clock.now)
    last = {name: values[name] for name in _LAST}
    first = {name: value for name, value in values.items() if name not in _LAST}
    day, pushes = values["close_date"], _pushes(random) if stages[goal]["category"] == "open" else []
    first |= {"stage": stages[names[0]].id, "stage_changed_at": moments[0], "opened_on": moments[0].date()}
    deal = await work.create(contracts.OPPORTUNITY, first | {"close_date": day - timedelta(days=sum(pushes))})
    for name, moment in zip(names[1:], moments[1:], strict=True):
        move = {"stage": stages[name].id, "stage_changed_at": moment}
        if stages[name]["category"] != "open":
            move |= {"closed_on": day}
        deal = await work.change(deal, move | (last if name == goal else {}))
    for days in pushes:
        deal = await work.change(deal, {"close_date": deal["close_date"] + timedelta(days=days)})
    return deal


def _passed(random: Random, stages: dict[str, Record], goal: str) -> list[str]:
    """Every stage before an open one; most of them before a decision."""
    open_ones = [name for name, stage in stages.items() if stage["category"] == "open"]
    if goal in open_ones:
        return open_ones[: open_ones.index(goal) + 1]
    through = open_ones if goal == "Won" else open_ones[: random.randrange(1, len(open_ones) + 1)]
    return [*through, goal]


def _moments(
    random: Random, names: list[str], values: dict[str, Any], *, is_open: bool, now: datetime
) -> list[datetime]:
    """When it came to each of these stages, counted back from its last move."""
    last: date = (
        values["close_date"] if not is_open else now.date() - timedelta(days=random.choice((1, 3, 5, 9, 14, 40)))
    )
    at = min(datetime.combine(last, time(9, 30), UTC), now)
    moments = [at]
    for name in reversed(names[:-1]):
        shortest, longest = _STAYS[name]
        at -= timedelta(days=random.randrange(shortest, longest), hours=random.randrange(0, 8))
        moments.append(at)
    return moments[::-1]


def _pushes(random: Random) -> list[int]:
    """By how many days the close date was put off, each time."""
    return [random.choice((7, 14, 30)) for _ in range(random.choice((0, 0, 0, 1, 1, 2, 3)))]
