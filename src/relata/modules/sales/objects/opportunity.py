"""A deal in progress."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    Boolean,
    Choice,
    Date,
    DateTime,
    Formula,
    Integer,
    Link,
    LongText,
    MoneyField,
    Option,
    Percent,
    RollUp,
    Tags,
    Text,
)
from relata.engine.metadata.object import Object
from relata.modules.catalog.contracts import PRICE_BOOK, PRODUCT
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import contracts
from relata.modules.sales.objects.options import FORECAST_CATEGORIES, LOST_REASONS, SOURCES, STATUSES, WON_REASONS

_LOST = 'status = "lost"'
_CLOSED = 'status != "open"'

OPPORTUNITY = Object(
    contracts.OPPORTUNITY,
    label="Opportunity",
    plural="opportunities",
    indexes=(("stage", "close_date"), ("owner", "close_date")),
    plural_label="Opportunities",
    help="A deal in progress with one account, from first contact to won or lost.",
    icon="target",
    colour="green",
    match=(("name", "account"),),
    fields=(
        Text("name", required=True, max_length=160, searchable=True, help="What the deal is called, told from others."),
        Link("account", ACCOUNT, reverse="opportunities", on_delete="restrict", help="Who would buy."),
        Link("contact", CONTACT, reverse="opportunities", label="Main contact", help="Whom to talk to first."),
        Link("pipeline", contracts.PIPELINE, reverse="opportunities", on_delete="restrict", help="The way it goes."),
        Link("stage", contracts.STAGE, reverse="opportunities", on_delete="restrict", help="How far it has come."),
        Choice(
            "status",
            options=STATUSES,
            default="open",
            indexed=True,
            read_only=True,
            help="Open, won or lost; follows the stage.",
        ),
        MoneyField(
            "amount",
            indexed=True,
            minimum=0,
            help="What the customer would pay, before tax; the sum of the product lines once there are any.",
        ),
        Boolean(
            "amount_from_lines",
            label="Amount from products",
            default=False,
            read_only=True,
            help="Whether the amount is what the product lines add up to, and can't be typed.",
        ),
        Percent("probability", help="Chance of winning, 0-100; follows the stage until someone sets it."),
        Boolean(
            "own_probability",
            label="Own estimate",
            default=False,
            read_only=True,
            help="Whether someone set the probability; empty it to follow the stage again.",
        ),
        Formula(
            "expected",
            label="Expected revenue",
            expression="amount * probability / 100",
            help="The amount weighted by the chance of winning.",
        ),
        Choice(
            "forecast_category",
            options=FORECAST_CATEGORIES,
            indexed=True,
            help="Where it stands in the forecast; follows the stage until someone sets it.",
        ),
        Date("close_date", indexed=True, help="The day on which it is expected to be decided."),
        Integer(
            "push_count",
            label="Times pushed",
            default=0,
            read_only=True,
            indexed=True,
            help="How often the close date was moved later while the deal was open.",
        ),
        Integer(
            "pushed_days",
            label="Days pushed",
            default=0,
            read_only=True,
            help="By how many days the close date was moved later in total.",
        ),
        Date("opened_on", help="The day on which work on it began."),
        Date("closed_on", indexed=True, visible=_CLOSED, help="The day on which it was won or lost."),
        Formula(
            "is_overdue",
            label="Overdue",
            expression='status = "open" and close_date < today()',
            help="Whether it should have been decided by now.",
        ),
        Choice(
            "lost_reason",
            visible=_LOST,
            help="Why it was lost.",
            options=LOST_REASONS,
        ),
        Choice("won_reason", visible='status = "won"', help="Why it was won.", options=WON_REASONS),
        LongText("lost_note", visible=_LOST, max_length=2000, help="What they said about it."),
        Text("next_step", max_length=255, help="What happens next, so that the deal moves."),
        Choice("source", options=SOURCES, indexed=True, help="How the deal came to us."),
        Choice(
            "type",
            default="new_business",
            help="Whether they buy for the first time.",
            options=(
                Option("new_business", colour="blue"),
                Option("existing_business", colour="teal"),
                Option("renewal", colour="violet"),
            ),
        ),
        Link("product", PRODUCT, reverse="opportunities", label="Main product", help="What it is mainly about."),
        Link("price_book", PRICE_BOOK, reverse="opportunities", help="Whose prices its product lines take."),
        Tags("competitors", indexed=True, help="Who else is offering."),
        Tags("tags", indexed=True, help="Words of your own, to find deals by."),
        LongText("description", searchable=True, help="What one should know about the deal."),
        DateTime("stage_changed_at", label="In stage since", read_only=True, help="When it came to its stage."),
        Formula(
            "days_in_stage",
            expression="days_between(stage_changed_at, now())",
            help="For how many days it has been in its stage.",
        ),
        Text("reference", unique=True, max_length=80, help="Its number in another system; imports match by it."),
        RollUp("line_count", over="lines", label="Product lines", help="How many product lines it has."),
        RollUp("lines_total", over="lines", function="sum", field="total", help="What its product lines add up to."),
        RollUp(
            "recurring_total",
            over="lines",
            function="sum",
            field="total",
            where='recurrence in ("monthly", "quarterly", "yearly")',
            label="Recurring",
            help="What is paid again and again, over the agreed time; the rest is paid once.",
        ),
        RollUp(
            "recurring_yearly",
            over="lines",
            function="sum",
            field="yearly",
            label="Recurring in a year",
            help="What its recurring product lines bring in twelve months.",
        ),
    ),
)
