"""How a form does: opened, sent, confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from relata.engine.automation.capture.names import SUBMISSION
from relata.engine.automation.capture.tables import Days, days_of
from relata.engine.formula import Binary, Literal, Path
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.workspace.workspace import Workspace

DAYS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the last thirty days. sent: what was sent, waiting ones included. waiting: not confirmed yet. made: new
    records. robots: what was turned away."""

    views: int = 0
    sent: int = 0
    waiting: int = 0
    made: int = 0
    robots: int = 0

    @property
    def rate(self) -> float | None:
        """How many of a hundred who opened the page sent it; None where nobody did."""
        return round(100 * self.sent / self.views, 1) if self.views else None


async def figures_of(work: Workspace) -> dict[UUID, Figures]:
    """By form; forms that nobody opened are left out."""
    since = work.clock.today - timedelta(days=DAYS - 1)
    days = await days_of(work.unit.connection, work.context.schema, since)
    lately = Binary(">=", Path(("created_at",)), Literal(since.isoformat()))
    asked = Aggregate(SUBMISSION, (Measure("count"),), (Group("form"), Group("state")), where=lately)
    counts: dict[UUID, dict[str, int]] = {}
    for row in (await work.aggregate(asked)).rows:
        if row["form"] is not None:
            counts.setdefault(UUID(str(row["form"])), {})[row["state"]] = int(row["count"])
    return {form: _figures(days.get(form, Days()), counts.get(form, {})) for form in {*days, *counts}}


def _figures(days: Days, counts: dict[str, int]) -> Figures:
    return Figures(days.views, sum(counts.values()), counts.get("waiting", 0), counts.get("made", 0), days.robots)
