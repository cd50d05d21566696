"""What a task consists of, and plans by which several tasks are made at once."""

from __future__ import annotations

from relata.engine.metadata.fields import Boolean, Choice, Integer, Link, LongText, Option, RollUp, Text, User
from relata.engine.metadata.object import Object
from relata.modules.activities import contracts

STEP = Object(
    contracts.STEP,
    label="Step",
    plural="steps",
    help="One line of a task's checklist.",
    icon="list-checks",
    colour="green",
    title_field="text",
    access_parent="task",
    nav=False,
    fields=(
        Text("text", required=True, max_length=200, help="What is to be done."),
        Boolean("is_done", label="Done", default=False, help="Whether it is done."),
        Link(
            "task", contracts.TASK, required=True, reverse="steps", on_delete="cascade", help="The task it belongs to."
        ),
    ),
)

PLAN = Object(
    contracts.PLAN,
    label="Activity plan",
    help="Tasks that belong together, each so many working days from the start: made with one click.",
    example="Welcome a new customer: call on the first day, deliver by the fifth, ask how it goes after thirty.",
    icon="list-tree",
    colour="green",
    reference=True,
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What the plan is called."),
        LongText("description", max_length=2000, help="When to use it."),
        Boolean("is_active", label="Offered", default=True, help="Whether it can be started."),
        RollUp("part_count", over="parts", label="Tasks", help="How many tasks it makes."),
    ),
)

PLAN_PART = Object(
    contracts.PLAN_PART,
    label="Planned task",
    plural="plan_parts",
    help="One task of an activity plan.",
    icon="list-plus",
    colour="green",
    title_field="subject",
    reference=True,
    nav=False,
    fields=(
        Text("subject", required=True, max_length=200, help="What is to be done, in a few words."),
        Link(
            "plan", contracts.PLAN, required=True, reverse="parts", on_delete="cascade", help="The plan it belongs to."
        ),
        Integer(
            "offset_days",
            label="Working days",
            default=0,
            minimum=-400,
            maximum=400,
            help="So many working days after the start it is due; before it, if negative.",
        ),
        Choice(
            "kind",
            default="to_do",
            help="What sort of work it is.",
            options=(
                Option("to_do", "To do", "grey"),
                Option("call", colour="green"),
                Option("email", "E-mail", "blue"),
                Option("follow_up", "Follow up", "violet"),
                Option("prepare", colour="amber"),
            ),
        ),
        Choice(
            "priority",
            default="normal",
            help="What comes first.",
            options=(
                Option("low", colour="grey"),
                Option("normal", colour="blue"),
                Option("high", colour="orange"),
                Option("urgent", colour="red"),
            ),
        ),
        User("assignee", reverse="planned_tasks", help="Who does it; empty for whoever starts the plan."),
        Link("after", contracts.PLAN_PART, reverse="before", help="The planned task that must be done first."),
        LongText("description", max_length=5000, help="What one needs to know to do it."),
    ),
)
