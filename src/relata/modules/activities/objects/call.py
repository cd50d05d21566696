"""Calls that took place, or that nobody answered."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyLink, Choice, DateTime, Duration, Link, LongText, Option, Text
from relata.engine.metadata.object import Happening, Object
from relata.modules.activities import contracts
from relata.modules.parties.contracts import CONTACT

CALL = Object(
    contracts.CALL,
    label="Call",
    help="A telephone or video call that took place, or that nobody answered.",
    example="Called Mira Novak about the price: she asks her manager and calls back on Monday.",
    icon="phone",
    colour="teal",
    title_field="subject",
    indexes=(("about", "at"),),
    happening=Happening("at"),
    fields=(
        Text("subject", required=True, max_length=200, searchable=True, help="What it was about, in a few words."),
        Choice(
            "direction",
            default="outbound",
            help="Who called whom.",
            options=(Option("outbound", "We called", "blue"), Option("inbound", "They called", "green")),
        ),
        Choice(
            "outcome",
            default="connected",
            indexed=True,
            help="How it ended.",
            options=(
                Option("connected", colour="green"),
                Option("left_message", colour="amber"),
                Option("no_answer", colour="grey"),
                Option("busy", colour="grey"),
                Option("call_back", "To be called back", "violet"),
                Option("wrong_number", colour="red"),
            ),
        ),
        DateTime("at", label="When", required=True, indexed=True, help="When the call began."),
        Duration("duration", help="How long it took."),
        AnyLink("about", help="The record that the call was about: an account, a contact, a deal or anything else."),
        Link("contact", CONTACT, reverse="calls_with", reverse_label="Calls with", help="The person on the other end."),
        Text("phone", max_length=60, help="The number that was called, or that called."),
        LongText("summary", searchable=True, help="What was said and agreed."),
    ),
)
