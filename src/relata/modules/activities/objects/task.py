"""What somebody has to do."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyLink, Choice, Date, DateTime, Formula, LongText, Option, Tags, Text
from relata.engine.metadata.object import Happening, Lifecycle, Object
from relata.modules.activities import contracts

TASK = Object(
    contracts.TASK,
    label="Task",
    help="Something that somebody has to do; its owner is who does it.",
    icon="square-check",
    colour="green",
    indexes=(("owner", "due_on"),),
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
        LongText("description", searchable=True, help="What one needs to know to do it."),
        Tags("tags", indexed=True, help="Words of your own, to find tasks by."),
    ),
)
