"""Who of us works on a deal, and how its revenue is shared among us."""

from __future__ import annotations

from relata.engine.metadata.fields import Choice, Link, LongText, MoneyField, Option, Percent, User
from relata.engine.metadata.object import Object
from relata.modules.sales import contracts

DEAL_MEMBER = Object(
    contracts.DEAL_MEMBER,
    label="Deal team member",
    plural_label="Deal team",
    help="Somebody of us who works on a deal beside its owner, and what the person may do with it.",
    icon="users",
    colour="blue",
    nav=False,
    title_field="role",
    access_parent="opportunity",
    unique_together=(("opportunity", "person"),),
    fields=(
        Choice(
            "role",
            required=True,
            default="sales_engineer",
            help="What the person does in the deal.",
            options=(
                Option("sales_rep", "Sales representative", "green"),
                Option("sales_engineer", "Sales engineer", "blue"),
                Option("executive", "Executive sponsor", "violet"),
                Option("specialist", "Product specialist", "cyan"),
                Option("service", "Customer service", "teal"),
                Option("legal", "Legal and contracts", "amber"),
                Option("other"),
            ),
        ),
        Link(
            "opportunity",
            contracts.OPPORTUNITY,
            required=True,
            reverse="deal_team",
            on_delete="cascade",
            help="The deal.",
        ),
        User("person", required=True, reverse="deal_memberships", help="Who works on it."),
        Choice(
            "access",
            required=True,
            default="change",
            help="What the person may do with the deal, whatever their roles say.",
            options=(Option("read", "See it", "grey"), Option("change", "Change it", "blue")),
        ),
        LongText("note", help="What the person is to do."),
    ),
)

REVENUE_SPLIT = Object(
    contracts.REVENUE_SPLIT,
    label="Revenue split",
    help="Whose result a deal counts for, and to how much.",
    icon="chart-pie",
    colour="green",
    nav=False,
    title_field="kind",
    access_parent="opportunity",
    unique_together=(("opportunity", "person", "kind"),),
    fields=(
        Choice(
            "kind",
            required=True,
            default="revenue",
            help="Revenue splits of a deal add up to 100 %, the owner has the rest; overlay splits stand beside them.",
            options=(Option("revenue", colour="green"), Option("overlay", colour="violet")),
        ),
        Link(
            "opportunity", contracts.OPPORTUNITY, required=True, reverse="splits", on_delete="cascade", help="The deal."
        ),
        User("person", required=True, reverse="revenue_splits", help="Whose result it counts for."),
        Percent("percent", required=True, label="Share", help="How much of the amount, 0-100."),
        MoneyField(
            "amount",
            label="Share of the amount",
            read_only=True,
            help="What it comes to, in the deal's currency; revenue splits add up to the deal's amount, to the cent.",
        ),
        LongText("note", help="What was agreed."),
    ),
)
