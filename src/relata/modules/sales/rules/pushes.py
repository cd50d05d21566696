"""How often and how far the day of a decision was put off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Pushes:
    """count: how often the day was moved later while the deal was open. days: by how many in total; a day that is
    brought forward takes nothing back."""

    count: int = 0
    days: int = 0


def pushed(known: Pushes, before: date | None, after: date | None, *, was_open: bool, is_open: bool) -> Pushes:
    """What is known after the day went from `before` to `after`. A first day, or none any more, puts nothing off."""
    if not (was_open and is_open) or before is None or after is None or after <= before:
        return known
    return Pushes(known.count + 1, known.days + (after - before).days)
