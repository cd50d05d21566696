"""What each split of a deal comes to: worked out once, at the end of whatever changed a share or the amount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from relata.engine.formula import Binary, Literal, Path, all_of, parse
from relata.engine.metadata.module import Consequence
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import rules
from relata.modules.sales.contracts import OPPORTUNITY, REVENUE_SPLIT
from relata.modules.sales.queries.knowing import one_of

_SHARES = "shares"


async def note_splits(work: Workspace, written: Sequence[Written]) -> None:
    """Shares came, went or are others."""
    changed = ("percent", "kind", "opportunity")
    _later(work, (key for one in written if any(map(one.changed, changed)) for key in one.either("opportunity")))


async def note_amounts(work: Workspace, written: Sequence[Written]) -> None:
    """Deals are worth something else; new ones have no splits yet."""
    _later(work, (one.id for one in written if one.before and one.after and one.changed("amount")))


def _later(work: Workspace, deals: Iterable[UUID]) -> None:
    found = set(deals)
    if found:
        work.unit.notes.setdefault(_SHARES, set()).update(found)
        work.before_commit(_SHARES, partial(_share_out, work))


async def _share_out(work: Workspace) -> None:
    deals: list[UUID] = sorted(work.unit.notes.pop(_SHARES, set()))
    for start in range(0, len(deals), MAX_LIMIT):
        part = deals[start : start + MAX_LIMIT]
        ids = [row[0] for row in (await work.query(_splits_of(part))).rows]
        splits = await work.get_many(REVENUE_SPLIT, ids) if ids else []
        if splits:
            amounts = {one.id: one["amount"] for one in await work.get_many(OPPORTUNITY, part)}
            await _write(work, splits, amounts)


def _splits_of(deals: Sequence[UUID]) -> Query:
    return Query(REVENUE_SPLIT, one_of("opportunity", deals), fields=("id",), limit=MAX_LIMIT)


async def _write(work: Workspace, splits: Sequence[Record], amounts: dict[UUID, Any]) -> None:
    """The revenue splits of a deal together; overlay splits, which add up to nothing, one by one."""
    together: dict[tuple[Any, ...], list[Record]] = {}
    for one in splits:
        key = (one["opportunity"],) if one["kind"] == "revenue" else (one["opportunity"], one.id)
        together.setdefault(key, []).append(one)
    changes: list[tuple[Record, dict[str, Any]]] = []
    for (deal, *_rest), group in together.items():
        amount = amounts.get(deal)
        parts = rules.amounts_of(amount, {one.id: one["percent"] for one in group}) if amount is not None else {}
        changes += [(one, {"amount": parts.get(one.id)}) for one in group]
    await work.change_many(REVENUE_SPLIT, changes)


async def fill_shares(work: Workspace) -> None:
    """Those that are older than stored amounts."""
    lacking = all_of([parse("amount is null"), Binary("!=", Path(("opportunity", "amount")), Literal(None))])
    while True:
        page = await work.query(Query(REVENUE_SPLIT, lacking, fields=("opportunity",), limit=MAX_LIMIT))
        _later(work, (row["opportunity"] for row in page.values()))
        await work.conclude()
        if len(page.rows) < MAX_LIMIT:
            return


KEEP_SHARES = (Consequence(REVENUE_SPLIT, note_splits), Consequence(OPPORTUNITY, note_amounts))
