"""The reports of sales that come with it; whoever wants another one copies it."""

from __future__ import annotations

from decimal import Decimal

from relata.engine.reporting.definition import Cohort, Definition, Funnel, Grouping, Measure, Picture, Prompt
from relata.engine.reporting.reports.shipped import ShippedReport
from relata.modules.parties.contracts import CONTACT
from relata.modules.sales import contracts

_WON, _LOST, _OPEN = 'status = "won"', 'status = "lost"', 'status = "open"'
_DECIDED = f"{_WON} or {_LOST}"
_CYCLE = "days_between(opened_on, closed_on)"
_AMOUNT = Measure(function="sum", path="amount", name="amount", label="Amount")
_DEALS = Measure(name="deals", label="Deals")
_WINS = (
    Measure(name="won", where=_WON, label="Won"),
    Measure(name="lost", where=_LOST, label="Lost"),
    Measure(function="formula", expression="won / (won + lost)", unit="percent", label="Win rate"),
)
_CLOSED = Prompt(name="closed", path="closed_on", operator="in", label="Decided")
_CLOSES = Prompt(name="closes", path="close_date", operator="in", label="Close date")
_SIZES = tuple(map(Decimal, ("1000", "5000", "20000", "100000")))
_OPENED = Prompt(name="opened", path="opened_on", operator="in", label="Opened")
#: The way through the stages; deals that were lost count as far as they had come.
STAGES = Funnel(events="stage_stays", at="entered_at", by="stage", only='category != "lost" and pipeline.is_default')
_DAYS_OPEN = "days_between(opened_on, today())"
_AGES = tuple(map(Decimal, (30, 60, 90, 180)))
_MONTH_OPENED = Grouping(path="opened_on", grain="month", label="Opened")
_MONTH_CLOSED = Grouping(path="closed_on", grain="month", show_empty=True)


def _report(key: str, label: str, help: str, kind: str, **more: object) -> ShippedReport:
    definition = Definition(**{"object": contracts.OPPORTUNITY, "picture": Picture(kind=kind), **more})  # type: ignore[arg-type]
    return ShippedReport(key=f"{contracts.MODULE_NAME}.{key}", label=label, help=help, definition=definition)


