"""Comments, follows and notifications: ordinary objects, so that they have access, history, feed and API."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    AnyLink,
    Boolean,
    Choice,
    Date,
    DateTime,
    Integer,
    Links,
    Option,
    RichText,
    Text,
    User,
)
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.object import Happening, Object

#: A time of day.
_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
_MINE = Grant(read="own", create="own", change="own", delete="own")

COMMENT = Object(
    "comment",
    label="Comment",
    help="What somebody said about a record, to the colleagues who see it.",
    icon="message-square",
    title_field="body",
    access_parent="about",
    nav=False,
    indexes=(("about", "created_at"),),
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
    personal=True,
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
    personal=True,
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
                Option("approval"),
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

_WAYS = (
    Option("mail", "On screen and by mail at once"),
    Option("digest", "On screen and in the daily mail"),
    Option("screen", "On screen"),
    Option("off", "Not at all"),
)

SETTINGS = Object(
    "notification_settings",
    label="Notification settings",
    plural="notification_settings",
    plural_label="Notification settings",
    help="Of what its owner is told, and how.",
    icon="bell",
    title_field="name",
    nav=False,
    everyone=_MINE,
    personal=True,
    fields=(
        Text("name", max_length=60, default="Notifications", read_only=True, help="What these settings are called."),
        Choice("mention", label="Somebody mentions me", default="mail", options=_WAYS, help="In a comment or a note."),
        Choice("assignment", label="Something becomes mine", default="mail", options=_WAYS, help="Done by others."),
        Choice("approval", label="Approvals", default="mail", options=_WAYS, help="Mine to decide, or to hear of."),
        Choice("comment", label="Comments on what is mine", default="digest", options=_WAYS, help="Or what I follow."),
        Choice("followed", label="Changes to what I follow", default="screen", options=_WAYS, help="Done by others."),
        Choice("reminder", label="Reminders", default="screen", options=_WAYS, help="Of tasks, meetings and others."),
        Choice("system", label="Ended jobs and imports", default="screen", options=_WAYS, help="What I have started."),
        Text("quiet_from", max_length=5, pattern=_TIME, help="From when nothing is told, such as 19:00."),
        Text("quiet_until", max_length=5, pattern=_TIME, help="Until when, such as 07:30. In your time zone."),
        Integer(
            "digest_hour",
            label="Hour of the daily mail",
            minimum=0,
            maximum=23,
            default=8,
            help="0 to 23, in your time zone.",
        ),
        Boolean(
            "follow_mentioned",
            label="Where I am mentioned",
            default=True,
            help="Follow records on which somebody mentions me.",
        ),
        Boolean("follow_commented", label="Where I comment", default=True, help="Follow records on which I comment."),
        Boolean("follow_assigned", label="What becomes mine", default=False, help="Follow records that become mine."),
        Date("digested_on", read_only=True, help="The day of the latest daily mail."),
    ),
)
