"""What somebody has to do."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    AnyLink,
    Choice,
    Date,
    DateTime,
    Formula,
    Link,
    Links,
    LongText,
    Option,
    RollUp,
    Tags,
    Text,
)
from relata.engine.metadata.object import Happening, Lifecycle, Object
from relata.modules.activities import contracts

TASK = Object(
    contracts.TASK,
    label="Task",
    help="Something that somebody has to do; its owner is who does it.",
    example="Send Brandt Logistics the service contract, by Friday.",
    icon="square-check",
    colour="green",
    indexes=(("owner", "due_on"), ("about", "created_at")),
    title_field="subject",
    happening=Happening(due="due_on", open='status in ("open", "in_progress")'),
    lifecycle=Lifecycle(
        "status",
        "open",
        {
            "open": ("in_progress", "done", "cancelled"),
            "in_progress": ("open", "done", "cancelled"),
            "done": ("open",),
            "cancelled": ("open",),
        },
        starts=("in_progress", "done", "cancelled"),
    ),
    fields=(
        Text("subject", required=True, max_length=200, searchable=True, help="What is to be done, in a few words."),
        Choice(
            "status",
            default="open",
            indexed=True,
            help="Whether it is done.",
            options=(
                Option("open", colour="blue"),
                Option("in_progress", colour="amber"),
                Option("done", colour="green"),
                Option("cancelled", colour="grey"),
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
        AnyLink("about", help="The record that the task is about: an account, a contact, a deal or anything else."),
        Date("due_on", label="Due", indexed=True, help="The day by which it should be done."),
        DateTime("remind_at", label="Remind me", indexed=True, reminds=True, help="When to remind the owner."),
        DateTime("completed_at", label="Completed", read_only=True, help="When it was done; follows the status."),
        Formula(
            "is_overdue",
            label="Overdue",
            expression='status in ("open", "in_progress") and due_on < today()',
            help="Whether it should have been done by now.",
        ),
        Choice(
            "repeats",
            default="never",
            help="When it is done, the next one is made.",
            options=(
                Option("never", colour="grey"),
                Option("daily", "Every day", "blue"),
                Option("workdays", "From Monday to Friday", "blue"),
                Option("weekly", "Every week", "blue"),
                Option("fortnightly", "Every second week", "blue"),
                Option("monthly", "Every month on the same day", "violet"),
                Option("monthly_weekday", "Every month on the same weekday", "violet"),
                Option("yearly", "Every year", "violet"),
                Option("other", "By a rule of its own", "amber"),
            ),
        ),
        Date("repeats_until", label="Until", visible='repeats != "never"', help="No next one is due after this day."),
        Text(
            "rule",
            max_length=500,
            visible='repeats = "other"',
            help="When it repeats, as calendars write it: FREQ=WEEKLY;BYDAY=MO,WE.",
        ),
        Choice(
            "counts_from",
            label="Counts from",
            default="due",
            visible='repeats != "never"',
            help="From where the next day is counted.",
            options=(Option("due", "The day it is due", "blue"), Option("done", "The day it is done", "violet")),
        ),
        Links("blocked_by", contracts.TASK, reverse="blocks", help="What must be done before."),
        Link(
            "previous",
            contracts.TASK,
            reverse="following",
            read_only=True,
            help="The one before it, of a task that repeats.",
        ),
        Link(
            "plan", contracts.PLAN, reverse="made_tasks", read_only=True, help="The activity plan that it comes from."
        ),
        RollUp("step_count", over="steps", label="Steps", help="How many steps its checklist has."),
        RollUp(
            "open_step_count",
            over="steps",
            label="Open steps",
            where="is_done = false",
            help="How many are still open.",
        ),
        Date("escalated_on", read_only=True, hidden=True, help="The day on which the owner's manager was told."),
        LongText("description", searchable=True, help="What one needs to know to do it."),
        Tags("tags", indexed=True, help="Words of your own, to find tasks by."),
    ),
)
