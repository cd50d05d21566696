"""Dashboards that come with sales: for who sells, for who leads a team, and for the owner."""

from __future__ import annotations

from relata.engine.reporting.dashboards.body import Body, Card, Filter, Tab
from relata.engine.reporting.dashboards.shipped import Shipped
from relata.engine.reporting.definition import Definition, Grouping, Measure, Picture
from relata.modules.sales import contracts
from relata.modules.sales.reports import STAGES

_WON, _LOST, _OPEN = 'status = "won"', 'status = "lost"', 'status = "open"'
_AMOUNT = Measure(function="sum", path="amount", label="Amount")
_DEALS = Measure(label="Deals")


def _deals(
    kind: str, *rows: Grouping, columns: tuple[Grouping, ...] = (), measures: tuple[Measure, ...] = (_AMOUNT,),
    where: str = "", date: str = "closed_on",
) -> Definition:  # fmt: skip
    return Definition(
        object=contracts.OPPORTUNITY,
        rows=rows,
        columns=columns,
        measures=measures,
        where=where,
        date=date,
        picture=Picture(kind=kind),
        rates="then",
    )


def _leads(kind: str, *rows: Grouping) -> Definition:
    return Definition(
        object=contracts.LEAD,
        rows=rows,
        measures=(Measure(label="Leads"),),
        date="created_at",
        picture=Picture(kind=kind),
    )


def _metric(name: str, x: int, y: int = 0) -> Card:
    return Card(id=name, kind="metric", metric=f"sales.{name}", x=x, y=y, w=3, h=2)


_MONTHS = Grouping(path="closed_on", grain="month", show_empty=True)
_OWNERS = Grouping(path="owner", top=12, sort="-value")
_STAGES = Grouping(path="stage")
_WAY = Definition(
    object=contracts.OPPORTUNITY,
    date="opened_on",
    picture=Picture(kind="funnel"),
    funnel=STAGES,
)
_WON_BY_MONTH = _deals("column", _MONTHS, where=_WON)
_FILTERS = (
    Filter(object=contracts.OPPORTUNITY, path="pipeline"),
    Filter(object=contracts.OPPORTUNITY, path="source"),
    Filter(object="account", path="industry"),
)

REPRESENTATIVE = Shipped(
    key="sales.representative",
    label="My sales",
    help="What is won, what is open, and what comes next, of one's own deals.",
    needs=(contracts.OPPORTUNITY,),
    roles=("sales_rep",),
    body=Body(
        period="this_quarter",
        filters=_FILTERS[:2],
        tabs=(Tab(cards=(
            _metric("won_revenue", 0), _metric("won_deals", 3), _metric("win_rate", 6), _metric("expected_revenue", 9),
            Card(id="months", title="Won by month", definition=_WON_BY_MONTH, follows=False, x=0, y=2, w=8, h=4),
            Card(
                id="open", title="Open by stage", x=8, y=2, w=4, h=4,
                definition=_deals("bar", _STAGES, where=_OPEN, date="close_date"),
            ),
            Card(
                id="health", title="How open deals are doing", x=0, y=6, w=4, h=4,
                definition=_deals("donut", Grouping(path="health"), where=_OPEN, measures=(_DEALS,), date="close_date"),
            ),
            Card(
                id="closing", title="Should be decided", x=4, y=6, w=8, h=4,
                definition=_deals(
                    "stacked", Grouping(path="close_date", grain="week", show_empty=True),
                    columns=(Grouping(path="forecast_category"),), where=_OPEN, date="close_date",
                ),
            ),
        )),),
    ),
)  # fmt: skip

