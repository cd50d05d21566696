"""Merging what is beyond doubt without asking, where an administrator wants it: above the line, and with nothing that
belongs to one thing only standing against it."""

from __future__ import annotations

from uuid import UUID

from relata.engine.matching.scoring import Scorer
from relata.engine.matching.shapes import shape_of
from relata.engine.matching.state import keep_state, state_of
from relata.engine.storage.planner import quoted
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError

#: Pairs of one object that one run of a job merges.
_MOST = 2000


async def merge_sure(door: Door, key: str, name: str) -> int:
    """Merge them, each in a transaction of its own; how many. A refused one waits for a person."""
    merged = 0
    for _turn in range(_MOST):

        async def one_pair(work: Workspace) -> bool | None:
            pair = await _next(work, name)
            if pair is None:
                return None
            target, other = pair
            await work.merge((name, target), [other])
            return True

        async def leave(work: Workspace) -> None:
            pair = await _next(work, name)
            if pair is not None:
                await _ask(work, *pair)

        try:
            if await door.run(key, None, one_pair, via="automation") is None:
                break
            merged += 1
        except RelataError:
            await door.run(key, None, leave, via="automation")
    if merged:

        async def note(work: Workspace) -> None:
            one, connection = work.registry.get(name), work.unit.connection
            state = await state_of(connection, work.context.schema, one)
            await keep_state(connection, work.context.schema, one, merged=state.merged + merged)

        await door.run(key, None, note, via="automation")
    return merged


async def _next(work: Workspace, name: str) -> tuple[UUID, UUID] | None:
    """The surest pair without a conflict, the older record first; those with one are left to a person."""
    one, connection, space = work.registry.get(name), work.unit.connection, quoted(work.context.schema)
    state = await state_of(connection, work.context.schema, one)
    if not state.merges:
        return None
    scorer = Scorer(shape_of(one).features, state.model)
    rows = await connection.fetch(
        f"select one, other, levels from {space}._match_pair p where object = %(object)s and state = 'open'"
        f" and bits >= %(line)s and (select count(*) from {space}.{quoted(name)} t where t.id in (p.one, p.other)"
        " and t.deleted_at is null) = 2 order by bits desc limit 50",
        {"object": name, "line": state.merges_from},
    )
    for first, second, levels in rows:
        if len(levels) != len(scorer.features) or scorer.conflicts(tuple(levels)):
            await _ask(work, first, second)
        else:
            return first, second
    return None


async def _ask(work: Workspace, one: UUID, other: UUID) -> None:
    """Just under the line, where only a person decides."""
    await work.unit.connection.execute(
        f"update {quoted(work.context.schema)}._match_pair p set bits = s.merges_from - 0.01"
        f" from {quoted(work.context.schema)}._match_state s where s.object = p.object and one = %(one)s"
        " and other = %(other)s",
        {"one": one, "other": other},
    )
