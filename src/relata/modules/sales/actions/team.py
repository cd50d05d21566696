"""What follows from the deal team and from splits: access to the deal, and shares that add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from uuid import UUID

from relata.engine.metadata.module import Consequence
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import errors, rules
from relata.modules.sales.actions.linked import linked
from relata.modules.sales.contracts import DEAL_MEMBER, OPPORTUNITY, REVENUE_SPLIT

_SPLITS = ("percent", "kind", "person", "opportunity")


async def check_member(work: Workspace, draft: Draft) -> None:
    """Who is in the team sees the deal, so only who may change the deal says who is."""
    for key in {draft.old("opportunity"), draft["opportunity"]} - {None}:
        if not await work.may(await linked(work, OPPORTUNITY, key, "opportunity"), "change"):
            raise errors.NotYourDeal


async def keep_access(work: Workspace, written: Sequence[Written]) -> None:
    """Whoever joins may see or change the deal; whoever leaves has what their roles give them."""
    for one in written:
        left = one.before is not None and (one.after is None or one.changed("person") or one.changed("opportunity"))
        if left and one.before is not None:
            for deal in await work.get_many(OPPORTUNITY, [one.before["opportunity"]]):
                await work.sharing.revoke(deal, one.before["person"], member_only=True)
        if one.after is not None:
            for deal in await work.get_many(OPPORTUNITY, [one.after["opportunity"]]):
                await work.sharing.grant(
                    deal, one.after["person"], level=one.after["access"], member_as=one.after["role"]
                )


async def keep_splits(work: Workspace, written: Sequence[Written]) -> None:
    """The revenue splits of a deal add up once everything is written."""
    for one in written:
        if any(one.changed(name) for name in _SPLITS):
            for deal in one.either("opportunity"):
                noted = work.unit.notes.setdefault(("splits", deal), set())
                noted.update(one.either("person") if one.after is not None else ())
                work.before_commit(("splits", deal), partial(_balance, work, deal))


async def _balance(work: Workspace, deal: UUID) -> None:
    just_written: set[UUID] = work.unit.notes.pop(("splits", deal), set())
    found = await work.get_many(OPPORTUNITY, [deal], lock=True)
    if not found:
        return  # it went to the bin with its splits
    splits = {one["person"]: one for one in await work.find(REVENUE_SPLIT, opportunity=deal, kind="revenue")}
    shares = {person: one["percent"] or Decimal(0) for person, one in splits.items()}
    owner = found[0]["owner"]
    share = rules.owner_share(shares, owner, just_written)
    if share is None:
        return
    if owner not in splits:
        values = {"opportunity": deal, "person": owner, "kind": "revenue", "percent": share, "owner": owner}
        await work.create(REVENUE_SPLIT, values | {"team": found[0]["team"]})
    elif share == 0:
        await work.delete(splits[owner])
    else:
        await work.change(splits[owner], {"percent": share})
    work.unit.before_commit.pop(("splits", deal), None)  # what was written just now adds up
    work.unit.notes.pop(("splits", deal), None)


KEEP_TEAM = (Consequence(DEAL_MEMBER, keep_access), Consequence(REVENUE_SPLIT, keep_splits))
