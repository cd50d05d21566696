"""The stage history of a deal, written with each move in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from relata.engine.formula import Binary, Items, Literal, Path, all_of, parse
from relata.engine.metadata.module import Consequence
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.pasts import past_values
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Bug, NotFound
from relata.foundation.ids import parse_id
from relata.modules.sales import rules
from relata.modules.sales.contracts import OPPORTUNITY, STAGE, STAGE_STAY


async def keep_stays(work: Workspace, written: Sequence[Written]) -> None:
    """A deal that came to another stage left the one before at that moment."""
    moved = [one for one in written if one.after is not None and _has_moved(one)]
    if not moved:
        return
    begun = [one for one in moved if not _is_new(one)]
    present = {stay["opportunity"]: stay for stay in await _present(work, [one.id for one in begun])} if begun else {}
    ended: list[tuple[UUID | Record, dict[str, Any]]] = []
    rows: list[dict[str, Any]] = []
    for one in moved:
        stage, at, stay = one.new("stage"), one.new("stage_changed_at"), present.get(one.id)
        if stay is not None and stay["stage"] == stage:
            continue  # it came out of the bin, and its history with it
        came_from = one.old("stage") if one.before is not None else None
        if stay is not None:
            came_from = stay["stage"]
            ended.append((stay, _ending(stay, at, stage)))
        rows.append(await _row(work, one.id, rules.Stay(stage, at, came_from=came_from)))
    await _change(work, ended)
    await create_stays(work, rows)


async def drop_merged(work: Workspace, written: Sequence[Written]) -> None:
    """A stay that was handed to another deal, as merging does, ends in the bin: a deal was in one stage at a time."""
    for one in written:
        if one.before is not None and one.after is not None and one.changed("opportunity"):
            await work.delete((STAGE_STAY, one.id))


async def fill_stays(work: Workspace) -> None:
    """Stage histories of deals that are older than this object, from the log; what the log does not know began when
    the deal last moved. Does nothing once there is any stay."""
    if await work.first(STAGE_STAY):
        return
    after = ""
    while True:
        page = await work.query(Query(OPPORTUNITY, fields=("id",), limit=MAX_LIMIT, after=after))
        await _fill(work, [row[0] for row in page.rows])
        after = page.next
        if not after:
            return


async def _fill(work: Workspace, ids: Sequence[UUID]) -> None:
    if not ids:
        return
    past = await past_values(work, OPPORTUNITY, "stage", ids)
    rows = []
    for deal in await work.get_many(OPPORTUNITY, ids):
        told = [rules.Arrival(stage, one.at) for one in past.get(deal.id, ()) if (stage := parse_id(one.value))]
        known = told if told and told[-1].stage == deal["stage"] else []
        begun = deal["stage_changed_at"] or deal["created_at"]
        for stay in rules.stays_of(known or [rules.Arrival(deal["stage"], begun)]):
            rows.append(await _row(work, deal.id, stay))
    await create_stays(work, rows)


async def create_stays(work: Workspace, rows: Sequence[dict[str, Any]]) -> None:
    """All of them or none."""
    if len(rows) == 1:
        await work.create(STAGE_STAY, rows[0])
    elif rows:
        _require_all(await work.create_many(STAGE_STAY, rows))


async def _change(work: Workspace, changes: Sequence[tuple[UUID | Record, dict[str, Any]]]) -> None:
    if len(changes) == 1 and isinstance(changes[0][0], Record):
        await work.change(changes[0][0], changes[0][1])
    elif changes:
        _require_all(await work.change_many(STAGE_STAY, changes))


def _require_all(outcomes: Iterable[Any]) -> None:
    if any(outcome.did == "refused" for outcome in outcomes):
        raise Bug("A stage history could not be written.")


def _has_moved(one: Written) -> bool:
    return one.new("stage") is not None and (one.before is None or one.changed("stage"))


def _is_new(one: Written) -> bool:
    """Made just now, and not taken out of the bin."""
    return one.before is None and one.after is not None and one.after.get("version", 1) == 1


def _ending(stay: Record, at: Any, went_to: UUID) -> dict[str, Any]:
    left_at = max(at, stay["entered_at"])
    return {"left_at": left_at, "duration": rules.length(stay["entered_at"], left_at), "went_to": went_to}


async def _row(work: Workspace, deal: UUID, stay: rules.Stay) -> dict[str, Any]:
    stage, came_from, went_to = [await _stage(work, key) for key in (stay.stage, stay.came_from, stay.went_to)]
    return {
        "opportunity": deal,
        "name": stage["name"] if stage else None,
        "stage": stage.id if stage else None,
        "came_from": came_from.id if came_from else None,
        "went_to": went_to.id if went_to else None,
        "entered_at": stay.entered_at,
        "left_at": stay.left_at,
        "duration": stay.duration,
    }


async def _stage(work: Workspace, key: UUID | None) -> Record | None:
    """None for one that is gone by now, so that the links to it stay empty."""
    if key is None:
        return None
    try:
        return await work.cached_get(STAGE, key)
    except NotFound:
        return None


async def _present(work: Workspace, deals: Sequence[UUID]) -> list[Record]:
    """The stays that last, of these deals."""
    found: list[Record] = []
    for start in range(0, len(deals), MAX_LIMIT):
        named = Items(tuple(Literal(str(deal)) for deal in deals[start : start + MAX_LIMIT]))
        lasting = all_of([Binary("in", Path(("opportunity",)), named), parse("left_at is null")])
        found.extend(await work.find(STAGE_STAY, lasting, limit=MAX_LIMIT))
    return found


KEEP_STAYS = (Consequence(OPPORTUNITY, keep_stays), Consequence(STAGE_STAY, drop_merged))
