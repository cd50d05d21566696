"""The amount of a deal follows its product lines: summed once at the end of whatever wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from relata.engine.metadata.module import Consequence
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import queries, rules
from relata.modules.sales.contracts import OPPORTUNITY, OPPORTUNITY_LINE


async def keep_sums(work: Workspace, written: Sequence[Written]) -> None:
    """The deals of lines that came, went or cost something else are summed before the commit."""
    for one in written:
        if one.changed("total") or one.changed("opportunity"):
            for deal in one.either("opportunity"):
                work.before_commit(("amount", deal), partial(_sum, work, deal))


async def _sum(work: Workspace, deal: UUID) -> None:
    """Without lines the last sum stays, and can be typed over."""
    found = await work.get_many(OPPORTUNITY, [deal], lock=True)
    if not found:
        return  # it went to the bin with its lines
    lines = await queries.lines_of(work, deal)
    values: dict[str, Any] = {"amount_from_lines": bool(lines)}
    if lines:
        values["amount"] = rules.sum_of_lines(line["total"] for line in lines)
    await work.change(found[0], values)


KEEP_SUMS = (Consequence(OPPORTUNITY_LINE, keep_sums),)
