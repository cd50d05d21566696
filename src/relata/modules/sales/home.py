"""What of sales waits on the home page: open deals that come to no end by themselves."""

from __future__ import annotations

from relata.engine.metadata.home_card import HomeCard, HomePart
from relata.modules.sales import contracts

_OPEN = 'status = "open"'
_LATELY = "closed_on >= add_days(today(), -30)"
_LATE = "close_date < today()"
_ON_TIME = "(close_date is null or close_date >= today())"

HOME = (
    HomeCard(
        name="deals",
        object=contracts.OPPORTUNITY,
        label="Deals that need attention",
        icon="target",
        parts=(
            HomePart("Closing date past", f"{_OPEN} and {_LATE}", "bad"),
            HomePart("No next step", f"{_OPEN} and {_ON_TIME} and next_step is null", "warning"),
            HomePart(
                "In their stage for 30 days",
                f"{_OPEN} and {_ON_TIME} and next_step is not null and stage_changed_at < add_days(now(), -30)",
                "warning",
            ),
        ),
        columns=("account", "amount", "close_date"),
        order="close_date",
        limit=4,
        empty="Every open deal has a next step, a closing date to come, and moves.",
    ),
    HomeCard(
        name="reviews",
        object=contracts.OPPORTUNITY,
        label="Decided, not reviewed",
        icon="lightbulb",
        parts=(
            HomePart("Lost", f'status = "lost" and {_LATELY} and not exists(reviews)'),
            HomePart("Won", f'status = "won" and {_LATELY} and not exists(reviews)'),
        ),
        columns=("account", "amount", "closed_on"),
        order="-closed_on",
        limit=3,
        empty="Everything that was decided in the last thirty days has been reviewed.",
    ),
)
