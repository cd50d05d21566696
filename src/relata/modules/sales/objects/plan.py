"""What we want to reach with an account: its plan, the goals, the people who matter, the risks."""

from __future__ import annotations

from relata.engine.metadata.fields import Choice, Date, Link, LongText, MoneyField, Option, RollUp, Text, User
from relata.engine.metadata.object import Object
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import contracts
from relata.modules.sales.objects.options import ATTITUDES, BUYING_ROLES

_DEGREES = (Option("low", colour="grey"), Option("medium", colour="amber"), Option("high", colour="red"))


def _account(reverse: str) -> Link:
    return Link("account", ACCOUNT, required=True, reverse=reverse, on_delete="cascade", help="The company.")


def _plan(reverse: str) -> Link:
    return Link(
        "plan", contracts.ACCOUNT_PLAN, reverse=reverse, on_delete="cascade",
        help="The plan that it belongs to; the account's present plan if left out.",
    )  # fmt: skip


ACCOUNT_PLAN = Object(
    contracts.ACCOUNT_PLAN,
    label="Account plan",
    help="What we want to reach with one account in a certain time, with whom, and what may come between.",
    icon="map",
    colour="indigo",
    nav=False,
    access_parent="account",
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What the plan is called, such as its year."),
        _account("plans"),
        Choice(
            "status",
            required=True,
            default="active",
            indexed=True,
            help="Whether we work by it.",
            options=(
                Option("draft", colour="grey"),
                Option("active", colour="blue"),
                Option("closed", "Over", "green"),
            ),
        ),
        Date("starts_on", label="From", help="The first day."),
        Date("ends_on", label="Until", help="The last day."),
        MoneyField("target", minimum=0, help="What we want to win with the account in this time."),
        LongText("strategy", max_length=5000, help="How we want to get there, in a few sentences."),
        Date("review_on", label="Next review", indexed=True, help="When to look at the plan again."),
        RollUp("goal_count", over="goals", label="Goals", help="How many goals it has."),
        RollUp("reached_count", over="goals", where='status = "reached"', label="Goals reached",
               help="How many of its goals were reached."),
        RollUp("risk_count", over="risks", where='status = "open"', label="Open risks",
               help="How many of its risks are still there."),
    ),
)  # fmt: skip

PLAN_GOAL = Object(
    contracts.PLAN_GOAL,
    label="Account goal",
    help="Something that we want to reach with an account.",
    icon="flag",
    colour="green",
    nav=False,
    access_parent="account",
    fields=(
        Text("name", required=True, max_length=200, searchable=True, help="What is to be reached."),
        _account("goals"),
        _plan("goals"),
        Choice(
            "status",
            required=True,
            default="open",
            indexed=True,
            help="What became of it.",
            options=(
                Option("open", colour="blue"),
                Option("reached", colour="green"),
                Option("missed", colour="red"),
                Option("dropped", colour="grey"),
            ),
        ),
        Date("due_on", label="Until", indexed=True, help="By when."),
        Text("measure", max_length=200, label="How we tell", help="What shows that it was reached."),
        User("person", reverse="account_goals", label="Who of us", help="Who of us sees to it."),
    ),
)

PLAN_PERSON = Object(
    contracts.PLAN_PERSON,
    label="Key person",
    plural="key_people",
    plural_label="Key people",
    help="Somebody who matters for the plan with an account, how they stand to us, and who of us looks after them.",
    icon="users",
    colour="teal",
    nav=False,
    title_field="role",
    access_parent="account",
    unique_together=(("account", "contact"),),
    fields=(
        Choice("role", required=True, default="influencer", options=BUYING_ROLES, help="What the person has to say."),
        _account("key_people"),
        _plan("people"),
        Link("contact", CONTACT, required=True, reverse="key_roles", on_delete="cascade", help="The person."),
        Choice("attitude", options=ATTITUDES, help="How the person stands to us."),
        User("person", reverse="looks_after", label="Who of us", help="Who of us looks after the person."),
        Text("aim", max_length=200, help="What we want of the person, or they of us."),
    ),
)

PLAN_RISK = Object(
    contracts.PLAN_RISK,
    label="Account risk",
    help="What could cost us the account, or a part of it, and what we do against it.",
    icon="triangle-alert",
    colour="orange",
    nav=False,
    access_parent="account",
    fields=(
        Text("name", required=True, max_length=200, searchable=True, help="What could happen."),
        _account("risks"),
        _plan("risks"),
        Choice("likelihood", required=True, default="medium", options=_DEGREES, help="How likely it is."),
        Choice("impact", required=True, default="medium", options=_DEGREES, help="How much it would hurt."),
        Choice(
            "status",
            required=True,
            default="open",
            indexed=True,
            help="What became of it.",
            options=(
                Option("open", "Still there", "amber"),
                Option("averted", colour="green"),
                Option("happened", colour="red"),
            ),
        ),
        User("person", reverse="account_risks", label="Who of us", help="Who of us watches it."),
        LongText("answer", max_length=2000, label="What we do", help="What we do against it."),
    ),
)