MANAGER = Shipped(
    key="sales.manager",
    label="Sales team",
    help="How a team is doing: wins by person, pipeline, reasons for losing, where leads come from.",
    needs=(contracts.OPPORTUNITY,),
    roles=("sales_manager",),
    body=Body(
        period="this_quarter",
        by_team=True,
        filters=_FILTERS,
        tabs=(
            Tab(label="Results", cards=(
                _metric("won_revenue", 0), _metric("win_rate", 3), _metric("sales_cycle", 6),
                _metric("average_deal", 9),
                Card(
                    id="people", title="Won by person", x=0, y=2, w=5, h=5,
                    definition=_deals("bar", _OWNERS, where=_WON),
                ),
                Card(
                    id="months", title="Won and lost by month", x=5, y=2, w=7, h=5, follows=False,
                    definition=_deals(
                        "stacked", _MONTHS, columns=(Grouping(path="status"),), where=f"{_WON} or {_LOST}",
                    ),
                ),
                Card(
                    id="reasons", title="Why deals are lost", x=0, y=7, w=5, h=4,
                    definition=_deals(
                        "bar", Grouping(path="lost_reason", sort="-value", top=8), where=_LOST, measures=(_DEALS,)
                    ),
                ),
                Card(
                    id="table", title="By person and status", x=5, y=7, w=7, h=4,
                    definition=_deals(
                        "pivot", Grouping(path="owner"), columns=(Grouping(path="status"),), where=f"{_WON} or {_LOST}"
                    ),
                ),
            )),
            Tab(label="Pipeline", cards=(
                _metric("open_pipeline", 0), _metric("expected_revenue", 3), _metric("coverage", 6),
                _metric("velocity", 9),
                Card(id="funnel", title="How far deals come", definition=_WAY, x=0, y=2, w=5, h=5),
                Card(
                    id="heat", title="Open deals by person and stage", x=5, y=2, w=7, h=5,
                    definition=_deals("heatmap", _OWNERS, columns=(_STAGES,), where=_OPEN, measures=(_DEALS,), date=""),
                ),
                Card(id="leakage", title="Where deals leak away", kind="report", report="sales.leakage",
                     x=0, y=7, w=5, h=5),
                Card(id="ageing", title="How old open deals are", kind="report", report="sales.ageing",
                     x=5, y=7, w=7, h=5),
                Card(id="soon", title="How soon deals are won", kind="report", report="sales.won_cohorts",
                     follows=False, x=0, y=12, w=12, h=6),
            )),
            Tab(label="Leads", cards=(
                Card(id="lead_conversion", kind="metric", metric="sales.lead_conversion", w=5, h=2),
                Card(
                    id="weeks", title="New leads by week", x=5, y=0, w=7, h=6,
                    definition=_leads("area", Grouping(path="created_at", grain="week", show_empty=True)),
                ),
                Card(id="sources", title="Where leads come from", definition=_leads("donut", Grouping(path="source")),
                     x=0, y=2, w=5, h=4),
            )),
        ),
    ),
)  # fmt: skip

OWNER = Shipped(
    key="sales.owner",
    label="Business",
    help="The whole business on one page: revenue, what is to come, which customers and industries carry it.",
    needs=(contracts.OPPORTUNITY,),
    roles=("admin",),
    body=Body(
        period="this_year",
        by_team=True,
        filters=_FILTERS,
        tabs=(Tab(cards=(
            _metric("won_revenue", 0), _metric("open_pipeline", 3), _metric("win_rate", 6), _metric("sales_cycle", 9),
            Card(
                id="line", title="Won revenue", x=0, y=2, w=8, h=5, follows=False,
                definition=_deals("area", _MONTHS, where=_WON),
            ),
            Card(
                id="industries", title="Won by industry", x=8, y=2, w=4, h=5,
                definition=_deals("donut", Grouping(path="account.industry", top=6, sort="-value"), where=_WON),
            ),
            Card(
                id="customers", title="Largest customers", x=0, y=7, w=6, h=5,
                definition=_deals("bar", Grouping(path="account", top=10, sort="-value", others=False), where=_WON),
            ),
            Card(
                id="quarters", title="Won by quarter and source", x=6, y=7, w=6, h=5, follows=False,
                definition=_deals(
                    "stacked", Grouping(path="closed_on", grain="quarter", show_empty=True),
                    columns=(Grouping(path="source", top=6),), where=_WON,
                ),
            ),
        )),),
    ),
)  # fmt: skip

DASHBOARDS = (REPRESENTATIVE, MANAGER, OWNER)
