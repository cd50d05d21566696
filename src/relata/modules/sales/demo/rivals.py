"""Who else sells coffee machines where Larkfield does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from relata.engine.metadata.fields import Entry
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales.contracts import COMPETITOR

#: Name, strengths, weaknesses, how to win.
_RIVALS = (
    (
        "Vendaro", "Large fleet of machines, service within four hours in cities.",
        "Contracts over five years, coffee from one roaster only.",
        "Ask how they would get out after two years. Offer our one-year term.",
    ),
    (
        "Kapsula", "Cheap machines, nothing to clean, known from home.",
        "Dear by the cup, waste, no milk for larger offices.", "Show the cost per cup over three years, and the waste.",
    ),
    (
        "Rösterei Nord", "Very good coffee, people like the local roaster.",
        "Two technicians, no rental, no second brand of machines.", "Taste side by side; ask who comes on a Friday.",
    ),
    (
        "What they have", "Nothing to decide, nobody loses face.", "Old machines that fail in winter.",
        "Count the days of the last year on which there was no coffee.",
    ),
)  # fmt: skip


async def make(work: Workspace) -> list[UUID]:
    """Their ids."""
    made = []
    for name, strengths, weaknesses, answer in _RIVALS:
        values: dict[str, Any] = {"name": name, "strengths": strengths, "weaknesses": weaknesses, "answer": answer}
        if name != "What they have":
            domain = name.lower().replace(" ", "-").replace("ö", "oe")
            values |= {"website": (Entry(f"https://{domain}.example"),)}
        made.append((await work.create(COMPETITOR, values)).id)
    return made
