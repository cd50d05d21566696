"""What sales adds to accounts: how much is open with them, how much was won."""

from __future__ import annotations

from relata.engine.automation.scoring.objects import SCORED
from relata.engine.metadata.fields import Integer, RollUp
from relata.engine.metadata.layout import Section
from relata.engine.metadata.module import Extension
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales.objects.origin import ORIGIN, ORIGIN_NAMES

_CONVERTED = "In the company's currency; what has no rate is not in it and is counted beside it."
_OPEN, _WON = 'status = "open"', 'status = "won"'

EXTENSIONS = (
    Extension(
        ACCOUNT,
        (
            RollUp(
                "open_opportunities",
                over="opportunities",
                where=_OPEN,
                help="How many deals with this account are open.",
            ),
            RollUp(
                "open_amount",
                over="opportunities",
                function="sum",
                field="company_amount",
                shown_as="own_money",
                where=_OPEN,
                label="Open pipeline",
                help=f"What the open deals are worth. {_CONVERTED}",
            ),
            RollUp(
                "won_opportunities",
                over="opportunities",
                where=_WON,
                help="How many deals with this account were won.",
            ),
            RollUp(
                "won_amount",
                over="opportunities",
                function="sum",
                field="company_amount",
                shown_as="own_money",
                where=_WON,
                label="Won value",
                help=f"What the won deals were worth. {_CONVERTED}",
            ),
            RollUp(
                "unrated_opportunities",
                over="opportunities",
                where="amount is not null and company_amount is null",
                label="Deals without a rate",
                help="How many deals are in a currency without an exchange rate, so that no sum has them in it.",
            ),
        ),
        highlights=("open_amount", "won_amount"),
        sections=(
            Section(
                "Deals",
                ("open_opportunities", "open_amount", "won_opportunities", "won_amount", "unrated_opportunities"),
            ),
        ),
    ),
    Extension(
        CONTACT,
        (
            *ORIGIN,
            Integer("score", indexed=True, read_only=True, help="How promising they are by the figures."),
            *SCORED,
        ),
        sections=(Section("Origin", ORIGIN_NAMES), Section("Score", ("score", "grade", "behaviour_score"))),
    ),
)
