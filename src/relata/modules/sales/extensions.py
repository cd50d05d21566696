"""What sales adds to accounts: how much is open with them, how much was won."""

from __future__ import annotations

from relata.engine.automation.scoring.objects import SCORED
from relata.engine.metadata.fields import Integer, RollUp
from relata.engine.metadata.layout import Section
from relata.engine.metadata.module import Extension
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales.objects.origin import ORIGIN, ORIGIN_NAMES

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
                field="amount",
                where=_OPEN,
                label="Open pipeline",
                help="Amounts of the open deals, added up whatever the currency.",
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
                field="amount",
                where=_WON,
                label="Won value",
                help="Amounts of the won deals, added up whatever the currency.",
            ),
        ),
        highlights=("open_amount", "won_amount"),
        sections=(Section("Deals", ("open_opportunities", "open_amount", "won_opportunities", "won_amount")),),
    ),
    Extension(
        CONTACT,
        (*ORIGIN, Integer("score", indexed=True, read_only=True, help="How promising they are by the figures."), *SCORED),
        sections=(Section("Origin", ORIGIN_NAMES), Section("Score", ("score", "grade", "behaviour_score"))),
    ),
)
