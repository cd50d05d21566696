"""What a team learns from a deal that is over."""

from __future__ import annotations

from relata.engine.metadata.fields import Choice, Link, LongText, Text
from relata.engine.metadata.object import Object
from relata.modules.sales import contracts
from relata.modules.sales.objects.options import LOST_REASONS, STATUSES, WON_REASONS

_OUTCOMES = tuple(option for option in STATUSES if option.value != "open")
_REASONS = tuple({option.value: option for option in (*WON_REASONS, *LOST_REASONS)}.values())

DEAL_REVIEW = Object(
    contracts.DEAL_REVIEW,
    label="Win-loss review",
    help="What decided a deal, and what we do differently next time; written once it is won or lost.",
    icon="lightbulb",
    colour="amber",
    nav=False,
    title_field="decided",
    access_parent="opportunity",
    fields=(
        Text("decided", required=True, max_length=200, label="What decided", help="What tipped the scales."),
        Link(
            "opportunity",
            contracts.OPPORTUNITY,
            required=True,
            reverse="reviews",
            on_delete="cascade",
            help="The deal.",
        ),
        Choice("outcome", options=_OUTCOMES, read_only=True, indexed=True, help="Won or lost, as it was then."),
        Choice("reason", options=_REASONS, read_only=True, help="The reason on the deal, as it was then."),
        Link(
            "rival", contracts.COMPETITOR, reverse="reviews", label="Competitor",
            help="Who else was offering to the end.",
        ),
        LongText("next_time", max_length=2000, help="What we would do differently, or do again."),
    ),
)  # fmt: skip
