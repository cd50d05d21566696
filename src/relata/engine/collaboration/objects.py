"""Comments, follows and notifications: ordinary objects, so that they have access, history, feed and API."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyLink, Boolean, Choice, DateTime, Links, Option, RichText, Text, User
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Happening, Object

_MINE = Grant(read="own", create="own", change="own", delete="own")

COMMENT = Object(
    "comment",
    label="Comment",
    help="What somebody said about a record, to the colleagues who see it.",
    icon="message-square",
    title_field="body",
    access_parent="about",
    nav=False,
    happening=Happening(),
    everyone=_MINE,
    fields=(
        RichText("body", label="Text", required=True, searchable=True, help="The comment; Markdown is understood."),
        AnyLink("about", required=True, reverse="comments", help="The record that it is about."),
        Links("mentions", "user", reverse="mentioned_in", help="Who is asked to read it."),
    ),
)

FOLLOW = Object(
    "follow",
    label="Follow",
    help="That its owner wants to hear what happens with a record.",
    icon="bell",
    title_field="reason",
    nav=False,
    everyone=_MINE,
    fields=(
        AnyLink("about", required=True, reverse="follows", help="The record that is followed."),
        Choice(
            "reason",
            default="chosen",
            help="How it came to be followed.",
            options=(Option("chosen"), Option("mentioned"), Option("commented"), Option("assigned")),
        ),
    ),
)

NOTIFICATION = Object(
    "notification",
    label="Notification",
    help="Something that its owner should know.",
    icon="bell",
    title_field="text",
    nav=False,
    everyone=_MINE,
    fields=(
        Choice(
            "kind",
            required=True,
            indexed=True,
            help="Why it was sent.",
            options=(
                Option("mention"),
                Option("assignment"),
                Option("followed", "Change to what I follow"),
                Option("reminder"),
                Option("comment", "Comment on what is mine"),
                Option("system", "From Relata itself"),
            ),
        ),
        Text("text", required=True, max_length=300, read_only=True, help="What happened, in one sentence."),
        AnyLink("about", reverse="notifications", help="The record that it is about."),
        User("by", reverse="caused_notifications", help="Who made it happen."),
        DateTime("read_at", label="Read", help="When it was looked at."),
        DateTime("due_at", label="Not before", help="Quiet hours and reminders hold it back until then."),
        Boolean("is_mailed", default=False, read_only=True, help="Whether it went out by e-mail."),
    ),
)

MODULE = Module(
    "collaboration",
    "Working together",
    "Comments, follows and notifications.",
    objects=(COMMENT, FOLLOW, NOTIFICATION),
)
