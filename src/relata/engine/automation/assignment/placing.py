"""The rules' word in every write of new records, just before they are stored: all rows of a write at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from relata.engine.automation.assignment.deciding import Deciding, Decision
from relata.engine.automation.assignment.keeping import keep, values_of
from relata.engine.automation.assignment.rules_of import rules_of
from relata.engine.automation.assignment.values import Item
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace


async def place(work: Workspace, drafts: Sequence[Draft]) -> Callable[[], Awaitable[None]] | None:
    """Give new records to whom the rules say; None where no rule has a word in it. What is returned keeps why, and is
    to be called when the records are stored. Whoever named another owner than themselves has decided already."""
    one = drafts[0].object
    rules = rules_of(work.context, one, by_default=True)
    open_ = [draft for draft in drafts if draft.is_new and not _is_decided(work, draft)]
    if not rules or not open_:
        return None
    deciding = Deciding(work, one, rules, is_real=True)
    decisions = await deciding.decide([Item(draft.id, _whole(work, draft)) for draft in open_])
    await deciding.keep()
    for draft, decision in zip(open_, decisions, strict=True):
        if decision.to is not None:
            await _give(deciding, draft, decision)

    async def stored() -> None:
        await keep(deciding, decisions)

    return stored


def _is_decided(work: Workspace, draft: Draft) -> bool:
    owner = draft["owner"]
    return "owner" in draft.asked and owner is not None and owner != work.actor.user


async def _give(deciding: Deciding, draft: Draft, decision: Decision) -> None:
    for name, value in (await values_of(deciding, decision)).items():
        if value is None:
            draft.values.pop(name, None)
        else:
            draft.set(name, value)


def _whole(work: Workspace, draft: Draft) -> dict[str, Any]:
    """All values as they will be."""
    now, who, via = work.clock.now, work.actor.user, work.actor.via
    made = {"created_at": now, "changed_at": now, "created_by": who, "changed_by": who, "created_via": via}
    return {**made, "changed_via": via, "version": 1, **draft.values}
