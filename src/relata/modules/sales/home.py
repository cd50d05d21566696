"""What of sales waits on the home page: deals that need somebody, and those to learn from."""

from __future__ import annotations

from relata.engine.metadata.home_card import HomeCard, HomePart
from relata.modules.sales import contracts

_OPEN = 'status = "open"'
_LATELY = "closed_on >= add_days(today(), -30)"

HOME = (
    HomeCard(
        name="deals",
        object=contracts.OPPORTUNITY,
        label="Deals at risk",
        icon="target",
        parts=(
            HomePart("At risk", f'{_OPEN} and health = "at_risk"', "bad"),
            HomePart("To watch", f'{_OPEN} and health = "watch"', "warning"),
        ),
        columns=("account", "amount", "close_date", "health_reasons"),
        order="close_date",
        limit=4,
        done="plan_follow_up",
        empty="Every open deal is doing well: it has a next step, a day to come, people who answer, and it moves.",
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
