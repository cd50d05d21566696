"""What sales adds to accounts: what is open with them and was won, how the relationship is doing, the plan."""

from __future__ import annotations

from relata.engine.automation.scoring.objects import SCORED
from relata.engine.metadata.fields import Choice, DateTime, Integer, MultiChoice, RollUp
from relata.engine.metadata.layout import Section, Tab
from relata.engine.metadata.module import Extension
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales.objects.options import ACCOUNT_REASONS, HEALTH
from relata.modules.sales.objects.origin import ORIGIN, ORIGIN_NAMES

_CONVERTED = "In the company's currency; what has no rate is not in it and is counted beside it."
#: The part of an account's page that plans have.
PLAN_TAB = "Plan"
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
            Choice(
                "health",
                options=HEALTH,
                read_only=True,
                indexed=True,
                help="How the relationship is doing; worked out from contacts, answers, deals, promises and risks.",
            ),
            MultiChoice(
                "health_reasons",
                options=ACCOUNT_REASONS,
                read_only=True,
                label="Why",
                help="What speaks against the relationship; empty when it is doing well.",
            ),
            DateTime(
                "last_contact_at",
                label="Last contact",
                read_only=True,
                indexed=True,
                help="When we last talked or wrote with somebody there.",
            ),
            DateTime("last_reply_at", label="Last reply", read_only=True, help="When they last wrote to us."),
            DateTime("last_sent_at", label="Last mail to them", read_only=True, help="When we last wrote."),
        ),
        highlights=("health", "open_amount", "won_amount"),
        tabs=(Tab(PLAN_TAB, related=("plans", "goals", "key_people", "risks")),),
        sections=(
            Section("Health", ("health", "health_reasons", "last_contact_at", "last_reply_at", "last_sent_at")),
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
