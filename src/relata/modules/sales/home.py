"""What of sales waits on the home page: deals that need somebody, and those to learn from."""

from __future__ import annotations

from relata.engine.metadata.home_card import HomeCard, HomePart
from relata.modules.activities.contracts import CALL
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
        name="promises",
        object=contracts.PROMISE,
        label="Promises",
        icon="handshake",
        parts=(
            HomePart("Late", 'status = "open" and due_on < today()', "bad"),
            HomePart("Today", 'status = "open" and due_on = today()'),
            HomePart("Next days", 'status = "open" and due_on > today() and due_on in next_days(7)'),
        ),
        mine="person = me()",
        columns=("about", "made_by", "due_on"),
        order="due_on",
        limit=4,
        done="keep_promise",
        focus='status = "open" and due_on <= today()',
        log=CALL,
        empty="Nothing that was promised is due.",
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
