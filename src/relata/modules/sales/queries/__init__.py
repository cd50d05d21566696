"""Reads beyond the generic ones: which stage, which price, which lines."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace, condition
from relata.foundation.money import Money
from relata.modules.catalog.contracts import PRICE_BOOK_ENTRY, PRODUCT
from relata.modules.sales import errors, rules
from relata.modules.sales.contracts import OPPORTUNITY, OPPORTUNITY_LINE, PIPELINE, STAGE

#: More lines than a person would put on one deal.
MOST_LINES = 1000


async def first_stage(work: Workspace, pipeline: UUID | None, category: str = "open") -> Record:
    """The first stage of that category in the pipeline, or in the default pipeline."""
    pipeline = pipeline or await default_pipeline(work)
    where = condition(None, {"pipeline": pipeline, "category": category})
    page = await work.query(Query(STAGE, where, parse_order("position"), ("id",), 1, few=True))
    if not page.rows:
        raise errors.PipelineHasNoStage(category)
    return await work.cached_get(STAGE, page.rows[0][0])


async def default_pipeline(work: Workspace) -> UUID:
    """The id of the pipeline that is marked as default, else of the first one."""
    where = condition(None, {"is_active": True})
    page = await work.query(Query(PIPELINE, where, parse_order("-is_default,position"), ("id",), 1, few=True))
    if not page.rows:
        raise errors.NoPipeline
    found: UUID = page.rows[0][0]
    return found


async def lines_of(work: Workspace, opportunity: UUID) -> list[Record]:
    """The product lines of a deal in their order, at most 1,000."""
    return await work.find(OPPORTUNITY_LINE, opportunity=opportunity, order="position", limit=MOST_LINES)


async def price_of(work: Workspace, product: UUID, opportunity: UUID, quantity: Decimal) -> Money | None:
    """What one unit costs in this deal: by its price book, else by the list; None if neither knows."""
    book = (await work.get(OPPORTUNITY, opportunity))["price_book"]
    entries = await work.find(PRICE_BOOK_ENTRY, price_book=book, product=product) if book else []
    steps = [(entry["minimum_quantity"] or Decimal(0), entry["unit_price"]) for entry in entries]
    return rules.price_for(quantity, steps, (await work.get(PRODUCT, product))["unit_price"])