REPORTS = (
    _report(
        "pipeline_by_stage", "Pipeline by stage", "What is open, and how far it has come.", "bar",
        where=_OPEN, rows=(Grouping(path="stage"),), prompts=(_CLOSES,), date="close_date",
        measures=(_AMOUNT, _DEALS, Measure(function="sum", path="expected", label="Weighted by chance")),
    ),
    _report(
        "pipeline_by_owner", "Pipeline by owner and stage", "Who has what in which stage.", "stacked",
        where=_OPEN, rows=(Grouping(path="owner", sort="-value"),), columns=(Grouping(path="stage"),),
        prompts=(_CLOSES,), date="close_date", measures=(_AMOUNT, _DEALS),
    ),
    _report(
        "expected_by_month", "Expected by month", "When open deals should be decided, in full and by their chance.",
        "column", where=_OPEN, rows=(Grouping(path="close_date", grain="month", show_empty=True),), date="close_date",
        measures=(_AMOUNT, Measure(function="sum", path="expected", label="Weighted by chance"), _DEALS),
    ),
    _report(
        "won_by_month", "Won by month", "What was won each month, and how it adds up.", "column",
        where=_WON, rows=(_MONTH_CLOSED,), date="closed_on", rates="then",
        measures=(
            _AMOUNT,
            _DEALS,
            Measure(function="sum", path="amount", show="running", label="Running total"),
            Measure(function="sum", path="amount", show="change_year", label="To a year before"),
        ),
    ),
    _report(
        "won_by_account", "Largest customers", "The twenty accounts that bought most.", "bar",
        where=_WON, rows=(Grouping(path="account", top=20, sort="-value"),), prompts=(_CLOSED,), date="closed_on",
        rates="then",
        measures=(_AMOUNT, _DEALS, Measure(function="sum", path="amount", show="share_of_total", label="Share")),
    ),
    _report(
        "win_rate_by_owner", "Win rate by owner", "Won and lost deals of each person, and the share of those won.",
        "table", where=_DECIDED, rows=(Grouping(path="owner", sort="-value"),), prompts=(_CLOSED,), date="closed_on",
        rates="then",
        measures=(
            *_WINS,
            Measure(function="sum", path="amount", where=_WON, label="Won amount"),
            Measure(function="average", expression=_CYCLE, where=_WON, unit="days", label="Sales cycle"),
        ),
    ),
    _report(
        "win_rate_by_quarter", "Win rate by quarter", "Whether more of what is decided is won.", "line",
        where=_DECIDED, rows=(Grouping(path="closed_on", grain="quarter", show_empty=True),), date="closed_on",
        measures=(
            Measure(name="won", where=_WON, hidden=True),
            Measure(name="all", hidden=True),
            Measure(function="formula", expression="won / all", unit="percent", label="Win rate"),
        ),
    ),
    _report(
        "lost_reasons", "Why deals are lost", "The reasons, the most frequent first, and what was lost for each.",
        "bar", where=_LOST, rows=(Grouping(path="lost_reason", sort="-value"),), prompts=(_CLOSED,), date="closed_on",
        rates="then",
        measures=(_DEALS, Measure(show="share_of_total", label="Share"), _AMOUNT),
    ),
    _report(
        "cycle_time", "How long deals take", "Days from the first work to the decision, for won and lost deals.",
        "table", where=_DECIDED, rows=(Grouping(path="status"), Grouping(path="type")), prompts=(_CLOSED,),
        date="closed_on",
        measures=(
            Measure(function="median", expression=_CYCLE, unit="days", label="Half are decided within"),
            Measure(function="percentile", expression=_CYCLE, percentile=90, unit="days", label="Nine of ten within"),
            Measure(function="average", expression=_CYCLE, unit="days", label="On average"),
            _DEALS,
        ),
    ),
    _report(
        "deals_by_source", "Where won deals come from", "Deals by the way they came to us, and how many are won.",
        "bar", rows=(Grouping(path="source", sort="-value"),), prompts=(_CLOSED,), date="closed_on",
        measures=(
            _DEALS,
            *_WINS,
            Measure(function="sum", path="amount", where=_WON, label="Won amount"),
        ),
    ),
    _report(
        "deal_sizes", "Deals by size", "How many deals there are of which size, and how many of them are won.",
        "column", rows=(Grouping(path="amount", buckets=_SIZES, show_empty=True),),
        prompts=(_CLOSED,), date="closed_on", measures=(_DEALS, *_WINS),
    ),
    _report(
        "by_industry", "Won by industry and quarter", "Which industries bought when.", "heatmap",
        where=_WON, rows=(Grouping(path="account.industry", sort="-value"),),
        columns=(Grouping(path="closed_on", grain="quarter"),), date="closed_on", rates="then",
        measures=(_AMOUNT, _DEALS),
    ),
    _report(
        "stage_times", "Time in each stage", "How long deals stay in a stage before they go on.", "bar",
        object=contracts.STAGE_STAY, where="not empty(left_at)", rows=(Grouping(path="stage"),), date="entered_at",
        measures=(
            Measure(function="median", path="duration", label="Half leave within"),
            Measure(function="average", path="duration", label="On average"),
            Measure(label="Stays"),
        ),
    ),
    _report(
        "conversion", "How far deals come", "Of the deals that were opened, how many reach each stage, how many go no"
        " further, and how long it takes.", "funnel", where="pipeline.is_default", prompts=(_OPENED,), date="opened_on",
        funnel=STAGES,
    ),
    _report(
        "conversion_by_owner", "How far deals come, by owner", "Where each person's deals get stuck.", "table",
        where="pipeline.is_default", rows=(Grouping(path="owner", sort="-value"),), prompts=(_OPENED,),
        date="opened_on", funnel=STAGES,
    ),
    _report(
        "leakage", "Where deals leak away", "From which stages deals are lost, and what was lost with them.", "bar",
        object=contracts.STAGE_STAY, where='went_to.category = "lost"', rows=(Grouping(path="stage"),), date="left_at",
        prompts=(Prompt(name="left", path="left_at", operator="in", label="Lost"),),
        measures=(
            _DEALS,
            Measure(show="share_of_total", label="Share"),
            Measure(function="sum", path="opportunity.amount", label="Amount"),
            Measure(function="median", path="duration", label="Half were there less than"),
        ),
    ),
    _report(
        "ageing", "How old open deals are", "Open deals by the days since they were opened, in each stage.", "stacked",
        where=_OPEN, rows=(Grouping(expression=_DAYS_OPEN, buckets=_AGES, show_empty=True, label="Days open"),),
        columns=(Grouping(path="stage"),), measures=(_DEALS, _AMOUNT),
    ),
    _report(
        "velocity_by_owner", "Velocity by owner", "What the open deals of each person bring in a day: how many there"
        " are, times the share that is won, times what one is worth, by the days that it takes.", "table",
        rows=(Grouping(path="owner", sort="-value"),),
        measures=(
            Measure(function="formula", name="velocity", unit="money", label="A day",
                    expression="open * won / (won + lost) * worth / cycle"),
            Measure(name="open", where=_OPEN, label="Open deals"),
            *_WINS,
            Measure(function="average", path="amount", where=_WON, name="worth", label="Average deal"),
            Measure(function="average", expression=_CYCLE, where=_WON, name="cycle", unit="days", label="Sales cycle"),
        ),
    ),
    _report(
        "open_by_owner", "Open deals by owner", "What each person has open, and what it is worth by its chance.", "bar",
        where=_OPEN, rows=(Grouping(path="owner", sort="-value"),), date="close_date",
        measures=(_AMOUNT, _DEALS, Measure(function="sum", path="expected", label="Weighted by chance")),
    ),
    _report(
        "people", "Who is at what", "Of each person side by side: won this year, open deals, and open and late tasks.",
        "table", where=f"{_WON} and closed_on in this_year()", rows=(Grouping(path="owner", sort="-value"),),
        date="closed_on", rates="then", measures=(_AMOUNT, _DEALS),
        beside=("sales.open_by_owner", "activities.open_tasks"),
    ),
    _report(
        "won_cohorts", "How soon deals are won", "Of the deals that were opened in a month, the share that was won so"
        " many months later.", "cohort", rows=(_MONTH_OPENED,), where="opened_on > add_months(today(), -24)",
        cohort=Cohort(events="stage_stays", at="entered_at", where='stage.category = "won"', periods=12),
    ),
    _report(
        "open_cohorts", "How long deals stay open", "Of the deals that were opened in a month, the share that was"
        " still open so many months later.", "cohort", rows=(_MONTH_OPENED,),
        where="opened_on > add_months(today(), -24)",
        cohort=Cohort(at="closed_on", shows="open", periods=12),
    ),
    _report(
        "lead_conversion", "Leads by source", "How many leads of each source become deals.", "bar",
        object=contracts.LEAD, rows=(Grouping(path="source", sort="-value"),), date="created_at",
        prompts=(Prompt(name="created", path="created_at", operator="in", label="Created"),),
        measures=(
            Measure(name="leads", label="Leads"),
            Measure(name="converted", where='status = "converted"', label="Converted"),
            Measure(function="formula", expression="converted / leads", unit="percent", label="Conversion"),
        ),
    ),
    _report(
        "leads_by_week", "New leads by week", "How many leads come in, by the way they come.", "stacked",
        object=contracts.LEAD, rows=(Grouping(path="created_at", grain="week", show_empty=True),),
        columns=(Grouping(path="source"),), where="created_at in last_weeks(26)", date="created_at",
        measures=(Measure(name="leads", label="Leads"),),
    ),
    _report(
        "contact_conversion", "Contacts by source", "For teams that work without leads: how many people of each source"
        " become customers.", "bar", object=CONTACT, rows=(Grouping(path="utm_source", sort="-value"),),
        where="first_touch_at is not null", date="first_touch_at",
        prompts=(Prompt(name="came", path="first_touch_at", operator="in", label="First touch"),),
        measures=(
            Measure(name="contacts", label="Contacts"),
            Measure(name="customers", where='lifecycle_stage in ("customer", "advocate")', label="Customers"),
            Measure(function="formula", expression="customers / contacts", unit="percent", label="Conversion"),
        ),
    ),
    _report(
        "contacts_by_week", "New contacts by week", "For teams that work without leads: how many people come in, by the"
        " way they come.", "stacked", object=CONTACT,
        rows=(Grouping(path="first_touch_at", grain="week", show_empty=True),), columns=(Grouping(path="utm_source"),),
        where="first_touch_at in last_weeks(26)", date="first_touch_at",
        measures=(Measure(name="contacts", label="Contacts"),),
    ),
)  # fmt: skip
