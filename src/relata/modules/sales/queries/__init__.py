"""Reads beyond the generic ones: which stage, which price, which lines."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.catalog.contracts import PRICE_BOOK_ENTRY, PRODUCT
from relata.modules.sales import errors, rules
from relata.modules.sales.contracts import OPPORTUNITY, OPPORTUNITY_LINE, PIPELINE, STAGE

#: More lines than a person would put on one deal.
MOST_LINES = 1000


async def first_stage(work: Workspace, pipeline: UUID | None, category: str = "open") -> Record:
    """The first stage of that category in the pipeline, or in the default pipeline."""
    pipeline = pipeline or await default_pipeline(work)
    found = await work.find(STAGE, pipeline=pipeline, category=category, order="position", limit=1)
    if not found:
        raise errors.PipelineHasNoStage(category)
    return found[0]


async def default_pipeline(work: Workspace) -> UUID:
    """The id of the pipeline that is marked as default, else of the first one."""
    pipelines = await work.find(PIPELINE, is_active=True, order="-is_default,position", limit=1, few=True)
    if not pipelines:
        raise errors.NoPipeline
    return pipelines[0].id


async def lines_of(work: Workspace, opportunity: UUID) -> list[Record]:
    """The product lines of a deal in their order, at most 1,000."""
    return await work.find(OPPORTUNITY_LINE, opportunity=opportunity, order="position", limit=MOST_LINES)


async def price_of(work: Workspace, product: UUID, opportunity: UUID, quantity: Decimal) -> Money | None:
    """What one unit costs in this deal: by its price book, else by the list; None if neither knows."""
    book = (await work.get(OPPORTUNITY, opportunity))["price_book"]
    entries = await work.find(PRICE_BOOK_ENTRY, price_book=book, product=product) if book else []
    steps = [(entry["minimum_quantity"] or Decimal(0), entry["unit_price"]) for entry in entries]
    return rules.price_for(quantity, steps, (await work.get(PRODUCT, product))["unit_price"])
