"""Calendars elsewhere, whose events are shown here."""

from __future__ import annotations

from relata.engine.metadata.fields import Boolean, DateTime, Integer, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.object import Object
from relata.modules.activities import contracts

SUBSCRIPTION = Object(
    contracts.SUBSCRIPTION,
    label="Subscribed calendar",
    help="A calendar elsewhere that its owner sees among the meetings, read again each hour.",
    icon="rss",
    colour="teal",
    nav=False,
    personal=True,
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    fields=(
        Text("name", required=True, max_length=120, help="What it is called here."),
        Text(
            "address",
            max_length=2000,
            sensitivity="secret",
            pattern="^(https|webcal)://.+$",
            pattern_hint="It begins with https:// or webcal://.",
            help="Where the calendar is; whoever knows it can read it, so it is kept secret. Empty for a file.",
        ),
        Boolean("is_free", label="Keeps nobody busy", default=False, help="Its events are shown as free time."),
        DateTime("read_at", label="Read", read_only=True, help="When it was read last."),
        Text("problem", max_length=500, read_only=True, help="Why it could not be read, and what to do."),
        Integer("event_count", label="Events", read_only=True, help="How many events were taken from it."),
        Integer("refused_count", label="Put aside", read_only=True, help="How many events could not be read."),
        Text(
            "refused_why", label="Why put aside", max_length=500, read_only=True, help="What was wrong with the first."
        ),
    ),
)
