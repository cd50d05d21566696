"""The figures of sales that everybody means the same by."""

from __future__ import annotations

from relata.engine.reporting.definition import Definition, Measure, Picture
from relata.engine.reporting.metrics.metric import Metric
from relata.modules.sales import contracts

_WON, _LOST, _OPEN = 'status = "won"', 'status = "lost"', 'status = "open"'
_NUMBER = Picture(kind="number")
_CYCLE = "days_between(opened_on, closed_on)"


def _deals(*measures: Measure, where: str = "", date: str = "closed_on") -> Definition:
    return Definition(
        object=contracts.OPPORTUNITY, where=where, measures=measures, date=date, picture=_NUMBER, rates="then"
    )


_COUNT_WON = Measure(where=_WON, name="won", hidden=True)
_COUNT_LOST = Measure(where=_LOST, name="lost", hidden=True)

METRICS = (
    Metric(
        key="sales.won_revenue",
        label="Won revenue",
        help="What the deals that were won in the period are worth, before tax.",
        definition=_deals(Measure(function="sum", path="amount", label="Won revenue"), where=_WON),
        least=0,
    ),
    Metric(
        key="sales.won_deals",
        label="Won deals",
        help="How many deals were won in the period.",
        definition=_deals(Measure(label="Won deals"), where=_WON),
        least=0,
    ),
    Metric(
        key="sales.win_rate",
        label="Win rate",
        help="Won deals out of all that were decided in the period, by their number.",
        definition=_deals(
            _COUNT_WON,
            _COUNT_LOST,
            Measure(function="formula", expression="won / (won + lost)", unit="percent", label="Win rate"),
            where=f"{_WON} or {_LOST}",
        ),
    ),
    Metric(
        key="sales.average_deal",
        label="Average deal",
        help="The mean amount of the deals that were won in the period.",
        definition=_deals(Measure(function="average", path="amount", label="Average deal"), where=_WON),
    ),
    Metric(
        key="sales.sales_cycle",
        label="Sales cycle",
        help="Days from the day on which work on a deal began to the day on which it was won, on average.",
        definition=_deals(Measure(function="average", expression=_CYCLE, unit="days", label="Sales cycle"), where=_WON),
        better="down",
    ),
    Metric(
        key="sales.open_pipeline",
        compares=False,
        label="Open pipeline",
        help="What all open deals that should be decided in the period are worth.",
        definition=_deals(
            Measure(function="sum", path="amount", label="Open pipeline"), where=_OPEN, date="close_date"
        ),
        least=0,
    ),
    Metric(
        key="sales.expected_revenue",
        compares=False,
        label="Expected revenue",
        help="Open deals that should be decided in the period, each weighted by its chance of winning.",
        definition=_deals(
            Measure(function="sum", path="expected", label="Expected revenue"), where=_OPEN, date="close_date"
        ),
        least=0,
    ),
    Metric(
        key="sales.velocity",
        label="Sales velocity",
        help="Won deals times their average amount, divided by the days that a win takes: what a day brings.",
        definition=_deals(
            Measure(name="deals", hidden=True),
            Measure(function="average", path="amount", name="size", hidden=True),
            Measure(function="average", expression=_CYCLE, name="days", hidden=True),
            Measure(function="formula", expression="deals * size / days", label="Sales velocity"),
            where=_WON,
        ),
    ),
    Metric(
        key="sales.coverage",
        compares=False,
        label="Pipeline coverage",
        help="What is open for every unit that was won, by amount: three is comfortable in many businesses.",
        definition=Definition(
            object=contracts.OPPORTUNITY,
            measures=(
                Measure(function="sum", path="amount", where=_OPEN, name="open", hidden=True),
                Measure(function="sum", path="amount", where=_WON, name="won", hidden=True),
                Measure(function="formula", expression="open / won", label="Pipeline coverage", unit="×"),
            ),
            date="close_date",
            picture=_NUMBER,
        ),
    ),
    Metric(
        key="sales.lead_conversion",
        label="Lead conversion",
        help="Leads of the period that became a customer or a deal, out of all that came in.",
        definition=Definition(
            object=contracts.LEAD,
            measures=(
                Measure(name="came", hidden=True),
                Measure(where='status = "converted"', name="converted", hidden=True),
                Measure(function="formula", expression="converted / came", unit="percent", label="Lead conversion"),
            ),
            date="created_at",
            picture=_NUMBER,
        ),
    ),
    Metric(
        key="sales.customer_value",
        label="Customer value so far",
        help="What the deals that an account has won are worth, on average over the accounts that have won any.",
        definition=_deals(
            Measure(function="sum", path="amount", name="won", hidden=True),
            Measure(function="distinct", path="account", name="customers", hidden=True),
            Measure(function="formula", expression="won / customers", label="Customer value so far"),
            where=_WON,
        ),
    ),
    Metric(
        key="sales.response_time",
        label="Response time",
        help="How long customers wait for the first answer.",
        needs="cases, or conversations whose answers are timed",
    ),
    Metric(
        key="sales.acquisition_cost",
        label="Acquisition cost",
        help="What it costs to win a customer.",
        needs="what campaigns and sales cost",
    ),
    Metric(
        key="sales.churn",
        label="Churn",
        help="Customers that leave in a period, out of those that there were.",
        needs="contracts or subscriptions with an end",
    ),
    Metric(
        key="sales.satisfaction",
        label="Satisfaction",
        help="What customers say when they are asked.",
        needs="answers to a survey",
    ),
    Metric(
        key="sales.campaign_effectiveness",
        label="Campaign effectiveness",
        help="What campaigns bring for what they cost.",
        needs="campaigns with their cost and the deals that they touched",
    ),
)
