"""What deals are worth in the company's currency: at the rate of the day on which they were decided, else of today."""

from __future__ import annotations

from datetime import date

from relata.engine.formula import Binary, Literal, Path, all_of, any_of, parse
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.reporting.rates import rates_of
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.sales.contracts import OPPORTUNITY


async def value(work: Workspace, draft: Draft) -> None:
    """Set with the amount and with the day of the decision; an amount in the company's own currency asks nothing."""
    if draft.is_new or any(draft.changed(name) for name in ("amount", "closed_on", "status")):
        draft.set("company_amount", await company_amount(work, draft["amount"], draft["closed_on"]))


async def company_amount(work: Workspace, amount: Money | None, decided_on: date | None) -> Money | None:
    """The amount in the company's currency, rounded to its cent; None where there is no rate for the day."""
    if amount is None or amount.currency == work.settings.currency:
        return amount
    rates = await rates_of(work.as_system(), decided_on)
    rate = rates.known.get(amount.currency)
    return Money(amount.amount * rate.rate, rates.base).rounded() if rate is not None else None


async def revalue(work: Workspace) -> None:
    """Open deals in other currencies at the rates of today, and deals without a value, for which there may be a rate
    by now. What decided deals are worth stays as it was."""
    foreign = Binary("!=", Path(("amount", "currency")), Literal(work.settings.currency))
    stale = any_of([parse("company_amount is null"), all_of([parse('status = "open"'), foreign])])
    where, after = all_of([parse("amount is not null"), stale]), ""
    while True:
        page = await work.query(Query(OPPORTUNITY, where, fields=("id",), limit=MAX_LIMIT, after=after))
        for deal in await work.get_many(OPPORTUNITY, [row[0] for row in page.rows]):
            now = await company_amount(work, deal["amount"], deal["closed_on"])
            if now != deal["company_amount"]:
                await work.change(deal, {"company_amount": now})
        after = page.next
        if not after:
            return
