"""What a new workspace needs before the first deal: a pipeline with stages."""

from __future__ import annotations

from decimal import Decimal

from relata.engine.messaging.mail.filing import ensure_rule
from relata.engine.workspace.rebuild import rebuild_once
from relata.engine.workspace.workspace import Workspace
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales.actions.rivals import fill_competitors
from relata.modules.sales.actions.shares import fill_shares
from relata.modules.sales.actions.stays import fill_stays
from relata.modules.sales.contracts import PIPELINE, STAGE

#: Name, colour, probability, category, forecast, days until stale, guidance.
STAGES = (
    ("Qualification", "blue", 10, "open", "pipeline", 21, "There is a need, a budget and somebody who decides."),
    ("Needs analysis", "cyan", 25, "open", "pipeline", 30, "We know what they need, by when, and how they decide."),
    ("Proposal", "violet", 50, "open", "best_case", 30, "They have our offer and know whom to ask."),
    ("Negotiation", "amber", 75, "open", "commit", 21, "They want it; terms are being settled."),
    ("Won", "green", 100, "won", "closed", None, "It is signed."),
    ("Lost", "red", 0, "lost", "omitted", None, "They decided against it, or did not decide; note why."),
)


async def seed(work: Workspace) -> None:
    """The pipeline Sales, unless there is a pipeline already; stage histories of deals that have none yet;
    competitors of words; where mail shows."""
    await fill_stays(work)
    await fill_shares(work)
    await fill_competitors(work)
    await ensure_rule(work, "Open deals of a contact", CONTACT, "opportunities", 'status = "open"')
    await rebuild_once(
        work, "account_sums_in_one_currency", ACCOUNT, ("open_amount", "won_amount", "unrated_opportunities")
    )
    if await work.first(PIPELINE):
        return
    pipeline = await work.create(PIPELINE, {"name": "Sales", "is_default": True})
    for position, (name, colour, probability, category, forecast, stale, guidance) in enumerate(STAGES, start=1):
        values = {
            "name": name,
            "colour": colour,
            "pipeline": pipeline.id,
            "position": position,
            "category": category,
            "probability": Decimal(probability),
            "forecast_category": forecast,
            "stale_after_days": stale,
            "guidance": guidance,
        }
        await work.create(STAGE, values)
