"""What an account and similar accounts bought, counted over their deals."""

from __future__ import annotations

from uuid import UUID

from relata.engine.formula import Binary, Literal, Node, Path, all_of, parse
from relata.engine.query.request import Aggregate, Group, Measure, Query
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales.contracts import OPPORTUNITY_LINE
from relata.modules.sales.rules.white_space import FEWEST, Gap, white_space

_WON = parse('opportunity.status = "won" and product is not null')
_OPEN = parse('opportunity.status = "open" and product is not null')
_ACCOUNT = ("opportunity", "account")


async def white_space_of(work: Workspace, account: Record) -> tuple[list[Gap], str]:
    """The gaps, and the branch whose accounts were looked at; "" for all accounts, where too few of the branch have
    bought anything."""
    industry = account["industry"] or ""
    others: Node = Binary("!=", Path(_ACCOUNT), Literal(str(account.id)))
    where = all_of([_WON, others])
    if industry:
        narrow = all_of([where, Binary("=", Path((*_ACCOUNT, "industry")), Literal(industry))])
        if await _accounts(work, narrow) >= FEWEST:
            return white_space(*await _own(work, account), *await _buyers(work, narrow)), industry
    return white_space(*await _own(work, account), *await _buyers(work, where)), ""


async def _own(work: Workspace, account: Record) -> tuple[set[UUID], set[UUID]]:
    """What it bought, and what it is offered now."""
    mine: Node = Binary("=", Path(_ACCOUNT), Literal(str(account.id)))
    bought, offered = [await _products(work, all_of([which, mine])) for which in (_WON, _OPEN)]
    return bought, offered


async def _products(work: Workspace, where: Node) -> set[UUID]:
    page = await work.query(Query(OPPORTUNITY_LINE, where, fields=("product",), limit=500))
    return {row["product"] for row in page.values()}


async def _accounts(work: Workspace, where: Node) -> int:
    asked = Aggregate(OPPORTUNITY_LINE, (Measure("distinct", "opportunity.account"),), where=where)
    return int((await work.aggregate(asked)).rows[0]["distinct_opportunity_account"] or 0)


async def _buyers(work: Workspace, where: Node) -> tuple[dict[UUID, int], int]:
    counted = Measure("distinct", "opportunity.account")
    found = await work.aggregate(Aggregate(OPPORTUNITY_LINE, (counted,), (Group("product"),), where))
    buyers = {UUID(str(row["product"])): int(row[counted.name]) for row in found.rows if row["product"]}
    return buyers, await _accounts(work, where)
